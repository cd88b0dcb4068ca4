import type { EncodedTable } from '../../data/table/encoded.ts'
import { InterplayError } from '../../errors/index.ts'
import type { Estimate } from '../../metrics/interval.ts'
import type { TableSpec } from '../../nn/fields/spec.ts'
import { Random } from '../../random/index.ts'
import { endingOf, type Ending } from '../ending.ts'
import type { Cost } from '../predictor.ts'
import { throttle } from '../progress.ts'
import { bootstrapMeans } from './bootstrap.ts'
import { metricDrops, type Metric } from './importance.ts'
import { planBudget, type Plan } from './plan.ts'
import { pairResults, type PairInteraction } from './results.ts'
import { gather, Stack, type TablePredict } from './stack.ts'
import type { Labels } from './support.ts'

/** An ending comes between pairs. */
export interface MeasureOptions extends Ending {
  /** Gives importances; without it only the mean change of the predictions is told. */
  metric?: Metric
  /** Predictions to spend. */
  budget?: number
  /** Rows looked at, at most. */
  rows?: number
  /** Rows whose cells replace those of each row looked at; even, at least 2. */
  donors?: number
  /** Which target the labels are; multiclass targets have none here. */
  target?: number
  seed?: number
  /** Rows of one request. */
  batch?: number
  /** Seconds one request may take. */
  timeout?: number
  /** The predictor's name in errors. */
  name?: string
  signal?: AbortSignal
  onProgress?: (progress: { stage: 'fields' | 'screening' | 'pairs'; done: number; total: number }) => void
}

export interface FieldImportance {
  field: string
  /** Fall of the metric when the field is shuffled; undefined without a metric. */
  importance?: Estimate
  /** Mean |change| of the prediction when the field is shuffled. */
  effect: Estimate
}

export interface InteractionMeasurement {
  importances: FieldImportance[]
  /** All measured pairs, strongest first; refined ones before those only screened. */
  pairs: PairInteraction[]
  plan: Plan
  cost: Cost
  seed: number
  /** False where an ending came first. */
  complete: boolean
}

/**
 * Pairwise non-additivity of a table model: the mean over rows of |f(x) - f(x, i replaced) - f(x, j replaced) +
 * f(x, both replaced)|, the replaced cells taken from one donor row, so that 0 means the two fields act separately.
 * Values are in units of the predictions (log-odds); 95% intervals by bootstrap over rows. Single replacements are shared
 * by all pairs. The same seed gives the same numbers.
 *
 * @throws InterplayError `data/empty` for fewer than 2 rows, `option/invalid`, `predictor/answer`
 */
export async function measureInteractions(
  predict: TablePredict,
  table: EncodedTable,
  spec: TableSpec,
  options: MeasureOptions = {},
): Promise<InteractionMeasurement> {
  const { budget = 200_000, donors = 4, seed = 1, batch = 8192, name = 'model', timeout, signal } = options
  check(table, spec, budget, donors)
  const { fields } = spec
  const plan = planBudget(budget, Math.min(table.rows, options.rows ?? 2000), fields.length, donors)
  const { rows, screeningRows } = plan
  const order = new Random(seed, 'rows').permutation(table.rows).subarray(0, rows)
  const sample = gather(table, order)
  const shifts = drawShifts(rows, donors, seed)
  const progress = throttle(options.onProgress)
  let stage: 'fields' | 'screening' | 'pairs' = 'fields'
  const onRequest = () => progress({ stage, done: stack.cost.predictions, total: budget })
  const stack = new Stack(predict, sample, fields, { batch, name, timeout, signal, onRequest })
  const donor = (d: number) => (row: number) => (row + shifts[d]!) % rows
  const over = endingOf(options)

  const base = new Float32Array(rows)
  await stack.add({ first: 0, count: rows, replaced: [], into: base, offset: 0 })
  const single: Float32Array[][] = fields.map(() => shifts.map(() => new Float32Array(rows)))
  for (let i = 0; i < fields.length; i++)
    for (let d = 0; d < donors; d++)
      await stack.add({
        first: 0,
        count: rows,
        replaced: [{ field: i, donor: donor(d) }],
        into: single[i]![d]!,
        offset: 0,
      })
  await stack.flush()
  const effects = single.map(shuffled => meanOver(shuffled, (values, r) => Math.abs(base[r]! - values[r]!), rows))
  const effectEstimates = bootstrapMeans(effects, seed)

  const strongest = effectEstimates
    .map((effect, field) => ({ field, effect: effect.value }))
    .sort((a, b) => b.effect - a.effect || a.field - b.field)
    .slice(0, plan.screenedFields)
    .map(({ field }) => field)
    .sort((a, b) => a - b)
  const pairs = strongest.flatMap(i => strongest.filter(j => i < j).map((j): Pair => ({ i, j, joint: [] })))
  const ask = (pair: Pair, d: number, first: number, count: number) => {
    const replaced = [pair.i, pair.j].map(field => ({ field, donor: donor(d) }))
    return stack.add({ first, count, replaced, into: (pair.joint[d] ??= new Float32Array(rows)), offset: first })
  }
  const differences = ({ i, j, joint }: Pair, d: number, count: number) =>
    new Float64Array(count).map((_, r) => base[r]! - single[i]![d]![r]! - single[j]![d]![r]! + joint[d]![r]!)

  stage = 'screening'
  for (const pair of pairs) await ask(pair, 0, 0, screeningRows)
  await stack.flush()
  const screened = new Map(pairs.map(pair => [pair, differences(pair, 0, screeningRows).map(Math.abs)]))
  const strengths = new Map(pairs.map(pair => [pair, mean(screened.get(pair)!)]))
  pairs.sort((a, b) => strengths.get(b)! - strengths.get(a)! || a.i - b.i || a.j - b.j)

  stage = 'pairs'
  const refined = new Set<Pair>()
  for (const pair of pairs.slice(0, plan.refinedPairs)) {
    if (over()) break
    if (screeningRows < rows) await ask(pair, 0, screeningRows, rows - screeningRows)
    for (let d = 1; d < donors; d++) await ask(pair, d, 0, rows)
    refined.add(pair)
  }
  await stack.flush()

  const samples = pairs.map(pair => ({
    first: pair.i,
    second: pair.j,
    screened: screened.get(pair)!,
    differences: refined.has(pair) ? shifts.map((_, d) => differences(pair, d, rows)) : undefined,
  }))
  const labels = labelsOf(sample, spec, options.target ?? 0)
  const names = fields.map(field => field.name)
  const shuffled = single.map(lists => lists.map((scores, d) => ({ shift: shifts[d]!, scores })))
  const drops = options.metric && metricDrops(options.metric, order, base, shuffled)
  return {
    importances: names.map((field, i) => ({ field, importance: drops?.[i], effect: effectEstimates[i]! })),
    pairs: pairResults(samples, names, { predictions: base, labels, shifts }, seed),
    plan,
    cost: { ...stack.cost },
    seed,
    complete: refined.size === Math.min(plan.refinedPairs, pairs.length),
  }
}

interface Pair {
  i: number
  j: number
  /** Per donor asked for, the predictions with both fields replaced. */
  joint: Float32Array[]
}

function check(table: EncodedTable, spec: TableSpec, budget: number, donors: number): void {
  if (table.rows < 2) throw new InterplayError('data/empty', `interactions need at least 2 rows, got ${table.rows}`)
  if (spec.fields.length < 2)
    throw new InterplayError('lens/needs', `interactions need at least 2 fields, got ${spec.fields.length}`)
  if (!(donors >= 2 && donors % 2 === 0))
    throw new InterplayError('option/invalid', `donors must be an even number >= 2, got '${donors}'`)
  if (!(budget >= 1)) throw new InterplayError('option/invalid', `budget must be a number >= 1, got '${budget}'`)
}

/** Distinct shifts of the (shuffled) rows: row r's donor is row r + shift, so no row is its own donor. */
function drawShifts(rows: number, donors: number, seed: number): number[] {
  const random = new Random(seed, 'donors')
  const drawn = random.permutation(rows - 1)
  return Array.from({ length: donors }, (_, d) => 1 + drawn[d % (rows - 1)]!)
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function meanOver(
  shuffled: Float32Array[],
  term: (values: Float32Array, r: number) => number,
  rows: number,
): Float64Array {
  return new Float64Array(rows).map(
    (_, r) => shuffled.reduce((sum, values) => sum + term(values, r), 0) / shuffled.length,
  )
}

function labelsOf(sample: EncodedTable, spec: TableSpec, target: number): Labels | undefined {
  const kind = spec.targets[target]?.kind
  const values = sample.targets[target]
  return values && (kind === 'binary' || kind === 'regression') ? { kind, values } : undefined
}
