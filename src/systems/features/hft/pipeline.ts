import { MeanShift, PageHinkley } from '../../../streaming/index.ts'
import type { FoldedNet } from './folded.ts'
import { ticksOfAnswer } from './net.ts'
import type { HftOptions } from './options.ts'
import type { Selector } from './selector.ts'
import { StreamingNet } from './streaming-net.ts'

export interface TickAnswer {
  /** [classes]; the same array each time. */
  probabilities: Float64Array
  /** Whether the losses that became known with this tick say that what was learned holds no more. */
  drift: boolean
  /** Whether as many ticks have come since the last pause as an answer looks at. */
  full: boolean
}

/** Losses of neighbouring ticks go together; means over so many are nearly independent, as the tests take them to be. */
const block = 50
/** In blocks: see `PageHinkley` and `MeanShift`. */
const pageHinkley = { tolerance: 0.05, threshold: 6, warmUp: 10 }
const [shiftWindow, shiftDeviations] = [20, 5]

/** A tick in, a prediction out: features scaled and chosen, the network moved on by a column, drift heard in late labels. */
export class Pipeline {
  private readonly net: StreamingNet
  private readonly scaled: Float32Array
  private readonly masked: Float32Array
  private readonly probabilities: Float64Array
  /** Of the last `horizon` ticks: what they were, scaled, and what was answered. */
  private readonly past: Float32Array
  private readonly answered: Float64Array
  private readonly rises = new PageHinkley(pageHinkley)
  private readonly shifts = new MeanShift(shiftWindow, shiftDeviations)
  private readonly losses = { sum: 0, count: 0 }
  private ticks = 0
  private sinceStart = 0

  constructor(
    readonly selector: Selector,
    private readonly folded: FoldedNet,
    private readonly options: HftOptions,
  ) {
    const { features, classes } = folded.size
    this.net = new StreamingNet(folded)
    this.scaled = new Float32Array(features)
    this.masked = new Float32Array(features)
    this.probabilities = new Float64Array(classes)
    this.past = new Float32Array(options.horizon * features)
    this.answered = new Float64Array(options.horizon * classes)
  }

  /** Begins the windows anew, as after a pause; what was learned stays. */
  restart(): void {
    this.net.reset()
    this.sinceStart = 0
  }

  get size(): FoldedNet['size'] {
    return this.folded.size
  }

  /** Takes a tick that starts at `offset`; `known` is the class of the tick `horizon` ago, -1 or absent where it is unknown. */
  push(values: Float32Array, offset = 0, known = -1): TickAnswer {
    const { features, classes } = this.folded.size
    const slot = this.ticks++ % this.options.horizon
    const drift = known >= 0 && this.ticks > this.options.horizon && this.learn(slot, known)
    this.selector.see(values, offset, this.scaled)
    for (let j = 0; j < features; j++) this.masked[j] = this.scaled[j]! * this.selector.mask[j]!
    softmaxInto(this.probabilities, this.net.push(this.masked))
    this.past.set(this.scaled, slot * features)
    this.answered.set(this.probabilities, slot * classes)
    const full = ++this.sinceStart >= ticksOfAnswer(this.folded.size)
    return { probabilities: this.probabilities, drift, full }
  }

  private learn(slot: number, label: number): boolean {
    const { features, classes } = this.folded.size
    this.selector.learn(this.past, label, slot * features)
    const loss = -Math.log(Math.max(this.answered[slot * classes + label]!, 1e-6))
    const drift = this.heard(loss)
    if (drift) this.selector.hurry()
    return drift
  }

  /** Whether losses have risen, by either test. */
  private heard(loss: number): boolean {
    const { losses } = this
    losses.sum += loss
    if (++losses.count < block) return false
    const mean = losses.sum / block
    losses.sum = losses.count = 0
    const [rise, shift] = [this.rises.add(mean), this.shifts.add(mean)]
    return rise || shift > 0
  }
}

function softmaxInto(target: Float64Array, logits: Float32Array): void {
  const greatest = logits.reduce((a, b) => Math.max(a, b))
  let sum = 0
  for (let k = 0; k < target.length; k++) sum += target[k] = Math.exp(logits[k]! - greatest)
  for (let k = 0; k < target.length; k++) target[k]! /= sum
}

/** What a stream was answered with. */
export interface Replay {
  /** [ticks, classes] */
  probabilities: Float64Array
  /** 1 for the ticks whose windows were full. */
  full: Uint8Array
  /** The tick of each drift that was heard. */
  drifts: number[]
  /** Of each tick, microseconds from its arrival to its answer. */
  microseconds: Float64Array
  /** The features listened to, each time they changed. */
  selections: { tick: number; features: number[] }[]
}

/** What is played: see `ReadyTicks`. */
export interface Played {
  values: Float32Array
  starts: Int32Array
  /** What making the features of each tick took, where they were made. */
  microseconds?: Float64Array
  labels?: Int32Array
}

export interface PlayOptions {
  /** The first tick, and the one after the last. */
  range: readonly [number, number]
  horizon: number
  /** The features to listen to at a tick, from one who knows the truth, in place of the selector's choice. */
  told?: (tick: number) => readonly number[]
}

/** Plays ticks in order; labels reach the pipeline as late as they become known. */
export function replay(
  pipeline: Pipeline,
  { values, starts, labels, microseconds: made }: Played,
  { range: [from, to], horizon, told }: PlayOptions,
): Replay {
  const { selector, size } = pipeline
  const selections = [{ tick: from, features: [...selector.chosen] }]
  const microseconds = new Float64Array(to - from)
  const drifts: number[] = []
  const full = new Uint8Array(to - from)
  const probabilities = new Float64Array((to - from) * size.classes)
  for (let t = from; t < to; t++) {
    const known = t - horizon >= from ? (labels?.[t - horizon] ?? -1) : -1
    if (told) selector.listenTo(told(t))
    const started = performance.now()
    if (starts[t] === t) pipeline.restart()
    const answer = pipeline.push(values, t * size.features, known)
    microseconds[t - from] = 1000 * (performance.now() - started) + (made?.[t] ?? 0)
    probabilities.set(answer.probabilities, (t - from) * size.classes)
    full[t - from] = Number(answer.full)
    if (answer.drift) drifts.push(t)
    const { chosen } = selector
    if (chosen.some((j, i) => j !== selections.at(-1)!.features[i])) selections.push({ tick: t, features: [...chosen] })
  }
  return { probabilities, full, drifts, microseconds, selections }
}
