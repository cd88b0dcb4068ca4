import { formatQuantity } from '../../../charts/index.ts'
import { ticksOf, type TickStream } from '../../../data/index.ts'
import type { HostTensor } from '../../../engine/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import type { Fitted, RunContext, Saved } from '../../../system/index.ts'
import { costOf, folded, type FoldedNet, type Layer } from './folded.ts'
import { labelsOf, moves } from './labels.ts'
import { lessonOf } from './lesson.ts'
import { ticksOfAnswer } from './net.ts'
import type { HftOptions } from './options.ts'
import { longestStep } from './pauses.ts'
import { Pipeline, replay, type Replay } from './pipeline.ts'
import { figuresOf, latenciesOf, notesOf } from './report.ts'
import { scoresOf } from './scores.ts'
import { Selector, type SelectorState } from './selector.ts'
import { readyTicks } from './ticks.ts'
import { trainNet } from './train.ts'
import { simulated, type Trading } from './trading.ts'

/** What the tensors do not tell. `data` is what new ticks are read by. */
interface Kept {
  data: { time: string; features: readonly string[]; target: string; classes: readonly string[]; price: boolean }
  /** The features that the network hears: those given, and those of the order book. */
  heard: readonly string[]
  options: HftOptions
  seed: number
  size: FoldedNet['size']
  dilations: number[]
  threshold: number
  longestStep: number
  weight: number
}

/** Ticks that are taught, that are watched, and that the stream is tried on: by time. */
const [trainShare, watchedShare] = [0.6, 0.7]

/** The first of the ticks that are not taught, and the first that a stream is tried on. */
export const splitOf = (ticks: number): { trained: number; watched: number } => ({
  trained: Math.floor(trainShare * ticks),
  watched: Math.floor(watchedShare * ticks),
})

export interface FittedStream extends Fitted<TickStream> {
  readonly net: FoldedNet
  /** Of the test ticks; absent of one that was loaded. */
  readonly replayed?: Replay
  /** What trading on the test ticks' answers would have earned, where there is a price. */
  readonly trading?: Trading
  /** A pipeline as it stands after validation, for ticks one by one. */
  pipeline(): Pipeline
}

export interface FitOptions {
  /** The features to listen to at a tick, from one who knows the truth: a bound to compare a choice with. */
  told?: (tick: number) => readonly number[]
}

/** @throws InterplayError `data/too-short`, and what training throws */
export async function fit(
  given: TickStream,
  options: HftOptions,
  context: RunContext,
  { told }: FitOptions = {},
): Promise<FittedStream> {
  const longest = longestStep(given.times, options.pause)
  const stream = readyTicks(given, longest)
  const ticks = ticksOf(stream)
  const features = stream.features.length
  const { trained, watched } = splitOf(ticks)
  const labels = labelsOf(stream, options.horizon, trained)
  const classes = labels.classes.length
  const { channels, window, gate } = options
  const size = { features, channels, classes, window, gate }
  const needed = ticksOfAnswer(size) + options.horizon
  const selector = new Selector(features, classes, options, context.seed)
  const ends = [trained, watched] as const
  const lesson = lessonOf(stream, labels.values, selector, { ends, size, options, told })
  if (lesson.train.length < needed || lesson.valid.length === 0) {
    throw new InterplayError(
      'data/too-short',
      `${formatQuantity(ticks, 'tick')} are too few for windows of ${window}`,
      {
        why: `a window, what it looks back at and the horizon take ${needed}, without a pause between`,
        try: '--set window=8 --set horizon=5',
      },
    )
  }
  const { net, state, keep } = await trainNet(lesson, size, options, context)
  const light = folded(net, state, keep)
  const known = selector.save()
  const kept: Kept = {
    data: {
      time: stream.time ?? 'time',
      features: given.features,
      target: labels.name,
      classes: labels.classes,
      price: stream.price !== undefined,
    },
    heard: stream.features,
    options,
    seed: context.seed,
    size: light.size,
    dilations: light.blocks.map(({ dilation }) => dilation),
    threshold: labels.threshold,
    longestStep: longest,
    weight: known.weight,
  }
  const result = fitted(kept, light, known)
  const range = [watched, ticks] as const
  const tried = replay(result.pipeline(), { ...stream, labels: labels.values }, { ...options, range, told })
  const scores = scoresOf(tried.probabilities, labels.values.subarray(watched), classes, t => tried.full[t] === 1)
  const trading = labels.classes.join() === moves.join() ? simulated(stream, tried, options, range) : undefined
  const cost = costOf(light, selector.chosen.length)
  const report = { stream, tried, trading, cost, options, range, listening: selector.chosen }
  return {
    ...result,
    replayed: tried,
    trading,
    metrics: { test: { ...scores, ...latenciesOf(tried) } },
    notes: notesOf(report, ticksOf(given) - ticks),
    figures: figuresOf(report),
  }
}

export async function load({ description, tensors }: Saved): Promise<FittedStream> {
  const kept = description as unknown as Kept
  const numbers = (name: string) => Float32Array.from(tensors![name]!.data as Float32Array)
  const doubles = (name: string) => Float64Array.from(tensors![name]!.data as Float64Array)
  const whole = (name: string) => Int32Array.from(tensors![name]!.data as Int32Array)
  const layer = (name: string) => ({ weight: numbers(`${name}.weight`), bias: numbers(`${name}.bias`) })
  const net: FoldedNet = {
    size: kept.size,
    ...(kept.size.gate && { gate: { hidden: layer('gate.hidden'), output: layer('gate.output') } }),
    stem: layer('stem'),
    head: layer('head'),
    blocks: kept.dilations.map((dilation, b) => ({
      dilation,
      ...layer(`blocks.${b}`),
      depthwise: numbers(`blocks.${b}.depthwise`),
    })),
  }
  return fitted(kept, net, {
    mean: doubles('selector.mean'),
    variance: doubles('selector.variance'),
    densities: doubles('selector.densities'),
    members: whole('selector.members'),
    weight: kept.weight,
  })
}

function fitted(kept: Kept, net: FoldedNet, known: SelectorState): FittedStream {
  const { options, data, size } = kept
  const pipeline = () => {
    const selector = new Selector(size.features, size.classes, options, kept.seed)
    selector.restore(known)
    return new Pipeline(selector, net, options)
  }
  return {
    net,
    pipeline,
    parameters: costOf(net, 0).parameters,
    async predict(given) {
      const stream = readyTicks(given, kept.longestStep)
      const { features, times, places } = stream
      if (features.join() !== kept.heard.join()) {
        throw new InterplayError('data/columns', `the ticks have features ${features.join(', ') || 'none'}`, {
          why: `learned were ${kept.heard.join(', ')}`,
        })
      }
      const ticks = ticksOf(stream)
      const labels =
        stream.labels || stream.price ? labelsOf(stream, options.horizon, ticks, kept.threshold).values : undefined
      const { probabilities, full, drifts } = replay(
        pipeline(),
        { ...stream, labels },
        { ...options, range: [0, ticks] },
      )
      const heard = new Set(drifts)
      const records: Record<string, unknown>[] = Array.from(given.times, time => ({
        time,
        label: null,
        reason: 'the book is crossed',
      }))
      places.forEach((place, t) => {
        const own = probabilities.subarray(t * size.classes, (t + 1) * size.classes)
        const label = data.classes[own.indexOf(Math.max(...own))]
        const each = Object.fromEntries(data.classes.map((name, k) => [name, own[k]]))
        records[place] = full[t]
          ? { time: times[t], label, ...each, ...(heard.has(t) ? { drift: true } : {}) }
          : { time: times[t], label: null, reason: 'the window is not full' }
      })
      return { records }
    },
    save: () => ({ description: { ...kept }, tensors: tensorsOf(net, known) }),
  }
}

function tensorsOf({ stem, gate, head, blocks }: FoldedNet, known: SelectorState): Record<string, HostTensor> {
  const float32 = (data: Float32Array): HostTensor => ({ dtype: 'float32', dims: [data.length], data })
  const float64 = (data: Float64Array): HostTensor => ({ dtype: 'float64', dims: [data.length], data })
  const int32 = (data: Int32Array): HostTensor => ({ dtype: 'int32', dims: [data.length], data })
  const layer = (name: string, { weight, bias }: Layer) => ({
    [`${name}.weight`]: float32(weight),
    [`${name}.bias`]: float32(bias),
  })
  return Object.assign(
    {
      ...layer('stem', stem),
      ...layer('head', head),
      ...(gate && { ...layer('gate.hidden', gate.hidden), ...layer('gate.output', gate.output) }),
    },
    ...blocks.map((block, b) => ({
      ...layer(`blocks.${b}`, block),
      [`blocks.${b}.depthwise`]: float32(block.depthwise),
    })),
    {
      'selector.mean': float64(known.mean),
      'selector.variance': float64(known.variance),
      'selector.densities': float64(known.densities),
      'selector.members': int32(known.members),
    },
  ) as Record<string, HostTensor>
}
