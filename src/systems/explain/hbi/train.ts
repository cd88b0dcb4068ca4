import { splitAtRandom, type TokenPairs } from '../../../data/index.ts'
import { float32, int32, type State } from '../../../engine/index.ts'
import { banzhafPairs, weightedMaxima } from '../../../lenses/index.ts'
import { retrievalScores, type RetrievalScores } from '../../../metrics/index.ts'
import { Adam, meanSquaredError, trainable } from '../../../nn/index.ts'
import type { RunContext } from '../../../system/index.ts'
import {
  itemBatches,
  NetworkLearner,
  restore,
  snapshotOf,
  taken,
  trainEpochs,
  type EpochScore,
} from '../../../train/index.ts'
import { InteractionEstimator } from './estimator.ts'
import { Matcher, sideFeeds, sidesOf } from './matcher.ts'
import { Hbi, type HbiOptions, type LevelAnswer, type LossOptions, type Sizes } from './model.ts'

export interface TrainOptions extends HbiOptions, LossOptions {
  /** Passes without interactions, before the teacher learns from what they gave. */
  warmUp: number
  /** Passes with all of the loss. */
  epochs: number
  teacher: 'estimated' | 'random'
  /** Passes of the teacher over its maps. */
  teacherEpochs: number
  /** Items whose maps the teacher learns from, at most, and coalitions drawn for each pair of theirs. */
  maps: number
  samples: number
  /** Cosines are multiplied by this before the teacher's interactions are taken. */
  scale: number
  batch: number
  learningRate: number
  patience: number
}

export interface Trained {
  model: Hbi
  sizes: Sizes
  state: State
  matcher: Matcher
  history: EpochScore[]
  valid: RetrievalScores
  test: RetrievalScores
  splits: NonNullable<TokenPairs['splits']>
}

type Context = Pick<RunContext, 'seed' | 'threads' | 'signal' | 'progress'>

const clipNorm = 1

/** Learns to match, then a teacher of interactions from what was learned, then to match with interactions as targets. */
export async function train(pairs: TokenPairs, options: TrainOptions, context: Context): Promise<Trained> {
  const { text, frames } = pairs
  const sizes = { words: text.length, textWidth: text.width, frames: frames.length, frameWidth: frames.width }
  const splits = pairs.splits ?? splitAtRandom(pairs.items, context.seed)
  const model = new Hbi(sizes, options)
  const history: EpochScore[] = []
  let start: Map<string, Float32Array> | undefined
  if (options.interaction > 0 && options.warmUp > 0) {
    const plain = learnerOf(model, sizes, { ...options, interaction: 0 }, context)
    const matcher = new Matcher(model, sizes, plain.state, context.threads)
    try {
      history.push(...(await pass(plain, matcher, pairs, splits, options, options.warmUp, context)))
      start = snapshotOf(plain.state)
      if (options.teacher === 'estimated')
        for (const [name, values] of await teach(matcher, pairs, splits.train, sizes, options, context))
          start.set(`model.teacher.${name}`, values)
    } finally {
      await Promise.all([matcher.close(), plain.close()])
    }
  }
  const learner = learnerOf(model, sizes, options, context)
  if (start) restore(learner.state, start)
  const matcher = new Matcher(model, sizes, learner.state, context.threads)
  try {
    history.push(...(await pass(learner, matcher, pairs, splits, options, options.epochs, context)))
    const scores = (items: Int32Array) => scoresOf(matcher, pairs, items, context.signal)
    const [valid, test] = [await scores(splits.valid), await scores(splits.test)]
    return { model, sizes, state: learner.state, matcher, history, valid, test, splits }
  } catch (error) {
    await matcher.close()
    throw error
  } finally {
    await learner.close()
  }
}

/** Texts that look for their videos. */
export async function scoresOf(matcher: Matcher, pairs: TokenPairs, items: Int32Array, signal?: AbortSignal) {
  const similarities = await matcher.similarities(pairs, items, signal)
  return retrievalScores(similarities, items.length, pairs.ids && taken(pairs.ids, 1, items))
}

function learnerOf(model: Hbi, sizes: Sizes, options: TrainOptions, { seed, threads }: Context): NetworkLearner {
  const moved = [...model.parameters()]
    .filter(([path]) => !path.startsWith('teacher.') && (options.interaction > 0 || !path.startsWith('students.')))
    .filter(([path]) => options.compare === 'tokens' || !path.startsWith('similarities.'))
    .map(([, parameter]) => parameter)
  let levels: LevelAnswer[] = []
  return new NetworkLearner(
    {
      model,
      inputs: sidesOf(sizes),
      targets: { ids: int32(['batch']), place: int32(['batch']) },
      answer: ({ text, textMask, frames, frameMask }, mode) => {
        levels = model.levels({ tokens: text!, mask: textMask! }, { tokens: frames!, mask: frameMask! }, mode)
        return { similarity: model.similarities[0]!.forward(levels[0]!.text, levels[0]!.frames, mode) }
      },
      loss: (_, { ids, place }) => model.loss(levels, ids!, place!, options),
    },
    { optimizer: new Adam([{ name: 'network', parameters: moved }]), seed, threads, clipNorm },
  )
}

async function pass(
  learner: NetworkLearner,
  matcher: Matcher,
  pairs: TokenPairs,
  splits: Trained['splits'],
  { batch, learningRate, patience }: TrainOptions,
  epochs: number,
  context: Context,
): Promise<EpochScore[]> {
  const { seed, signal } = context
  const { text, frames, items } = pairs
  const ids = pairs.ids ?? Int32Array.from({ length: items }, (_, item) => item)
  const { history } = await trainEpochs({
    state: learner.state,
    epochs,
    patience,
    better: 'higher',
    score: 'recall1',
    context,
    epoch: epoch =>
      learner.pass(itemBatches(splits.train, { size: batch, seed, epoch, least: 2 }), {
        feeds: rows => ({
          ...sideFeeds('text', text, rows),
          ...sideFeeds('frames', frames, rows),
          ids: taken(ids, 1, rows),
          place: Int32Array.from(rows, (_, i) => i),
        }),
        rate: learningRate,
        signal,
      }),
    validate: async () => (await scoresOf(matcher, pairs, splits.valid, signal)).recall1,
  })
  return history
}

/** The teacher's weights after learning sampled interactions of merged pairs from cosines of the encoders as they are. */
async function teach(
  matcher: Matcher,
  pairs: TokenPairs,
  train: Int32Array,
  sizes: Sizes,
  { planes, maps, samples, scale, teacherEpochs }: TrainOptions,
  { seed, threads, signal }: Context,
): Promise<Iterable<readonly [string, Float32Array]>> {
  const items = train.subarray(0, maps)
  const cells = sizes.words * sizes.frames
  const [cosines, wanted] = [new Float32Array(items.length * cells), new Float32Array(items.length * cells)]
  for (const [at, item] of items.entries()) {
    signal?.throwIfAborted()
    const { map, weights } = await matcher.firstMap(pairs, item)
    cosines.set(map, at * cells)
    wanted.set(targetsOf(map, weights, sizes, scale, samples, seed + at), at * cells)
  }
  const teacher = new InteractionEstimator(planes)
  const shape = ['batch', sizes.words, sizes.frames]
  const learner = new NetworkLearner(
    {
      model: teacher,
      inputs: { map: float32(shape) },
      targets: { wanted: float32(shape) },
      answer: ({ map }) => ({ interactions: teacher.forward(map!) }),
      loss: ({ interactions }, { wanted: target }) => meanSquaredError(interactions!, target!),
    },
    { optimizer: new Adam([{ name: 'teacher', parameters: trainable(teacher) }]), seed, threads, clipNorm },
  )
  try {
    const places = Int32Array.from(items, (_, at) => at)
    const feeds = (rows: Int32Array) => ({ map: taken(cosines, cells, rows), wanted: taken(wanted, cells, rows) })
    for (let epoch = 0; epoch < teacherEpochs; epoch++)
      await learner.pass(itemBatches(places, { size: teacherBatch, seed, epoch }), { feeds, rate: teacherRate })
    return [...snapshotOf(learner.state)].map(([name, values]) => [name.slice('model.'.length), values] as const)
  } finally {
    await learner.close()
  }
}

const [teacherRate, teacherBatch] = [1e-2, 32]

/** Interactions of merged pairs, 0 where a token is padding. */
export function targetsOf(
  map: ArrayLike<number>,
  weights: readonly [text: Float64Array, frames: Float64Array],
  { words, frames }: Pick<Sizes, 'words' | 'frames'>,
  scale: number,
  samples: number,
  seed: number,
): Float64Array {
  const [rows, columns] = weights.map(side => [...side.keys()].filter(token => side[token]! > 0)) as [
    number[],
    number[],
  ]
  const cells = rows.flatMap(r => columns.map(c => scale * map[r * frames + c]!))
  const payoff = weightedMaxima(
    rows.map(r => weights[0][r]!),
    columns.map(c => weights[1][c]!),
  )
  const game = { rows: rows.length, columns: columns.length, cells, payoff }
  const { values } = banzhafPairs(game, { rule: 'merged', samples, seed })
  const all = new Float64Array(words * frames)
  rows.forEach((r, i) => columns.forEach((c, j) => (all[r * frames + c] = values[i * columns.length + j]!)))
  return all
}
