import { drawMethods, type DrawnMethods, type EncodedTable } from '../../../data/index.ts'
import { auc } from '../../../metrics/index.ts'
import { categoricalSpec } from '../../../study/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { answersOf, monitorOf, trainingSettings, type TableLearner } from '../../../train/index.ts'
import { trainCandidate } from '../shared/candidates.ts'
import { allPairs, buildCrosses, crossedTable, rowsOf, someCrosses, type Crosses } from '../shared/crosses/index.ts'
import type { TrialData } from '../shared/trial.ts'
import { trainingOf } from './learn.ts'
import { drawnMethods, uniformly, type Method, type Methods } from './methods.ts'
import { optinterOptions, type OptinterOptions } from './options.ts'
import { prunedMethods } from './prune.ts'
import { rivals } from './rivals.ts'
import { searchMethods } from './search.ts'
import { crossRowsOf, trainMethods, type Work } from './trial.ts'

const fields = 6
/** Places of the pairs that act among all 15, and what suits them. */
const [dense, sparse] = allPairs(fields).reduce<[number, number]>(
  ([a, b], pair, p) => [pair.join() === '0,1' ? p : a, pair.join() === '2,3' ? p : b],
  [-1, -1],
)

/** One way of choosing methods, trained, on one seed. */
export interface PlantedRow {
  seed: number
  way: string
  dense: Method
  sparse: Method
  memorised: number
  /** Pairs left out of the 13 that do nothing. */
  nullsOut: number
  /** Rows of the crosses' tables, in parts of those of all memorised. */
  crossShare: number
  auc: number
}

export interface PlantedSizes {
  rows: number
  testRows: number
  /** Values of the fields of the sparse pair. */
  large: number
  minCrossCount: number
}

/** The setting of the card's trial. */
const setting = {
  embeddingDimension: 10,
  crossDimension: 5,
  hidden: [64, 64],
  searchEpochs: 12,
  searchPatience: 0,
  searchLearningRate: 3e-3,
  methodLearningRate: 1e-2,
}

type Planted = Work & { data: TrialData }

function plantedWork(
  seed: number,
  { rows, testRows, large, minCrossCount }: PlantedSizes,
  { threads, signal }: Pick<StudyContext, 'threads' | 'signal'>,
): Planted {
  const data = dataOf(seed, rows, testRows, large)
  const options = optinterOptions.parse({ ...setting, minCrossCount })
  const crosses = buildCrosses(data.train, data.spec, allPairs(fields), { minCount: minCrossCount, maxRows: 1e8 })
  const asked = { seed, threads, batch: 1024, learningRate: 3e-3, epochs: 12, patience: 2 }
  const settings = trainingSettings(rows, asked, trainingOf(options))
  return { data, crosses, options, settings, metric: monitorOf(data.spec.targets[0]!), signal }
}

/** What is chosen how: each a matter of its own, `pruned` after `single`. */
export type PlantedWay = 'single' | 'bilevel' | 'pruned' | 'others'

/** One seed: what each search chooses, and how it does beside uniform and random methods and the planted ones. */
export async function plantedSeed(
  seed: number,
  sizes: PlantedSizes,
  ways: readonly PlantedWay[],
  { progress, ...given }: Pick<StudyContext, 'threads' | 'signal' | 'progress'>,
): Promise<PlantedRow[]> {
  const work = plantedWork(seed, sizes, given)
  const { data, crosses, options } = work
  const crossed = { train: crossedTable(data.train, crosses), valid: crossedTable(data.valid, crosses) }
  const result: PlantedRow[] = []
  const scored = async (way: string, methods: Methods, prune = false): Promise<Methods> => {
    progress(`seed ${seed}: ${way}`)
    const { used } = await trainMethods(way, methods, work, async (learner, trial) => {
      const test = await testAuc(learner, trial.crosses, data.test)
      result.push(rowOf(seed, way, methods, crosses, crossRowsOf(trial), test))
      return prune ? prunedMethods(learner, trial, work) : methods
    })
    return used!
  }
  const searched = async (search: OptinterOptions['search']) => {
    progress(`seed ${seed}: ${search} search`)
    return (await searchMethods(crossed, { ...work, options: { ...options, search } })).methods
  }
  if (ways.includes('single')) {
    const pruned = await scored('single', await searched('single'), ways.includes('pruned'))
    if (ways.includes('pruned')) await scored('pruned', pruned)
  }
  if (ways.includes('bilevel')) await scored('bilevel', await searched('bilevel'))
  if (ways.includes('others')) {
    for (const method of ['memorise', 'factorise', 'naive'] as const) await scored(method, uniformly(method, 15))
    await scored('random', drawnMethods(15, seed))
    await scored(
      'oracle',
      crosses.pairs.map((_, p) => (p === dense ? 'memorise' : p === sparse ? 'factorise' : 'naive')),
    )
  }
  return result
}

/** A model of another kind on the same rows. */
export interface RivalRow {
  seed: number
  way: string
  auc: number
}

/** One seed of the models that the authors compare with, trained as the chosen methods are. */
export async function plantedRivals(
  seed: number,
  sizes: PlantedSizes,
  { progress, ...given }: Pick<StudyContext, 'threads' | 'signal' | 'progress'>,
): Promise<RivalRow[]> {
  const { data, crosses, options, settings, signal } = plantedWork(seed, sizes, given)
  const result: RivalRow[] = []
  for (const [way, make] of Object.entries(rivals)) {
    progress(`seed ${seed}: ${way}`)
    const model = make(data.spec, crosses.spec, options)
    const own = way === 'Poly2' ? crosses : someCrosses(crosses, [])
    const rows = {
      spec: own.spec,
      train: crossedTable(data.train, own),
      valid: crossedTable(data.valid, own),
    }
    const { learner } = await trainCandidate(way, model, rows, settings, { signal })
    result.push({ seed, way, auc: await testAuc(learner, own, data.test) })
    await learner.close()
  }
  return result
}

function rowOf(
  seed: number,
  way: string,
  methods: Methods,
  crosses: Crosses,
  crossRows: number,
  test: number,
): PlantedRow {
  const all = crosses.pairs.reduce((sum, pair) => sum + rowsOf(pair), 0)
  return {
    seed,
    way,
    dense: methods[dense]!,
    sparse: methods[sparse]!,
    memorised: methods.filter(method => method === 'memorise').length,
    nullsOut: methods.filter((method, p) => method === 'naive' && p !== dense && p !== sparse).length,
    crossShare: crossRows / all,
    auc: test,
  }
}

async function testAuc(learner: TableLearner, crosses: Crosses, test: EncodedTable): Promise<number> {
  const [answers] = await answersOf(learner, crossedTable(test, crosses))
  return auc(answers!.targets, answers!.predictions)
}

/** Training rows, a tenth as many for validation, and test rows, of one truth. */
export function dataOf(seed: number, rows: number, testRows: number, large: number): TrialData {
  const part = (stream: string, count: number) => encoded(drawMethods(seed, count, large, stream))
  const train = drawMethods(seed, rows, large, 'train')
  return {
    spec: { ...categoricalSpec(train.sizes.map(size => size + 2)), rows },
    train: encoded(train),
    valid: part('valid', rows / 10),
    test: part('test', testRows),
  }
}

function encoded({ sizes, values, labels }: DrawnMethods): EncodedTable {
  const starts = sizes.map((_, f) => sizes.slice(0, f).reduce((sum, size) => sum + size + 2, 0))
  return {
    rows: labels.length,
    categorical: values.map((value, i) => starts[i % sizes.length]! + 1 + value),
    numeric: new Float32Array(),
    sequences: [],
    targets: [Float32Array.from(labels)],
    rowNumber: Int32Array.from(labels, (_, row) => row + 1),
  }
}
