import { groupIntervals } from '../../../charts/index.ts'
import { prepareTable } from '../../../data/index.ts'
import { adjustedRand, auc, groupedAuc, meanInterval, rankingMetrics } from '../../../metrics/index.ts'
import { Random } from '../../../random/index.ts'
import { moduleParitySettled, stagedResult } from '../../../study/index.ts'
import { kMeans, seedCenters } from '../../../streaming/index.ts'
import { parseOptions, type StudyContext } from '../../../system/index.ts'
import type { TableLearner } from '../../../train/index.ts'
import { median, trial } from '../shared/trial.ts'
import { activationsOf, historyLengths } from './activations.ts'
import { identities } from './closed-forms.ts'
import { awMoe } from './index.ts'
import { AwMoe, type AwMoeOptions } from './model.ts'
import { parities } from './parity.ts'
import { plantedTypes, queryFields, type PlantedTypes } from './planted.ts'

/** The system and what it is held against, as options of one model. */
export const variants: Readonly<Record<string, Partial<AwMoeOptions>>> = {
  'aw-moe': {},
  'no contrast': { contrast: 0 },
  'no activation unit': { gate: 'unweighted' },
  'no gate unit': { gate: 'scalar' },
  'softmax of all': { gate: 'softmax' },
  'softmax of the candidate': { gate: 'candidate', pooling: 'mean' },
  DIN: { gate: 'none' },
  'mean history': { gate: 'none', pooling: 'mean' },
}

/** Those that claims are about: five seeds; the others take the seeds asked for. */
const claimed: readonly string[] = ['aw-moe', 'no contrast', 'softmax of the candidate', 'DIN']

/** Weights of the contrast that the first seed is trained with, beside the system's own and none. */
const contrasts = [0.01, 0.2, 0.5]

/** The shortest histories: users of whom hardly anything is known. */
const tail = 2

const claims = ['din', 'candidateGate', 'longTail', 'allUsers', 'tailGain', 'types'] as const

export async function run(context: StudyContext): Promise<void> {
  const cases = await parities()
  if (cases) context.settle('parity', moduleParitySettled(cases))
  else context.skip('parity', 'fixtures are not here')
  const largest = Math.max(...Object.values(await identities()))
  context.settle('identities', { measured: largest, holds: largest <= 1e-5 })
  await games(context)
  if (!context.open(...claims)) return
  if (context.size === 'small') {
    for (const claim of claims) context.skip(claim, 'full size only')
    return
  }
  await compared(context)
}

interface Scores {
  all: number
  tail: number
  session: number
  ndcg: number
  rand?: number
}

async function compared(context: StudyContext): Promise<void> {
  const { seeds, threads, signal, settle, show, progress } = context
  const used = [0, 1, 2, 3, 4].map(i => seeds[0]! + i)
  const scores: Record<string, Scores[]> = {}
  const rows: (string | number | null)[][] = []
  const trained = (name: string, seed: number, set: Partial<AwMoeOptions>) =>
    stagedResult(context, `${seed} ${name}`, () => {
      progress(`${name}, seed ${seed}`)
      return scored(plantedTypes(seed, 'full'), set, { seed, threads, signal })
    })
  for (const seed of used) {
    for (const [name, set] of Object.entries(variants)) {
      if (!seeds.includes(seed) && !claimed.includes(name)) continue
      const found = await trained(name, seed, set)
      ;(scores[name] ??= []).push(found)
      rows.push([seed, name, found.all, found.tail, found.session, found.ndcg, found.rand ?? null])
    }
  }
  for (const contrast of contrasts) {
    const found = await trained(`contrast ${contrast}`, used[0]!, { contrast })
    rows.push([used[0]!, `contrast ${contrast}`, found.all, found.tail, found.session, found.ndcg, found.rand ?? null])
  }
  const gain = (first: string, second: string, by: 'all' | 'tail') =>
    meanInterval(scores[first]!.map((own, i) => own[by] - scores[second]![i]![by]))
  const din = gain('aw-moe', 'DIN', 'all').value
  const tailGain = gain('aw-moe', 'DIN', 'tail').value - din
  const groups = [
    { name: 'all users', by: 'all' as const },
    { name: `histories of at most ${tail}`, by: 'tail' as const },
  ]
  const rivals = ['DIN', 'no contrast', 'softmax of the candidate']
  const { title, description, spec } = groupIntervals({
    title: `The gain over DIN is ${din.toFixed(4)} AUC on all users and ${(din + tailGain).toFixed(4)} on the shortest histories`,
    groups: groups.map(({ name }) => ({ name, rows: used.length })),
    series: rivals.map(rival => ({ name: `over ${rival}`, values: groups.map(({ by }) => gain('aw-moe', rival, by)) })),
    units: 'AUC gained',
    note: 'Means and 95% intervals over seeds.',
  })
  show({
    table: {
      columns: ['seed', 'model', 'test AUC', `histories <= ${tail}`, 'session AUC', 'NDCG@5', 'adjusted Rand'],
      rows,
    },
    figures: [{ title, description, spec }],
  })
  const over = (claim: (typeof claims)[number], value: number, holds: boolean) =>
    settle(claim, { measured: value, holds, seeds: used })
  over('din', din, din >= 0.01)
  const candidate = gain('aw-moe', 'softmax of the candidate', 'all').value
  over('candidateGate', candidate, candidate >= 0.01)
  const contrast = gain('aw-moe', 'no contrast', 'tail').value
  over('longTail', contrast, contrast >= 0.002)
  const fall = -gain('aw-moe', 'no contrast', 'all').value
  over('allUsers', fall, fall < 0.002)
  over('tailGain', tailGain, tailGain > 0)
  const rand = median(scores['aw-moe']!.map(({ rand }) => rand!))
  over('types', rand, rand > 0.6)
}

/** Of every variant alike, chosen on validation rows of the first seed. */
const learning = { batch: 512, learningRate: 4e-3, epochs: 24, patience: 24 }

/** Trains a variant and scores it on all test rows, on the shortest histories, within sessions, and by its gates. */
export async function scored(
  data: PlantedTypes,
  set: Partial<AwMoeOptions>,
  { signal, ...settings }: Pick<StudyContext, 'threads' | 'signal'> & { seed: number },
): Promise<Scores> {
  const model = new AwMoe(data.spec, parseOptions(awMoe, { query: queryFields, ...set }))
  const training = { ...awMoe.training!(parseOptions(awMoe, {})), ...learning, ...settings }
  const { learner, auc: all } = await trial(model, data, training, signal)
  try {
    const logits = await learner.logits(data.test)
    const labels = data.test.targets[0]!
    const lengths = historyLengths(model, data.test)
    const short = [...lengths.keys()].filter(row => lengths[row]! <= tail)
    const of = (values: ArrayLike<number>) => short.map(row => values[row]!)
    return {
      all,
      tail: auc(of(labels), of(logits)),
      session: groupedAuc(labels, logits, data.test.group!).weighted,
      ndcg: rankingMetrics(labels, logits, data.test.group!, 5).ndcg,
      ...(model.options.gate === 'attention'
        ? { rand: await randOfGates(learner, model, data, lengths, settings.seed) }
        : {}),
    }
  } finally {
    await learner.close()
  }
}

/** Gates of long histories, in as many clusters as there are types, against the types. */
async function randOfGates(
  { state }: TableLearner,
  model: AwMoe,
  { spec, test, types }: PlantedTypes,
  lengths: Int32Array,
  seed: number,
): Promise<number> {
  const { gate, experts } = await activationsOf({ model, spec, state }, test)
  const long = [...lengths.keys()].filter(row => lengths[row]! >= 8)
  const points = Float32Array.from({ length: long.length * experts }, (_, i) => {
    return gate[long[Math.floor(i / experts)]! * experts + (i % experts)]!
  })
  const start = seedCenters(points, experts, 4, new Random(seed, 'aw-moe.clusters'))
  return adjustedRand(
    kMeans(points, experts, start).assignment,
    long.map(row => types[row]!),
  )
}

/** Reviews of games: the last use of each user among items the user never used. */
async function games(context: StudyContext) {
  const { open, skip, settle, dataset, size, seeds, threads, signal, progress } = context
  if (!open('games')) return
  if (size === 'small') return skip('games', 'full size only')
  if (dataset('amazon-games-sequences') === undefined) return skip('games', 'no data')
  const data = await prepareTable('data:amazon-games-sequences', { ignore: ['user'], seed: seeds[0], signal })
  const found: Record<string, number> = {}
  for (const [name, set] of Object.entries({ 'aw-moe': {}, DIN: variants.DIN! })) {
    found[name] = await stagedResult(context, `${seeds[0]} games ${name}`, async () => {
      progress(`Amazon games: ${name}`)
      const model = new AwMoe(data.spec, parseOptions(awMoe, set))
      const { learner, auc: own } = await trial(model, data, { epochs: 3, seed: seeds[0]!, threads }, signal)
      await learner.close()
      return own
    })
  }
  const gain = found['aw-moe']! - found.DIN!
  settle('games', {
    measured: `${gain.toFixed(4)} (${found['aw-moe']!.toFixed(4)} against ${found.DIN!.toFixed(4)})`,
    holds: gain >= -0.002,
    seeds: [seeds[0]!],
  })
}
