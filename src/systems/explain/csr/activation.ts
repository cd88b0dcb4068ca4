import { conceptsOf, pixelsOf, type ConceptImages, type Images, type PixelScale } from '../../../data/index.ts'
import { float32, int32, type Tensor } from '../../../engine/index.ts'
import { callMulticlass } from '../../../metrics/index.ts'
import { Adam, binaryCrossEntropy, softmaxCrossEntropy, trainable, type Mode } from '../../../nn/index.ts'
import type { RunContext } from '../../../system/index.ts'
import { cosineRate, itemBatches, NetworkLearner, taken, trainEpochs } from '../../../train/index.ts'
import { localVectors, type ActivationMaps, type MapSize } from './model.ts'
import type { CsrOptions } from './options.ts'

/** Images of one run. */
const runImages = 64

export interface ActivationTraining {
  model: ActivationMaps
  /** Concepts, each present or not, or classes, of which one is. */
  learns: 'concepts' | 'classes'
  scale: PixelScale
  splits: { train: Int32Array; valid: Int32Array }
  options: Pick<CsrOptions, 'epochs' | 'batch' | 'learningRate' | 'patience'>
}

/** What the maps of an image say: their means, and what it shows where each is high. */
export interface Activation {
  /** [rows, outputs]. */
  logits: Float32Array
  /** [rows, outputs, h, w]. */
  maps: Float32Array
  /** [rows, outputs, C]. */
  vectors: Float32Array
}

export type Context = Pick<RunContext, 'seed' | 'threads' | 'signal' | 'progress'>

/** Learns maps from labels of whole images, by Adam and a cosine of the rate; the learner holds the weights of the best epoch. */
export async function trainActivation(
  images: ConceptImages,
  { model, learns, scale, splits, options }: ActivationTraining,
  context: Context,
): Promise<NetworkLearner> {
  const { seed, threads, signal } = context
  const outputs = learns === 'concepts' ? images.concepts!.names.length : images.labels!.classes.length
  const learner = new NetworkLearner(
    {
      model,
      inputs: imageInputs(images),
      targets: { wanted: learns === 'concepts' ? float32(['batch', outputs]) : int32(['batch']) },
      answer: answerOf(model),
      loss: ({ logits }, { wanted }) =>
        learns === 'concepts' ? binaryCrossEntropy(logits!, wanted!) : softmaxCrossEntropy(logits!, wanted!),
    },
    { optimizer: new Adam([{ name: 'network', parameters: trainable(model) }]), seed, threads },
  )
  const wanted = (rows: Int32Array) =>
    learns === 'concepts' ? conceptsOf(images, rows) : taken(images.labels!.values, 1, rows)
  const steps = options.epochs * Math.ceil(splits.train.length / options.batch)
  try {
    await trainEpochs({
      state: learner.state,
      epochs: options.epochs,
      patience: options.patience,
      better: 'higher',
      score: learns === 'concepts' ? 'concept accuracy' : 'accuracy',
      context,
      epoch: epoch =>
        learner.pass(itemBatches(splits.train, { size: options.batch, seed, epoch, least: 2 }), {
          feeds: rows => ({ images: pixelsOf(images, rows, scale), wanted: wanted(rows) }),
          rate: step => cosineRate(options.learningRate, step, steps),
          signal,
        }),
      validate: async () => {
        const { logits } = await activationsOf(learner, images, splits.valid, scale, signal)
        return rightShare(logits, wanted(splits.valid), outputs)
      },
    })
    return learner
  } catch (error) {
    await learner.close()
    throw error
  }
}

export const imageInputs = ({ channels, height, width }: MapSize) => ({
  images: float32(['batch', channels, height, width]),
})

const answerOf =
  (model: ActivationMaps) =>
  ({ images }: Record<string, Tensor>, mode: Mode): Record<string, Tensor> => {
    const { features, maps } = model.forward(images!, mode)
    return { logits: maps.mean([2, 3]), maps, vectors: localVectors(features, maps) }
  }

export async function activationsOf(
  learner: NetworkLearner,
  images: Images,
  rows: Int32Array,
  scale: PixelScale,
  signal?: AbortSignal,
): Promise<Activation> {
  const parts: Record<keyof Activation, Float32Array[]> = { logits: [], maps: [], vectors: [] }
  for (let start = 0; start < rows.length; start += runImages) {
    signal?.throwIfAborted()
    const answer = await learner.answer({ images: pixelsOf(images, rows.subarray(start, start + runImages), scale) })
    for (const name of ['logits', 'maps', 'vectors'] as const)
      parts[name].push(Float32Array.from(answer[name]!.data as Float32Array))
  }
  return { logits: joined(parts.logits), maps: joined(parts.maps), vectors: joined(parts.vectors) }
}

export function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Of concepts the share said rightly, of classes the share of images called rightly. */
function rightShare(logits: Float32Array, wanted: Float32Array | Int32Array, outputs: number): number {
  if (wanted instanceof Float32Array)
    return logits.reduce((sum, logit, at) => sum + Number(logit > 0 === (wanted[at] === 1)), 0) / logits.length
  const called = callMulticlass(logits, outputs)
  return wanted.reduce((sum, label, row) => sum + Number(called[row] === label), 0) / wanted.length
}
