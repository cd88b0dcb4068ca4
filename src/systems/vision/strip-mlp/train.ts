import { pixelsOf, scaleOf, splitAtRandom, type Images, type Splits } from '../../../data/index.ts'
import { int32, type State, type Tensor } from '../../../engine/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { Adam, softmaxCrossEntropy, trainable } from '../../../nn/index.ts'
import type { RunContext } from '../../../system/index.ts'
import { cosineRate, itemBatches, NetworkLearner, taken, trainEpochs, type EpochScore } from '../../../train/index.ts'
import { answerOf, Classifier, imageInputs } from './classifier.ts'
import { StripMlp, type StripMlpOptions } from './model.ts'
import { checkSize } from './pictures.ts'

export interface TrainOptions extends StripMlpOptions {
  epochs: number
  /** Epochs of a linear rise of the rate. */
  warmUp: number
  batch: number
  learningRate: number
  weightDecay: number
  labelSmoothing: number
  patience: number
}

export interface Trained {
  model: StripMlp
  state: State
  classifier: Classifier
  history: EpochScore[]
  valid: { accuracy: number }
  /** Undefined without labelled test images. */
  test?: { accuracy: number }
}

/** The rate never falls below this share of its start. */
const floor = 0.01
const clipNorm = 5

/** Learns images by AdamW, a cosine of the rate after a warm-up; the epoch of the best validation accuracy is kept. */
export async function train(
  images: Images,
  options: TrainOptions,
  context: Pick<RunContext, 'seed' | 'threads' | 'device' | 'signal' | 'checkpoint' | 'progress'>,
): Promise<Trained> {
  const { seed, threads, device, signal } = context
  const size = { ...checkSize(images, options.patch, options.blocks.length), classes: images.labels!.classes.length }
  const { train: learned, valid, test } = labelled(images, seed)
  const model = new StripMlp(size, options)
  const learner = new NetworkLearner(
    {
      model,
      inputs: imageInputs(size),
      targets: { labels: int32(['batch']) },
      answer: answerOf(model),
      loss: ({ logits }, { labels }) => smoothed(logits!, labels!, options.labelSmoothing),
    },
    {
      optimizer: new Adam([{ name: 'network', parameters: trainable(model) }], { weightDecay: options.weightDecay }),
      ...{ seed, threads, device, clipNorm },
    },
  )
  const { state } = learner
  const scale = scaleOf(images, learned)
  const classifier = new Classifier(model, size, scale, state, { threads, device })
  const perEpoch = Math.ceil(learned.length / options.batch)
  const rate = (step: number) =>
    cosineRate(options.learningRate, step, options.epochs * perEpoch, {
      warmUp: options.warmUp * perEpoch,
      floor: floor * options.learningRate,
    })
  const feeds = (rows: Int32Array) => ({
    images: pixelsOf(images, rows, scale),
    labels: taken(images.labels!.values, 1, rows),
  })
  const accuracy = (rows: Int32Array) => classifier.accuracy(images, rows, signal)
  try {
    const { history } = await trainEpochs({
      state,
      epochs: options.epochs,
      patience: options.patience,
      better: 'higher',
      score: 'accuracy',
      context,
      epoch: epoch =>
        learner.pass(itemBatches(learned, { size: options.batch, seed, epoch, least: 2 }), { feeds, rate, signal }),
      validate: () => accuracy(valid),
    })
    const scores = { valid: { accuracy: await accuracy(valid) } }
    return {
      ...{ model, state, classifier, history, ...scores },
      test: test.length > 0 ? { accuracy: await accuracy(test) } : undefined,
    }
  } catch (error) {
    await classifier.close()
    throw error
  } finally {
    await learner.close()
  }
}

/** Cross-entropy with a share of each target spread over all classes. */
function smoothed(logits: Tensor, labels: Tensor, smoothing: number): Tensor {
  const loss = softmaxCrossEntropy(logits, labels)
  return loss.mul(1 - smoothing).sub(logits.logSoftmax(-1).mean().mul(smoothing))
}

/** Rows by split, those without a label left out. Throws `data/empty` where none is left to learn from or to validate on. */
export function labelled({ labels, splits }: Pick<Images, 'labels' | 'splits'>, seed: number): Splits {
  const { values } = labels!
  const parts = splits ? partsOf(splits, rows => rows.filter(row => values[row]! >= 0)) : drawn(values, seed)
  for (const [part, use] of [
    ['train', 'to learn from'],
    ['valid', 'to validate on'],
  ] as const) {
    if (parts[part].length > 0) continue
    const known = values.filter(value => value >= 0).length
    throw new InterplayError('data/empty', `no labelled image is left ${use}`, {
      why: `${known} of ${values.length} images have '${labels!.name}'; 3 or more are needed`,
    })
  }
  return parts
}

/** Labelled images are drawn from, as if there were no others. */
function drawn(values: Int32Array, seed: number): Splits {
  const known = Int32Array.from(values.keys()).filter(row => values[row]! >= 0)
  return partsOf(splitAtRandom(known.length, seed), rows => rows.map(at => known[at]!))
}

const partsOf = ({ train, valid, test }: Splits, kept: (rows: Int32Array) => Int32Array): Splits => ({
  train: kept(train),
  valid: kept(valid),
  test: kept(test),
})
