import { pixelsOf, scaleOf, splitAtRandom, type Images, type PixelScale, type Splits } from '../../../data/index.ts'
import { float32, int32, type State } from '../../../engine/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { Adam, softmaxCrossEntropy, trainable } from '../../../nn/index.ts'
import type { RunContext } from '../../../system/index.ts'
import { itemBatches, NetworkLearner, taken, trainEpochs } from '../../../train/index.ts'
import { Backbone, Extractor, gridOf } from './backbone.ts'

export interface TrainOptions {
  widths: readonly number[]
  epochs: number
  batch: number
  learningRate: number
  patience: number
}

export interface Trained {
  backbone: Backbone
  state: State
  scale: PixelScale
  extractor: Extractor
  splits: Splits
}

const clipNorm = 5

/** Learns to tell the classes of the training images apart; the epoch of the best validation accuracy is kept. */
export async function train(
  images: Images,
  { widths, epochs, batch, learningRate, patience }: TrainOptions,
  context: Pick<RunContext, 'seed' | 'threads' | 'signal' | 'progress'>,
): Promise<Trained> {
  const { seed, threads, signal } = context
  gridOf(images, widths)
  const splits = images.splits ?? splitAtRandom(images.count, seed)
  checkSupport(images, splits.train)
  const labels = images.labels!
  const { channels, height, width } = images
  const backbone = new Backbone(channels, widths, labels.classes.length)
  const learner = new NetworkLearner(
    {
      model: backbone,
      inputs: { images: float32(['batch', channels, height, width]) },
      targets: { labels: int32(['batch']) },
      answer: ({ images: pixels }, mode) => ({ logits: backbone.forward(pixels!, mode) }),
      loss: ({ logits }, { labels: own }) => softmaxCrossEntropy(logits!, own!),
    },
    { optimizer: new Adam([{ name: 'network', parameters: trainable(backbone) }]), seed, threads, clipNorm },
  )
  const scale = scaleOf(images, splits.train)
  const extractor = new Extractor(backbone, images, scale, learner.state, threads)
  try {
    await trainEpochs({
      state: learner.state,
      epochs,
      patience,
      better: 'higher',
      score: 'accuracy',
      context,
      epoch: epoch =>
        learner.pass(itemBatches(splits.train, { size: batch, seed, epoch, least: 2 }), {
          feeds: rows => ({ images: pixelsOf(images, rows, scale), labels: taken(labels.values, 1, rows) }),
          rate: learningRate,
          signal,
        }),
      validate: () => accuracyOf(extractor, images, splits.valid, signal),
    })
    return { backbone, state: learner.state, scale, extractor, splits }
  } catch (error) {
    await extractor.close()
    throw error
  } finally {
    await learner.close()
  }
}

/** The share of rows whose label has the highest logit. */
async function accuracyOf(
  extractor: Extractor,
  images: Images,
  rows: Int32Array,
  signal?: AbortSignal,
): Promise<number> {
  const { classes, values } = images.labels!
  const { logits } = await extractor.features(images, rows, signal)
  const right = rows.filter((row, i) => {
    const own = logits.subarray(i * classes.length, (i + 1) * classes.length)
    return own.indexOf(Math.max(...own)) === values[row]
  })
  return right.length / rows.length
}

/** @throws InterplayError `data/target-null` where a training image has no label: it could not be voted with */
function checkSupport({ labels, names }: Images, rows: Int32Array): void {
  const unknown = rows.filter(row => labels!.values[row]! < 0)
  if (unknown.length === 0) return
  throw new InterplayError(
    'data/target-null',
    `'${labels!.name}' is unknown in ${unknown.length} training images, first '${names?.[unknown[0]!] ?? unknown[0]! + 1}'`,
    { why: 'they are the examples that a decision rests on' },
  )
}
