import { float32, int32, type State, type Tensor } from '../../../engine/index.ts'
import { Adam, softmaxCrossEntropy, trainable, type Mode } from '../../../nn/index.ts'
import { Random } from '../../../random/index.ts'
import type { RunContext } from '../../../system/index.ts'
import { NetworkLearner, trainEpochs } from '../../../train/index.ts'
import type { Lesson } from './lesson.ts'
import { dilations, LightNet, ticksOfAnswer, type NetSize } from './net.ts'
import type { HftOptions } from './options.ts'

export interface TrainedNet {
  net: LightNet
  state: State
  /** 1 for the channels that are left, one list a block. */
  keep: Float32Array[]
}

/** Shares of the pruning that each round does, the paper's 20, 40 and 60%. */
const pruningRounds = [1 / 3, 2 / 3, 1]

/** Teaches the network, then takes out the channels of the smallest scales in three rounds, taught again after each. */
export async function trainNet(
  lesson: Lesson,
  size: NetSize,
  options: HftOptions,
  context: RunContext,
): Promise<TrainedNet> {
  const { seed, threads, signal } = context
  const net = new LightNet(size)
  const keep = dilations.map(() => new Float32Array(size.channels).fill(1))
  const ticks = ticksOfAnswer(size)
  const keeps = Object.fromEntries(keep.map((_, b) => [`keep${b}`, float32([size.channels])]))
  const learner = new NetworkLearner(
    {
      model: net,
      inputs: { x: float32(['batch', size.features, ticks]), ...keeps },
      targets: { labels: int32(['batch']) },
      answer: (inputs: Record<string, Tensor>, mode: Mode) => ({
        logits: net.forward(
          inputs.x!,
          keep.map((_, b) => inputs[`keep${b}`]!),
          mode,
        ),
      }),
      loss: ({ logits }, { labels }) =>
        net.blocks.reduce(
          (sum, { norm }) => sum.add(norm.weight.abs().sum().mul(options.sparsity)),
          softmaxCrossEntropy(logits!, labels!),
        ),
    },
    { optimizer: new Adam([{ name: 'network', parameters: trainable(net) }]), seed, threads, clipNorm: 5 },
  )
  const feeds = () => Object.fromEntries(keep.map((list, b) => [`keep${b}`, list]))
  const teach = (epochs: number, stage: string) =>
    trainEpochs({
      state: learner.state,
      epochs,
      patience: 2,
      better: 'lower',
      score: 'logLoss',
      context: { signal, progress: event => context.progress({ ...event, stage }) },
      epoch: async epoch => {
        const random = new Random(seed, `hft.${stage}`, epoch)
        const steps = Math.max(1, Math.floor(Math.min(options.windowsAnEpoch, lesson.train.length) / options.batch))
        let total = 0
        for (let step = 0; step < steps; step++) {
          signal?.throwIfAborted()
          const rows = Int32Array.from(
            { length: options.batch },
            () => lesson.train[random.integer(lesson.train.length)]!,
          )
          const x = windowsOf(lesson, rows, ticks, { random, hidden: options.maskDropout })
          const labels = rows.map(row => lesson.labels[row]!)
          total += await learner.step({ x, labels, ...feeds() }, options.learningRate)
        }
        return total / steps
      },
      validate: () => logLoss(learner, lesson, ticks, feeds(), options.batch),
    })
  try {
    await teach(options.epochs, 'epoch')
    for (const [round, share] of pruningRounds.entries()) {
      if (options.prune === 0) break
      net.blocks.forEach(({ norm }, b) => {
        const scales = learner.state.read(norm.weight).data as Float32Array
        const order = [...scales.keys()].sort((a, c) => Math.abs(scales[a]!) - Math.abs(scales[c]!))
        const gone = Math.round(share * options.prune * size.channels)
        keep[b]!.fill(1)
        for (const c of order.slice(0, gone)) keep[b]![c] = 0
      })
      if (options.fineTune > 0) await teach(options.fineTune, `pruning ${round + 1}, epoch`)
    }
    return { net, state: learner.state, keep }
  } finally {
    await learner.close()
  }
}

/** Windows that end at these ticks, of the features listened to then: [rows, features, ticks]; some are hidden in all of one. */
export function windowsOf(
  { scaled, masks, maskOf }: Lesson,
  rows: Int32Array,
  ticks: number,
  { random, hidden = 0 }: { random?: Random; hidden?: number } = {},
): Float32Array {
  const features = masks.length === 0 ? 0 : scaled.length / maskOf.length
  const x = new Float32Array(rows.length * features * ticks)
  rows.forEach((row, i) => {
    for (let j = 0; j < features; j++) {
      const shown = random && hidden > 0 ? Number(random.uniform() >= hidden) : 1
      const to = (i * features + j) * ticks
      for (let t = 0; t < ticks; t++) {
        const tick = row - ticks + 1 + t
        x[to + t] = shown * scaled[tick * features + j]! * masks[maskOf[tick]! * features + j]!
      }
    }
  })
  return x
}

/** At most this many windows are watched. */
const watched = 2048

async function logLoss(
  learner: NetworkLearner,
  lesson: Lesson,
  ticks: number,
  keeps: Record<string, Float32Array>,
  batch: number,
): Promise<number> {
  const step = Math.max(1, Math.ceil(lesson.valid.length / watched))
  const rows = lesson.valid.filter((_, i) => i % step === 0)
  let loss = 0
  for (let start = 0; start < rows.length; start += batch) {
    const part = rows.subarray(start, start + batch)
    const { logits } = await learner.answer({ x: windowsOf(lesson, part, ticks), ...keeps })
    const [, classes] = logits!.dims as [number, number]
    const data = logits!.data as Float32Array
    part.forEach((row, i) => {
      const own = data.subarray(i * classes, (i + 1) * classes)
      const greatest = Math.max(...own)
      loss += greatest + Math.log(own.reduce((sum, z) => sum + Math.exp(z - greatest), 0)) - own[lesson.labels[row]!]!
    })
  }
  return loss / rows.length
}
