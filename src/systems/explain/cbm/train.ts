import {
  conceptsOf,
  maskOf,
  pixelsOf,
  regionsByImage,
  scaleOf,
  splitAtRandom,
  type ConceptImages,
} from '../../../data/index.ts'
import { constant, float32, grad, int32, type Tensor } from '../../../engine/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { callMulticlass, quantileOfSorted } from '../../../metrics/index.ts'
import { Adam, binaryCrossEntropy, softmaxCrossEntropy, trainable } from '../../../nn/index.ts'
import { Random } from '../../../random/index.ts'
import type { RunContext } from '../../../system/index.ts'
import {
  cosineRate,
  itemBatches,
  NetworkLearner,
  taken,
  trainEpochs,
  trainVectorClassifier,
  type EpochScore,
} from '../../../train/index.ts'
import { answerOf, imageInputs, TrainedBottleneck, type Kept } from './bottleneck.ts'
import { ConceptBottleneck } from './model.ts'
import type { CbmOptions } from './options.ts'

type Context = Pick<RunContext, 'seed' | 'threads' | 'signal' | 'progress'>

/** Share of concepts said rightly, and of images called rightly. */
export interface BottleneckScores {
  [name: string]: number
  conceptAccuracy: number
  accuracy: number
}

export interface Trained {
  bottleneck: TrainedBottleneck
  history: EpochScore[]
  valid: BottleneckScores
  test: BottleneckScores
}

/** Parts of the training logits that stand for an absent and a present concept (Koh et al. 2020). */
const [low, high] = [0.05, 0.95]

/**
 * Learns concepts by Adam, a cosine of the rate; the epoch of the best validation score is kept. In the independent and the
 * sequential regime classes are then learned from true or from predicted concepts; in the others with the concepts.
 */
export async function trainBottleneck(images: ConceptImages, options: CbmOptions, context: Context): Promise<Trained> {
  const { seed, threads, signal } = context
  const { regime, between } = options
  if (regime === 'independent' && between === 'logits') {
    throw new InterplayError('option/conflict', 'classes that learn from true concepts are not given logits', {
      where: '--set between=logits',
      try: '--set regime=sequential',
    })
  }
  const { names } = images.concepts!
  const { classes, values: labels } = images.labels!
  const { channels, height, width } = images
  const size = { channels, height, width, concepts: names.length, classes: classes.length }
  const splits = splitOf(images, seed)
  const model = new ConceptBottleneck(size, options, between)
  const together = regime === 'joint' || regime === 'standard'
  const objective = objectiveOf(images, splits.train, options)
  const focused = options.groundingWeight > 0 ? focusOf(images, seed) : undefined
  const learner = new NetworkLearner(
    {
      model,
      inputs: imageInputs(size),
      targets: {
        labels: int32(['batch']),
        concepts: float32(['batch', size.concepts]),
        ...(focused && { focus: float32(['batch', size.concepts]), outside: float32(['batch', 1, height, width]) }),
      },
      answer: answerOf(model),
      loss: objective,
    },
    {
      optimizer: new Adam([{ name: 'network', parameters: trainable(together ? model : model.concepts) }]),
      seed,
      threads,
    },
  )
  const { state } = learner
  const scale = scaleOf(images, splits.train)
  const ends = { absent: names.map(() => 0), present: names.map(() => 1) }
  const kept: Kept = { options, size, scale, concepts: names, classes, ...ends }
  const bottleneck = new TrainedBottleneck(model, state, kept, threads)
  const steps = options.epochs * Math.ceil(splits.train.length / options.batch)
  try {
    const { history } = await trainEpochs({
      state,
      epochs: options.epochs,
      patience: options.patience,
      better: 'higher',
      score: regime === 'standard' ? 'accuracy' : 'concept accuracy',
      context,
      epoch: epoch =>
        learner.pass(itemBatches(splits.train, { size: options.batch, seed, epoch, least: 2 }), {
          feeds: rows => ({
            images: pixelsOf(images, rows, scale),
            labels: taken(labels, 1, rows),
            concepts: conceptsOf(images, rows),
            ...focused?.(rows, epoch),
          }),
          rate: step => cosineRate(options.learningRate, step, steps),
          signal,
        }),
      validate: async () => {
        const scores = await scoresOf(bottleneck, images, splits.valid, signal)
        return regime === 'standard' ? scores.accuracy : scores.conceptAccuracy
      },
    })
    if (!together) {
      const given = async (rows: Int32Array) =>
        bottleneck.between((await bottleneck.logits(images, rows, signal)).concepts)
      await trainVectorClassifier(
        {
          model: model.labels,
          classes: size.classes,
          vectors: regime === 'independent' ? conceptsOf(images, splits.train) : await given(splits.train),
          labels: taken(labels, 1, splits.train),
          valid: { vectors: await given(splits.valid), labels: taken(labels, 1, splits.valid) },
        },
        state,
        { seed, threads, signal },
      )
    }
    if (between === 'logits') {
      const { concepts } = await bottleneck.logits(images, splits.train, signal)
      names.forEach((_, c) => {
        const sorted = concepts.filter((_, at) => at % names.length === c).sort()
        ends.absent[c] = quantileOfSorted(sorted, low)
        ends.present[c] = quantileOfSorted(sorted, high)
      })
    }
    const scores = (rows: Int32Array) => scoresOf(bottleneck, images, rows, signal)
    return { bottleneck, history, valid: await scores(splits.valid), test: await scores(splits.test) }
  } catch (error) {
    await bottleneck.close()
    throw error
  } finally {
    await learner.close()
  }
}

/** Rows by split, those without a label left out. */
function splitOf({ count, labels, splits }: ConceptImages, seed: number) {
  const known = (rows: Int32Array) => rows.filter(row => labels!.values[row]! >= 0)
  const { train, valid, test } = splits ?? splitAtRandom(count, seed)
  return { train: known(train), valid: known(valid), test: known(test) }
}

type Tensors = Record<string, Tensor>

/** L_c; L_y + lambda sum_c L_c; L_y; with the mean square of input gradients outside of regions where asked for. */
function objectiveOf(images: ConceptImages, rows: Int32Array, options: CbmOptions) {
  const { regime, conceptWeight, balance, groundingWeight } = options
  const width = images.concepts!.names.length
  const ratios = balance ? positiveWeights(conceptsOf(images, rows), width) : undefined
  return (answers: Tensors, leaves: Tensors): Tensor => {
    const targets = leaves.concepts!
    const weights = ratios && targets.mul(constant(ratios, [1, width])).add(1)
    const ofConcepts = binaryCrossEntropy(answers.concepts!, targets, weights)
    const ofClasses = () => softmaxCrossEntropy(answers.classes!, leaves.labels!)
    const loss = {
      independent: () => ofConcepts,
      sequential: () => ofConcepts,
      joint: () => ofClasses().add(ofConcepts.mul(conceptWeight * width)),
      standard: ofClasses,
    }[regime]()
    if (groundingWeight === 0) return loss
    const slope = grad(answers.concepts!.mul(leaves.focus!).sum(), leaves.images!)
    return loss.add(slope.mul(leaves.outside!).square().mean().mul(groundingWeight))
  }
}

/** Less 1: what makes present and absent weigh alike, by concept. */
function positiveWeights(values: Float32Array, width: number): Float32Array {
  const images = values.length / width
  return Float32Array.from({ length: width }, (_, c) => {
    let shown = 0
    for (let row = 0; row < images; row++) shown += values[row * width + c]!
    return (images - shown) / Math.max(1, shown) - 1
  })
}

/** Of each image one of the concepts whose region is known, drawn anew each epoch, and 1 for pixels outside of it. */
function focusOf(images: ConceptImages, seed: number) {
  const { height, width } = images
  const area = height * width
  const regions = regionsByImage(images)
  const concepts = images.concepts!.names.length
  return (rows: Int32Array, epoch: number) => {
    const random = new Random(seed, 'focus', epoch)
    const focus = new Float32Array(rows.length * concepts)
    const outside = new Float32Array(rows.length * area)
    rows.forEach((row, i) => {
      const own = regions.get(row)
      if (!own) return
      const { concept, polygon } = own[random.integer(own.length)]!
      focus[i * concepts + concept] = 1
      maskOf(polygon, height, width).forEach((inside, at) => (outside[i * area + at] = 1 - inside))
    })
    return { focus, outside }
  }
}

export async function scoresOf(
  bottleneck: TrainedBottleneck,
  images: ConceptImages,
  rows: Int32Array,
  signal?: AbortSignal,
): Promise<BottleneckScores> {
  const logits = await bottleneck.logits(images, rows, signal)
  const truth = conceptsOf(images, rows)
  const right = logits.concepts.reduce((sum, logit, at) => sum + Number(logit > 0 === (truth[at] === 1)), 0)
  const called = callMulticlass(logits.classes, bottleneck.kept.size.classes)
  const hits = called.reduce((sum, label, i) => sum + Number(label === images.labels!.values[rows[i]!]), 0)
  return { conceptAccuracy: right / truth.length, accuracy: hits / rows.length }
}
