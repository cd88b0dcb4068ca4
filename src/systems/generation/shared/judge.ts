import { attributes, drawTinyWorld, shown, type Attribute, type TinyWorld } from '../../../data/index.ts'
import {
  concat,
  decodeSafetensors,
  encodeSafetensors,
  float32,
  int32,
  type Tensor,
  type TensorType,
} from '../../../engine/index.ts'
import {
  Adam,
  BatchNorm,
  Convolution,
  fanInLinear,
  Linear,
  Module,
  softmaxCrossEntropy,
  trainable,
  type Mode,
} from '../../../nn/index.ts'
import { Random } from '../../../random/index.ts'
import type { Computing, RunContext, StudyContext } from '../../../system/index.ts'
import { cosineRate, itemBatches, NetworkLearner, taken } from '../../../train/index.ts'
import { toFloats } from './pictures.ts'

const names = Object.keys(attributes) as Attribute[]
const widths = [5, 32, 64, 128, 128]

/**
 * A convolution that keeps the side, three that halve it, the greatest of each plane, and a linear head an attribute. The mean
 * instead of the greatest hardly learns shapes: one thing on a canvas is little of the mean.
 */
class JudgeNetwork extends Module {
  readonly convolutions: Convolution[]
  readonly norms: BatchNorm[]
  readonly heads: Linear[]

  constructor() {
    super()
    const layers = widths.slice(1)
    this.convolutions = layers.map(
      (width, i) => new Convolution(widths[i]!, width, [3, 3], { padding: 1, stride: i === 0 ? 1 : 2 }),
    )
    this.norms = layers.map(width => new BatchNorm(width))
    this.heads = names.map(name => new Linear(widths.at(-1)!, attributes[name].length, fanInLinear(widths.at(-1)!)))
  }

  /** Pictures [B, 3, side, side] in -1 .. 1 to features [B, 128] and logits by attribute. */
  forward(pictures: Tensor, mode: Mode): Record<string, Tensor> {
    const maps = this.convolutions.reduce(
      (x, convolution, i) => this.norms[i]!.forward(convolution.forward(x), mode).relu(),
      concat([pictures, edgesOf(pictures)], 1),
    )
    const features = maps.max([2, 3])
    return { features, ...Object.fromEntries(names.map((name, i) => [name, this.heads[i]!.forward(features)])) }
  }
}

/**
 * How much pictures [B, C, H, W] change to the right and downwards, the most of any channel: [B, 2, H, W], 0 at the far side.
 * An outline looks the same in all colours.
 */
function edgesOf(pictures: Tensor): Tensor {
  const [, , height, width] = pictures.shape as number[]
  const next = (axis: 2 | 3, side: number) =>
    concat([pictures.slice(axis, 1, side), pictures.slice(axis, side - 1, side)], axis)
  return concat(
    [next(3, width!), next(2, height!)].map(other => other.sub(pictures).abs().max([1], { keep: true })),
    1,
  )
}

/** What a judge saw: the class of each attribute as an index into `attributes`, and features [pictures, 128]. */
export interface Judgement extends Record<Attribute, Int32Array> {
  features: Float32Array
}

export interface JudgeOptions extends Pick<RunContext, 'seed' | 'threads' | 'device' | 'signal'> {
  side: number
  /** Renders to learn from. */
  pictures: number
  epochs: number
  /** Learn labels that belong to other pictures: what is read then is chance. */
  shuffled?: boolean
  progress?: (message: string) => void
}

const featureWidth = widths.at(-1)!
const runPictures = 256
const [batch, learningRate] = [64, 2e-3]

/** Reads what pictures of the tiny world show; trained on renders, so that no picture is judged by eye. */
export class Judge {
  static readonly featureWidth = featureWidth

  private constructor(
    private readonly learner: NetworkLearner,
    private readonly size: number,
  ) {}

  /**
   * Learns renders of its own, with noise and changes of brightness. They show all pairs of colour and shape: where a pair is
   * never seen, the colour tells that it is not that shape.
   */
  static async train({
    seed,
    side,
    pictures: count,
    threads,
    device,
    signal,
    epochs,
    shuffled,
    progress,
  }: JudgeOptions) {
    const world = drawTinyWorld({ seed: new Random(seed, 'judge').integer(2 ** 31), pictures: count, side, heldOut: 0 })
    const { size, learner } = newLearner(side, seed, { threads, device })
    const { train } = world.images.splits!
    const shown = shuffled ? new Random(seed, 'shuffled labels').shuffle(Int32Array.from(train)) : train
    const labelOf = new Map(Array.from(train, (row, i) => [row, shown[i]!]))
    const steps = epochs * Math.ceil(train.length / batch)
    const rate = (step: number) => cosineRate(learningRate, step, steps)
    const feedsIn = (epoch: number) => (rows: Int32Array) => {
      const clean = toFloats(taken(world.images.pixels as Uint8Array, size, rows))
      const labels = Int32Array.from(rows, row => labelOf.get(row)!)
      return { pictures: disturbed(clean, size, rows, seed, epoch), ...targetsOf(world, labels) }
    }
    for (let epoch = 0; epoch < epochs; epoch++) {
      const batches = itemBatches(train, { size: batch, seed, epoch, least: 2 })
      await learner.pass(batches, { feeds: feedsIn(epoch), rate, signal })
      progress?.(`judge: epoch ${epoch + 1} of ${epochs}`)
    }
    return new Judge(learner, size)
  }

  /** Pictures [count, 3, side, side] in bytes. */
  async read(pixels: Uint8Array): Promise<Judgement> {
    const count = pixels.length / this.size
    const result = { features: new Float32Array(count * featureWidth) } as Judgement
    for (const name of names) result[name] = new Int32Array(count)
    for (let start = 0; start < count; start += runPictures) {
      const part = pixels.subarray(start * this.size, (start + runPictures) * this.size)
      const answers = await this.learner.answer({ pictures: toFloats(part) })
      result.features.set(answers.features!.data as Float32Array, start * featureWidth)
      for (const name of names)
        result[name].set(largest(answers[name]!.data as Float32Array, attributes[name].length), start)
    }
    return result
  }

  /** Share of these pictures of a world read right, those that do not show the attribute left out. */
  async accuracy({ images, scenes }: TinyWorld, rows: Int32Array): Promise<Record<Attribute, number>> {
    const judged = await this.read(taken(images.pixels as Uint8Array, this.size, rows))
    const right = (name: Attribute) => {
      const known = Array.from(rows, (row, i) => [shown(scenes[row]!, name), judged[name][i]!] as const).filter(
        ([truth]) => truth !== undefined,
      )
      return known.filter(([truth, read]) => (attributes[name] as string[])[read] === truth).length / known.length
    }
    return Object.fromEntries(names.map(name => [name, right(name)])) as Record<Attribute, number>
  }

  /** What it learned, as a file of tensors. */
  encode(): Uint8Array {
    const kept = [...this.learner.state.entries()].filter(([name]) => name.startsWith('model.'))
    return encodeSafetensors(Object.fromEntries(kept))
  }

  /** A judge of pictures of this side from such a file. */
  static decode(bytes: Uint8Array, side: number, computing: Computing): Judge {
    const { size, learner } = newLearner(side, 1, computing)
    const { tensors } = decodeSafetensors(bytes, 'judge')
    for (const [name, { data }] of Object.entries(tensors)) learner.state.write(name, data as Float32Array)
    return new Judge(learner, size)
  }

  close(): Promise<void> {
    return this.learner.close()
  }
}

function newLearner(side: number, seed: number, { threads, device }: Computing) {
  const model = new JudgeNetwork()
  const targets = Object.fromEntries(
    names.flatMap(name => [
      [`${name} class`, int32(['batch'])],
      [`${name} weight`, float32(['batch'])],
    ]),
  ) as Record<string, TensorType>
  const learner = new NetworkLearner(
    {
      model,
      inputs: { pictures: float32(['batch', 3, side, side]) },
      targets,
      answer: ({ pictures }, mode) => model.forward(pictures!, mode),
      loss: (answers, given) =>
        names
          .map(name => softmaxCrossEntropy(answers[name]!, given[`${name} class`]!, given[`${name} weight`]))
          .reduce((sum, part) => sum.add(part)),
    },
    { optimizer: new Adam([{ name: 'network', parameters: trainable(model) }]), seed, threads, device },
  )
  return { size: 3 * side * side, learner }
}

/** What is not shown weighs next to nothing; not nothing, since a batch may show it nowhere. */
const unseen = 1e-6

function targetsOf({ scenes }: TinyWorld, rows: Int32Array) {
  return Object.fromEntries(
    names.flatMap(name => {
      const seen = Array.from(rows, row => shown(scenes[row]!, name))
      const classes = Int32Array.from(seen, value => Math.max(0, (attributes[name] as string[]).indexOf(value ?? '')))
      return [
        [`${name} class`, classes],
        [`${name} weight`, Float32Array.from(seen, value => (value === undefined ? unseen : 1))],
      ]
    }),
  )
}

/** Pictures of other brightness and with noise on them. */
function disturbed(pictures: Float32Array, size: number, rows: Int32Array, seed: number, epoch: number): Float32Array {
  const result = new Float32Array(pictures.length)
  rows.forEach((row, i) => {
    const random = new Random(seed, `judge ${epoch}`, row)
    const [gain, deviation] = [0.9 + 0.2 * random.uniform(), 0.15 * random.uniform()]
    for (let at = i * size; at < (i + 1) * size; at++) result[at] = gain * pictures[at]! + deviation * random.normal()
  })
  return result
}

function largest(logits: Float32Array, classes: number): Int32Array {
  return Int32Array.from({ length: logits.length / classes }, (_, row) => {
    const own = logits.subarray(row * classes, (row + 1) * classes)
    return own.indexOf(Math.max(...own))
  })
}

/** The judge of a study, of its first seed: a stage that all studies of pictures make alike. */
export async function stagedJudge(
  { seeds, threads, device, signal, stage, progress }: StudyContext,
  side: number,
): Promise<Judge> {
  const seed = seeds[0]!
  const bytes = await stage(`${seed} judge`, async () => {
    const lessons = { pictures: 16_000, epochs: 6 }
    const trained = await Judge.train({ seed, side, threads, device, signal, progress, ...lessons })
    await trained.close()
    return trained.encode()
  })
  return Judge.decode(bytes, side, { threads, device })
}
