import {
  formatCount,
  formatNumber,
  formatQuantity,
  formatShare,
  latencyHistogram,
  selectionRibbon,
} from '../../../charts/index.ts'
import { ticksOf, type TickStream } from '../../../data/index.ts'
import type { HostTensor } from '../../../engine/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import type { Fitted, RunContext, Saved } from '../../../system/index.ts'
import { costOf, folded, type FoldedNet } from './folded.ts'
import { labelsOf } from './labels.ts'
import { lookBack } from './net.ts'
import type { HftOptions } from './options.ts'
import { Pipeline, replay, type Replay } from './pipeline.ts'
import { Selector, type SelectorState } from './selector.ts'
import { trainNet, type Lesson } from './train.ts'

/** What the tensors do not tell. `data` is what new ticks are read by. */
interface Kept {
  data: { time: string; features: readonly string[]; target: string; classes: readonly string[]; price: boolean }
  options: HftOptions
  seed: number
  size: FoldedNet['size']
  dilations: number[]
  threshold: number
  weight: number
}

/** Ticks that are taught, that are watched, and that the stream is tried on: by time. */
const [trainShare, validShare] = [0.6, 0.1]

export interface FittedStream extends Fitted<TickStream> {
  readonly net: FoldedNet
  /** Of the test ticks; absent of one that was loaded. */
  readonly replayed?: Replay
  /** A pipeline as it stands after validation, for ticks one by one. */
  pipeline(): Pipeline
}

/** @throws InterplayError `data/too-short`, and what training throws */
export async function fit(stream: TickStream, options: HftOptions, context: RunContext): Promise<FittedStream> {
  const ticks = ticksOf(stream)
  const features = stream.features.length
  const [trained, watched] = [Math.floor(trainShare * ticks), Math.floor((trainShare + validShare) * ticks)]
  const needed = lookBack + options.window + options.horizon
  if (watched - trained <= options.horizon || trained <= 2 * needed) {
    throw new InterplayError(
      'data/too-short',
      `${formatQuantity(ticks, 'tick')} are too few for windows of ${options.window}`,
      {
        why: `a window, what it looks back at and the horizon take ${needed}`,
        try: '--set window=8 --set horizon=5',
      },
    )
  }
  const labels = labelsOf(stream, options.horizon, trained)
  const classes = labels.classes.length
  const size = { features, channels: options.channels, classes, window: options.window }
  const selector = new Selector(features, classes, options, context.seed)
  const lesson = walk(stream, labels.values, selector, options, [trained, watched])
  const { net, state, keep } = await trainNet(lesson, size, options, context)
  const light = folded(net, state, keep)
  const known = selector.save()
  const kept: Kept = {
    data: {
      time: stream.time ?? 'time',
      features: stream.features,
      target: labels.name,
      classes: labels.classes,
      price: stream.price !== undefined,
    },
    options,
    seed: context.seed,
    size,
    dilations: light.blocks.map(({ dilation }) => dilation),
    threshold: labels.threshold,
    weight: known.weight,
  }
  const result = fitted(kept, light, known)
  const tried = replay(result.pipeline(), stream.values, features, [watched, ticks], labels.values, options.horizon)
  const from = lookBack + options.window
  const scores = scoresOf(tried.probabilities, labels.values.subarray(watched), classes, from)
  const cost = costOf(light, selector.chosen.length)
  const latency = Float64Array.from(tried.microseconds).sort()
  return {
    ...result,
    replayed: tried,
    metrics: { test: scores },
    notes: [
      `a tick is answered in ${formatNumber(quantile(latency, 0.5))} µs, 99 of 100 within ${formatNumber(quantile(latency, 0.99))} µs, ` +
        `the slowest, a choice of features, in ${formatNumber(latency.at(-1))} µs`,
      `${formatCount(cost.operations)} multiplications a tick; ${formatShare(options.prune)} of the channels of each block taken out`,
      `drift heard ${formatQuantity(tried.drifts.length, 'time')} in ${formatQuantity(ticks - watched, 'tick')}; ` +
        `features changed ${formatQuantity(tried.selections.length - 1, 'time')}`,
      `listening to ${selector.chosen.map(j => stream.features[j]).join(', ')}`,
      'a research tool, no advice to trade',
    ],
    figures: [
      selectionRibbon({
        choices: tried.selections.map(({ tick, features: list }) => ({
          from: tick,
          chosen: list.map(j => stream.features[j]!),
        })),
        end: ticks,
        step: 'tick',
      }),
      latencyHistogram({ microseconds: tried.microseconds, what: 'tick' }),
    ],
  }
}

/** Lets the selector live through training and validation, labels as late as they become known, and notes what it chose. */
function walk(
  { values }: TickStream,
  labels: Int32Array,
  selector: Selector,
  { horizon, selection, window }: HftOptions,
  [trained, watched]: readonly [number, number],
): Lesson {
  const features = selector.mask.length
  const scaled = new Float32Array(watched * features)
  const maskOf = new Int32Array(watched)
  const masks: number[] = []
  const row = new Float32Array(features)
  let last = ''
  for (let t = 0; t < watched; t++) {
    const known = t >= horizon ? labels[t - horizon]! : -1
    if (known >= 0) selector.learn(scaled, known, (t - horizon) * features)
    if (selection === 'once' && t === trained - 1) selector.choose({ outright: true })
    if (selection === 'live' && t === Math.min(trained - 1, 2 * horizon + 200)) selector.choose({ outright: true })
    selector.see(values, t * features, row)
    scaled.set(row, t * features)
    const now = selector.chosen.join()
    if (now !== last) masks.push(...selector.mask)
    last = now
    maskOf[t] = masks.length / features - 1
  }
  if (selection === 'once') maskOf.fill(masks.length / features - 1)
  const between = (from: number, to: number) =>
    Int32Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i).filter(
      t => t >= lookBack + window - 1 && labels[t]! >= 0,
    )
  return {
    scaled,
    masks: Float32Array.from(masks),
    maskOf,
    labels,
    train: between(0, trained - horizon),
    valid: between(trained, watched - horizon),
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
    stem: layer('stem'),
    head: layer('head'),
    blocks: kept.dilations.map((dilation, b) => ({
      dilation,
      ...layer(`blocks.${b}`),
      depthwise: numbers(`blocks.${b}.depthwise`),
      kept: whole(`blocks.${b}.kept`),
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
    async predict(stream) {
      if (stream.features.join() !== data.features.join()) {
        throw new InterplayError('data/columns', `the ticks have features ${stream.features.join(', ')}`, {
          why: `learned were ${data.features.join(', ')}`,
        })
      }
      const ticks = ticksOf(stream)
      const known = stream.labels ?? stream.price
      const labels = known && labelsOf(stream, options.horizon, ticks, kept.threshold).values
      const { probabilities, drifts } = replay(
        pipeline(),
        stream.values,
        size.features,
        [0, ticks],
        labels,
        options.horizon,
      )
      const heard = new Set(drifts)
      return {
        records: Array.from({ length: ticks }, (_, t) => {
          const own = probabilities.subarray(t * size.classes, (t + 1) * size.classes)
          const label = data.classes[own.indexOf(Math.max(...own))]
          if (t < lookBack + size.window - 1)
            return { time: stream.times[t], label: null, reason: 'the window is not full' }
          const each = Object.fromEntries(data.classes.map((name, k) => [name, own[k]]))
          return { time: stream.times[t], label, ...each, ...(heard.has(t) ? { drift: true } : {}) }
        }),
      }
    },
    save: () => ({ description: { ...kept }, tensors: tensorsOf(net, known) }),
  }
}

function tensorsOf({ stem, head, blocks }: FoldedNet, known: SelectorState): Record<string, HostTensor> {
  const float32 = (data: Float32Array): HostTensor => ({ dtype: 'float32', dims: [data.length], data })
  const float64 = (data: Float64Array): HostTensor => ({ dtype: 'float64', dims: [data.length], data })
  const int32 = (data: Int32Array): HostTensor => ({ dtype: 'int32', dims: [data.length], data })
  const layer = (name: string, { weight, bias }: { weight: Float32Array; bias: Float32Array }) => ({
    [`${name}.weight`]: float32(weight),
    [`${name}.bias`]: float32(bias),
  })
  return Object.assign(
    { ...layer('stem', stem), ...layer('head', head) },
    ...blocks.map((block, b) => ({
      ...layer(`blocks.${b}`, block),
      [`blocks.${b}.depthwise`]: float32(block.depthwise),
      [`blocks.${b}.kept`]: int32(block.kept),
    })),
    {
      'selector.mean': float64(known.mean),
      'selector.variance': float64(known.variance),
      'selector.densities': float64(known.densities),
      'selector.members': int32(known.members),
    },
  ) as Record<string, HostTensor>
}

/** Of the ticks from `from` on whose class is known. */
export function scoresOf(
  probabilities: Float64Array,
  labels: Int32Array,
  classes: number,
  from = 0,
): { balancedAccuracy: number; logLoss: number } {
  const [hits, counts] = [new Float64Array(classes), new Float64Array(classes)]
  let [loss, known] = [0, 0]
  for (let t = from; t < labels.length; t++) {
    const label = labels[t]!
    if (label < 0) continue
    const own = probabilities.subarray(t * classes, (t + 1) * classes)
    counts[label]!++
    known++
    if (own.indexOf(Math.max(...own)) === label) hits[label]!++
    loss -= Math.log(Math.max(own[label]!, 1e-12))
  }
  const recalls = [...hits].flatMap((hit, k) => (counts[k]! > 0 ? [hit / counts[k]!] : []))
  return { balancedAccuracy: recalls.reduce((sum, each) => sum + each, 0) / recalls.length, logLoss: loss / known }
}

const quantile = (sorted: Float64Array, share: number): number => sorted[Math.floor(share * (sorted.length - 1))]!
