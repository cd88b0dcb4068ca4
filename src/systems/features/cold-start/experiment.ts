import { ablationCurves } from '../../../charts/ablation-curves.ts'
import { formatNumber } from '../../../charts/format.ts'
import { affinityOf, coldTastes, holdOut, type ColdTastes } from '../../../data/index.ts'
import { compareMeans } from '../../../metrics/index.ts'
import { moduleParitySettled, stagedResult } from '../../../study/index.ts'
import type { Figure, RunContext, StudyContext, StudyTable } from '../../../system/index.ts'
import { attributeNeighbours } from './baselines/attribute-neighbours.ts'
import { autoRecScorer } from './baselines/auto-rec.ts'
import { matrixFactorization } from './baselines/matrix-factorization.ts'
import { popularity, popularityWithin } from './baselines/popularity.ts'
import { boostedTrees, deepFm } from './baselines/tables.ts'
import { autoRecForm, falseNegatives, leak, meanWeights, metricsByHand } from './closed-forms.ts'
import { fit, type FittedRecommender } from './fitted.ts'
import { options, type ColdStartOptions } from './options.ts'
import { parities } from './parity.ts'
import { popularityBuckets, scoreBucket } from './popularity-buckets.ts'
import { byRows, chanceScorer, rowsOfCase, scoreRanking, type CaseScorer, type RankingScores } from './rank.ts'

const epochs = 10
const metrics = ['hitRate', 'ndcg', 'mrr', 'recall'] as const
const modules = {
  'no selection': { selection: 'none' },
  'no gate': { gate: false },
  'no contrast': { contrast: 0 },
} as const
const rates = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2]
const shownCounts = [0, 1, 3, 5]

/** Items that hold a third of the training events each, from the most popular on. */
const buckets = ['head', 'middle', 'tail'] as const

/** Scores of a system on one seed; NDCG also by how popular the target is, null where no target is. */
interface SeedScores {
  whole: RankingScores
  buckets: (number | null)[]
}

/** Seed by seed. */
type Scores = Record<string, SeedScores[]>

export async function run(context: StudyContext): Promise<void> {
  const cases = await parities()
  if (cases) context.settle('parity', moduleParitySettled(cases))
  else context.skip('parity', 'fixtures are not here')
  await closedForms(context)
  const rest = [
    'cold',
    'factorised',
    'modules',
    'demographic',
    'neighbours',
    'warm',
    'support',
    'recovery',
    'rate',
  ] as const
  if (context.size === 'small') {
    for (const claim of rest) context.skip(claim, 'full size only')
    return
  }
  const seeds = fiveOf(context.seeds)
  if (context.open('cold', 'factorised', 'modules', 'demographic', 'neighbours', 'support', 'recovery')) {
    const found = await coldUsers(seeds, context)
    context.show({ figures: [supportFigure(found.support, seeds.length)], table: tableOf(found.scores) })
    settleCold(found, seeds, context)
  }
  if (context.open('warm')) await warmUsers(seeds, context)
  if (context.open('rate')) await learningRates(seeds[0]!, context)
}

const fiveOf = ([first]: readonly number[]): number[] => Array.from({ length: 5 }, (_, i) => first! + i)

async function closedForms(context: StudyContext): Promise<void> {
  const settle = (claim: string, measured: number, most: number) =>
    context.settle(claim, { measured, holds: measured <= most })
  settle('metrics', metricsByHand(), 1e-12)
  settle('weights', await meanWeights(), 1e-5)
  settle('leak', await leak(), 0)
  settle('negatives', falseNegatives(), 0)
  settle('autorec', await autoRecForm(), 1e-3)
}

const running = ({ threads, signal, progress }: StudyContext, seed: number, what: string): RunContext => ({
  seed,
  threads,
  signal,
  progress: ({ stage, done, total }) => progress(`seed ${seed}, ${what}: ${stage} ${done} of ${total}`),
})

interface ColdScores {
  scores: Scores
  /** NDCG by how many choices are shown, seed by seed. */
  support: number[][]
  /** Share of cold users whose driving attribute weighs most, seed by seed. */
  recovered: number[]
}

/** Every system of every seed is a stage of its own. */
async function coldUsers(seeds: readonly number[], context: StudyContext): Promise<ColdScores> {
  const found: ColdScores = { scores: {}, support: [], recovered: [] }
  for (const seed of seeds) {
    const data = coldTastes.make({ seed })
    const { train, test } = holdOut(data, 'cold-user', seed)
    const items = data.items.names.length
    const bucketOf = popularityBuckets(data, train, buckets.length)
    const scored = async (scorer: CaseScorer): Promise<SeedScores> => {
      const scores = await scorer(test, items)
      return {
        whole: await scoreRanking(test, items, async () => scores),
        buckets: buckets.map((_, bucket) => scoreBucket(test, scores, bucketOf, bucket)?.ndcg ?? null),
      }
    }
    const add = async (name: string, scorer: () => CaseScorer | Promise<CaseScorer>) =>
      (found.scores[name] ??= []).push(
        await stagedResult(context, `${seed} ${name}`, async () => {
          const made = await scorer()
          const scores = await scored(made)
          await made.close?.()
          return scores
        }),
      )
    const own = options.parse({ epochs })
    const ours = await stagedResult(context, `${seed} cold-start`, async () => {
      const fitted = await fit(data, own, running(context, seed, 'cold-start'))
      const writer = fitted.writer(data)
      const strangers = await scored(byRows(fitted.score, writer, 0))
      const rising: number[] = []
      for (const shown of shownCounts)
        rising.push((await scoreRanking(test, items, byRows(fitted.score, writer, shown))).ndcg)
      const recovered = await recovery(data, fitted, seed)
      await fitted.close?.()
      return { strangers, rising, recovered }
    })
    ;(found.scores['cold-start'] ??= []).push(ours.strangers)
    found.support.push(ours.rising)
    found.recovered.push(ours.recovered)
    for (const [name, change] of Object.entries(modules)) {
      const without = await stagedResult(context, `${seed} ${name}`, async () => {
        const fitted = await fit(data, { ...own, ...change } as ColdStartOptions, running(context, seed, name))
        const scores = await scored(byRows(fitted.score, fitted.writer(data), 0))
        await fitted.close?.()
        return scores
      })
      ;(found.scores[name] ??= []).push(without)
    }
    const factors = { width: own.embeddingDimension, epochs: 20, learningRate: 0.05, l2: 0.01, seed }
    await add('matrix factorisation', () => matrixFactorization(data, train, factors))
    await add('deepfm', () => deepFm(data, own, running(context, seed, 'deepfm')))
    await add('boosted trees', () => boostedTrees(data, own, running(context, seed, 'boosted trees')))
    const auto = { hidden: 64, steps: 300, learningRate: 1e-3, l2: 1e-3, activation: 'sigmoid', bias: true } as const
    await add('autorec', () => autoRecScorer(data, train, { ...auto, seed, threads: context.threads }))
    await add('attribute neighbours', () => attributeNeighbours(data, train))
    await add('popularity', () => popularity(data, train))
    await add('popularity by occupation', () => popularityWithin(data, train, data.driver))
    await add('chance', () => chanceScorer)
    await add('what can be known', () => knowable(data))
  }
  return found
}

/** Ranks by the chances that the world works with, the personal part of tastes left out. */
const knowable =
  ({ truth }: ColdTastes): CaseScorer =>
  async (cases, items) =>
    Float64Array.from({ length: cases.length * items }, (_, at) => {
      const { user, time } = cases[Math.floor(at / items)]!
      return affinityOf(truth, user, at % items, time)
    })

/** Share of cold users of whose user fields the driving one weighs most, over their targets. */
async function recovery(data: ColdTastes, ours: FittedRecommender, seed: number): Promise<number> {
  const writer = ours.writer(data)
  const { test } = holdOut(data, 'cold-user', seed)
  const rows = test.map(each => rowsOfCase(each, each.targets, writer, 0))
  const { fields, weights } = await ours.weigh(writer, rows.flat())
  const attributes = data.users.attributes.map(({ name }) => fields.indexOf(`user.${name}`))
  const driver = fields.indexOf(`user.${data.driver}`)
  let [start, hits] = [0, 0]
  for (const own of rows) {
    const means = attributes.map(f => own.reduce((sum, _, r) => sum + weights[(start + r) * fields.length + f]!, 0))
    hits += Number(attributes[means.indexOf(Math.max(...means))] === driver)
    start += own.length
  }
  return hits / rows.length
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

function settleCold({ scores, support, recovered }: ColdScores, seeds: readonly number[], context: StudyContext): void {
  const gap = (other: string, metric: (typeof metrics)[number]) =>
    mean(scores['cold-start']!.map(({ whole }, s) => whole[metric] - scores[other]![s]!.whole[metric]))
  const told = (other: string) => {
    const { value, low, high } = compareMeans(
      scores['cold-start']!.map(({ whole }) => whole.ndcg),
      scores[other]!.map(({ whole }) => whole.ndcg),
    )
    return `${formatNumber(value)} [${formatNumber(low)}, ${formatNumber(high)}] NDCG over ${other}`
  }
  const rivals = ['matrix factorisation', 'boosted trees', 'deepfm', 'autorec']
  const gaps = rivals.flatMap(other => metrics.map(metric => gap(other, metric)))
  context.settle('cold', {
    measured: `${gaps.filter(value => value > 0).length} of 16: ${rivals.map(told).join('; ')}`,
    holds: gaps.every(value => value > 0),
    seeds,
  })
  const factorised = mean(
    scores['matrix factorisation']!.map(({ whole }, s) => whole.ndcg - scores.popularity![s]!.whole.ndcg),
  )
  context.settle('factorised', { measured: factorised, holds: factorised <= 0.01, seeds })
  const without = Object.keys(modules)
  context.settle('modules', {
    measured: without.map(told).join('; '),
    holds: without.every(other => gap(other, 'ndcg') > 0),
    seeds,
  })
  context.settle('demographic', {
    measured: told('popularity by occupation'),
    holds: gap('popularity by occupation', 'ndcg') > 0,
    seeds,
  })
  context.settle('neighbours', {
    measured: told('attribute neighbours'),
    holds: gap('attribute neighbours', 'ndcg') > 0,
    seeds,
  })
  const rising = shownCounts.map((_, k) => mean(support.map(each => each[k]!)))
  context.settle('support', {
    measured: rising.map(value => value.toFixed(4)).join(', '),
    holds: rising.every((value, k) => k === 0 || value > rising[k - 1]!),
    seeds,
  })
  context.settle('recovery', { measured: mean(recovered), holds: mean(recovered) > 0.8, seeds })
}

async function warmUsers(seeds: readonly number[], context: StudyContext): Promise<void> {
  const [ours, theirs]: [number[], number[]] = [[], []]
  for (const seed of seeds) {
    const own = options.parse({ epochs, protocol: 'warm' })
    ours.push(
      await stagedResult(context, `${seed} warm`, async () => {
        const fitted = await fit(coldTastes.make({ seed }), own, running(context, seed, 'warm'))
        await fitted.close?.()
        return fitted.metrics!.test!.ndcg!
      }),
    )
    theirs.push(
      await stagedResult(context, `${seed} warm deepfm`, async () => {
        const data = coldTastes.make({ seed })
        const { test } = holdOut(data, 'warm', seed)
        const scorer = await deepFm(data, own, running(context, seed, 'warm deepfm'))
        const { ndcg } = await scoreRanking(test, data.items.names.length, scorer)
        await scorer.close?.()
        return ndcg
      }),
    )
  }
  const relative = mean(ours) / mean(theirs) - 1
  context.settle('warm', {
    measured: `${(100 * relative).toFixed(1)}%: ${mean(ours).toFixed(4)} against ${mean(theirs).toFixed(4)}`,
    holds: relative >= -0.02,
    seeds: [...seeds],
  })
}

async function learningRates(seed: number, context: StudyContext): Promise<void> {
  const data = coldTastes.make({ seed })
  const points: { kept: number; score: number }[] = []
  for (const learningRate of rates) {
    const score = await stagedResult(context, `${seed} rate ${learningRate}`, async () => {
      const own = options.parse({ epochs, learningRate })
      const fitted = await fit(data, own, running(context, seed, `rate ${learningRate}`))
      await fitted.close?.()
      return fitted.metrics!.valid!.ndcg!
    })
    points.push({ kept: learningRate, score })
  }
  const best = points.reduce((most, point) => (point.score > most.score ? point : most)).kept
  const figure = figureOf({
    title: `A rate of ${best} ranks validation users best`,
    series: [{ name: 'cold-start', points }],
    what: 'learning rate',
    sampleSize: 'one seed',
  })
  context.show({ figures: [...(context.shown().figures ?? []), figure] })
  context.settle('rate', {
    measured: `${best}: ${points.map(({ score }) => score.toFixed(4)).join(', ')}`,
    holds: best > rates[0]! && best < rates.at(-1)!,
    seeds: [seed],
  })
}

function supportFigure(support: readonly number[][], seeds: number): Figure {
  const points = shownCounts.map((shown, k) => ({ kept: shown + 1, score: mean(support.map(each => each[k]!)) }))
  return figureOf({
    title: `NDCG goes from ${points[0]!.score.toFixed(3)} for strangers to ${points.at(-1)!.score.toFixed(3)} with five choices shown`,
    series: [{ name: 'cold-start', points }],
    what: 'choices shown and one',
    sampleSize: `${seeds} seeds`,
  })
}

function figureOf(input: Omit<Parameters<typeof ablationCurves>[0], 'score'>): Figure {
  const { title, description, spec } = ablationCurves({ ...input, score: 'NDCG at 10' })
  return { title, description, spec }
}

function tableOf(scores: Scores): StudyTable {
  const deviation = (values: readonly number[]) =>
    Math.sqrt(values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / Math.max(1, values.length - 1))
  return {
    columns: [
      'cold users, all items ranked',
      ...metrics.flatMap(metric => [`${metric} at 10`, '±']),
      ...buckets.map(bucket => `ndcg, ${bucket}`),
    ],
    rows: Object.entries(scores).map(([name, own]) => [
      name,
      ...metrics.flatMap(metric => {
        const values = own.map(({ whole }) => whole[metric])
        return [mean(values), deviation(values)]
      }),
      ...buckets.map((_, bucket) => {
        const known = own.flatMap(each => each.buckets[bucket] ?? [])
        return known.length > 0 ? mean(known) : null
      }),
    ]),
  }
}
