import { splitAtRandom, TextVocabulary, type Captions, type Images } from '../../../data/index.ts'
import { float32, int32 } from '../../../engine/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import {
  Adam,
  countParameters,
  minSnrWeights,
  noised,
  trainable,
  velocity,
  type ScheduleKind,
} from '../../../nn/index.ts'
import { Random } from '../../../random/index.ts'
import type { Computing, RunContext } from '../../../system/index.ts'
import {
  cosineRate,
  itemBatches,
  NetworkLearner,
  NetworkPredictor,
  taken,
  trainEpochs,
  type NetworkDefinition,
} from '../../../train/index.ts'
import { baseFrom, type Base, type BaseDescription } from '../shared/base.ts'
import { noiseRows, toFloats } from '../shared/pictures.ts'
import { TextToImage } from '../shared/text-to-image.ts'

export interface TrainOptions {
  patch: number
  channels: number
  multipliers: number[]
  layersPerBlock: number
  heads: number
  groups: number
  textWidth: number
  textLayers: number
  textLength: number
  schedule: ScheduleKind
  target: 'noise' | 'velocity'
  minSnr: number
  average: number
  epochs: number
  batch: number
  learningRate: number
  warmUp: number
  drop: number
  patience: number
  steps: number
  guidance: number
}

export interface Trained {
  base: Base
  parameters: number
  /** Mean squared error of the foretold noise. */
  valid: { noiseError: number }
  /** Undefined without test pictures. */
  test?: { noiseError: number }
}

const clipNorm = 1

/**
 * Learns to foretell the noise in pictures, or the velocity, from their captions by Adam (Ho et al. 2020, algorithm 1), text
 * transformer and denoiser together, from first weights or those of `start`; of the weights' average the epoch of the smallest
 * validation error is kept.
 */
export async function train(
  captions: Captions,
  options: TrainOptions,
  {
    seed,
    threads,
    device,
    signal,
    checkpoint,
    progress,
  }: Pick<RunContext, 'seed' | 'threads' | 'device' | 'signal' | 'checkpoint' | 'progress'>,
  start?: Base,
): Promise<Trained> {
  const images = picturesOf(captions)
  const description = start ? described(start, images) : describe(captions, images, options)
  const model = new TextToImage(description.network)
  const optimizer = new Adam([{ name: 'network', parameters: trainable(model), average: options.average }])
  const learner = new NetworkLearner(definitionOf(model), { optimizer, seed, threads, device, clipNorm })
  const { state } = learner
  if (start)
    for (const [path, parameter] of model.parameters()) state.write(parameter, start.state.read(`model.${path}`).data)
  const base = baseFrom(description, model, state)
  const feedsIn = (epoch: number) => (rows: Int32Array) => {
    const { feeds, target } = noisyBatch(base, captions.texts, images, rows, {
      ...{ seed, stream: 'train', epoch, drop: options.drop },
    })
    return { ...feeds, target, weight: stepWeights(base, feeds.t, options) }
  }
  const { train: learned, valid, test } = images.splits ?? splitAtRandom(images.count, seed)
  const total = options.epochs * Math.ceil(learned.length / options.batch)
  const warmUp = Math.min(options.warmUp, total / 2)
  const rate = (step: number) => cosineRate(options.learningRate, step, total, { warmUp })
  const error = (rows: Int32Array) => errorOf(learner, base, captions, rows, { batch: options.batch, seed, signal })
  try {
    await trainEpochs({
      state,
      epochs: options.epochs,
      patience: options.patience,
      averages: optimizer,
      better: 'lower',
      score: 'noiseError',
      context: { signal, checkpoint, progress },
      epoch: epoch =>
        learner.pass(itemBatches(learned, { size: options.batch, seed, epoch }), {
          ...{ feeds: feedsIn(epoch), rate, signal },
        }),
      validate: () => error(valid),
    })
    return {
      base,
      parameters: countParameters(model),
      valid: { noiseError: await error(valid) },
      test: test.length > 0 ? { noiseError: await error(test) } : undefined,
    }
  } finally {
    await learner.close()
  }
}

interface Evaluating extends Pick<RunContext, 'seed' | 'signal'> {
  batch: number
}

/** Mean squared error of the noise that a base foretells in these pictures, each at one drawn step. */
export async function noiseError(
  base: Base,
  captions: Captions,
  rows: Int32Array,
  { threads, device, ...evaluating }: Evaluating & Computing,
): Promise<number> {
  const predictor = new NetworkPredictor(definitionOf(base.model), base.state, threads, device)
  try {
    return await errorOf(predictor, base, captions, rows, evaluating)
  } finally {
    await predictor.close()
  }
}

async function errorOf(
  predictor: NetworkPredictor,
  base: Base,
  captions: Captions,
  rows: Int32Array,
  { batch, seed, signal }: Evaluating,
): Promise<number> {
  let total = 0
  for (let start = 0; start < rows.length; start += batch) {
    signal?.throwIfAborted()
    const part = rows.subarray(start, start + batch)
    const draw = { seed, stream: 'validation', epoch: 0, drop: 0 }
    const { feeds, noise } = noisyBatch(base, captions.texts, picturesOf(captions), part, draw)
    const answers = await predictor.answer(feeds)
    const own = answers.noise!.data as Float32Array
    total += part.length * own.reduce((sum, value, i) => sum + (value - noise[i]!) ** 2 / noise.length, 0)
  }
  return total / rows.length
}

function picturesOf({ images }: Captions): Images {
  if (!images) {
    throw new InterplayError('data/role-missing', 'there are texts and no pictures to learn from', {
      try: 'interplay fit world:tiny-world -s diffusion',
    })
  }
  if (images.height === images.width) return images
  throw new InterplayError('data/shape', `pictures are ${images.height} x ${images.width}, not square`)
}

/** Throws `data/shape` where pictures are of another size than those that the start was learned from. */
function described({ description }: Base, { channels, height }: Images): BaseDescription {
  const { picture } = description.network
  if (picture.channels === channels && picture.side === height) return description
  const learned = `${picture.channels} x ${picture.side} x ${picture.side}`
  throw new InterplayError('data/shape', `pictures are ${channels} x ${height} x ${height}, the base draws ${learned}`)
}

/** Throws `option/conflict` where the sizes do not divide. */
function describe(
  { texts }: Captions,
  { channels: colours, height: side }: Images,
  options: TrainOptions,
): BaseDescription {
  const { patch, channels, multipliers, layersPerBlock, heads, groups, textWidth, textLayers, textLength } = options
  const conflict = (message: string, where: string) =>
    new InterplayError('option/conflict', message, { where: `--set ${where}` })
  const multiple = patch * 2 ** (multipliers.length - 1)
  if (side % multiple !== 0)
    throw conflict(`pictures of ${side} x ${side} do not divide by ${multiple}`, 'patch, --set multipliers')
  const odd = [channels, ...multipliers.map(each => each * channels)].find(
    width => width % groups !== 0 || width % heads !== 0 || width % 2 !== 0,
  )
  if (odd !== undefined)
    throw conflict(`${odd} channels do not divide by groups (${groups}) and heads (${heads})`, 'channels')
  if (textWidth % heads !== 0)
    throw conflict(`textWidth (${textWidth}) does not divide by heads (${heads})`, 'textWidth')
  const vocabulary = TextVocabulary.of(texts)
  return {
    network: {
      picture: { channels: colours, side },
      patch,
      text: { vocabulary: vocabulary.size, length: textLength, width: textWidth, layers: textLayers, heads },
      network: { channels, multipliers, layersPerBlock, attention: multipliers.map(() => true), heads, groups },
      schedule: options.schedule,
      target: options.target,
    },
    words: vocabulary.words,
    sampling: { steps: options.steps, guidance: options.guidance },
  }
}

function definitionOf(model: TextToImage): NetworkDefinition {
  const { picture, text } = model.options
  const shape = ['batch', picture.channels, picture.side, picture.side]
  return {
    model,
    inputs: { x: float32(shape), t: float32(['batch']), ids: int32(['batch', text.length]) },
    targets: { target: float32(shape), weight: float32(['batch', 1, 1, 1]) },
    answer: ({ x, t, ids }) => {
      const foretold = model.foretell(x!, t!, model.encode(ids!))
      return { foretold, noise: model.noiseIn(foretold, x!, t!) }
    },
    loss: ({ foretold }, { target, weight }) => foretold!.sub(target!).square().mul(weight!).mean(),
  }
}

/** What each picture's error counts in the loss. */
const stepWeights = ({ model, schedule }: Base, t: Float32Array, { minSnr }: TrainOptions): Float32Array =>
  minSnr === 0 ? new Float32Array(t.length).fill(1) : minSnrWeights(schedule, t, model.options.target, minSnr)

interface Draw {
  seed: number
  stream: string
  epoch: number
  /** Share of texts that are left out. */
  drop: number
}

/** Noisy pictures of these rows at random steps, their noise, and what is to be foretold; a picture's draws follow from (seed, stream, epoch, row). */
function noisyBatch(base: Base, texts: readonly string[], images: Images, rows: Int32Array, draw: Draw) {
  const { model, vocabulary, schedule } = base
  const size = images.channels * images.height * images.width
  const clean = toFloats(taken(images.pixels as Uint8Array, size, rows))
  const noise = new Float32Array(clean.length)
  const t = new Float32Array(rows.length)
  const told = Array.from(rows, (row, i) => {
    const name = `${draw.stream} ${draw.epoch}`
    const random = new Random(draw.seed, name, row)
    t[i] = random.integer(schedule.steps)
    noise.set(noiseRows(draw.seed, `${name} noise`, 1, size, row), i * size)
    return random.uniform() < draw.drop ? '' : texts[row]!
  })
  const feeds = { x: noised(schedule, clean, noise, t), t, ids: vocabulary.encode(told, model.options.text.length) }
  const target = model.options.target === 'noise' ? noise : velocity(schedule, clean, noise, t)
  return { feeds, noise, target }
}
