import { Random } from '../../random/index.ts'
import type { Estimate } from '../../metrics/interval.ts'
import { rowsIn, takeRows } from '../columns.ts'
import { endingOf, type Ending } from '../ending.ts'
import type { Labels } from '../pairs/support.ts'
import type { Columns, Predictor } from '../predictor.ts'
import { throttle } from '../progress.ts'
import { resampled } from './ratio.ts'
import { centred, overDonors, overRows, replacedAnswers } from './replaced.ts'

/** What replacing fields says of one field, or of two together. */
export interface SetMeasures {
  set: string[]
  /** `H`: share of the variance of the joint effect that is interaction (H of a field: with all others). */
  h: Estimate
  /** Root mean square of the interaction, in units of the answers: H's numerator, which does not grow as effects vanish. */
  strength: Estimate
  /** Share of the variance of the answers: of the field alone, or of the pure interaction of the two. */
  sobol: Estimate
  /** Share of the variance with which the set has anything to do. */
  total: Estimate
  /** Rise of the loss when the set is shuffled, less the rises of its members alone; without labels, none. */
  fis?: Estimate
}

/** An ending comes between pairs. */
export interface MeasuresOptions extends Ending {
  /** Predictions to spend; they set how many rows are taken. */
  budget?: number
  /** Rows taken at most. */
  rows?: number
  output?: number
  labels?: Labels
  seed?: number
  signal?: AbortSignal
  onProgress?: (progress: { done: number; total: number }) => void
}

export interface PartialMeasures {
  singles: SetMeasures[]
  pairs: SetMeasures[]
  variance: number
  rows: number
  predictions: number
  complete: boolean
}

/** Rows that a budget buys for all fields and pairs. */
export const rowsFor = (fields: number, budget: number): number =>
  Math.max(2, Math.floor(Math.sqrt(budget / (fields + (fields * (fields - 1)) / 2))))

/**
 * Friedman and Popescu's H-statistics (Annals of Applied Statistics 2, 2008), the functional analysis of variance with its
 * Sobol shares, and the feature interaction score by permutation (Li, Barnett and Rudin's FIS: joint rise of the loss less the
 * single ones), all from one set of answers: every row with the cells of every other row in one field, and in two. Fields are
 * taken as independent of each other. Intervals are over rows.
 */
export async function partialMeasures(
  predictor: Predictor,
  columns: Columns,
  options: MeasuresOptions = {},
): Promise<PartialMeasures> {
  const { budget = 500_000, seed = 1, labels, output, signal } = options
  const { fields } = predictor
  const most = Math.min(rowsIn(columns), options.rows ?? Infinity, rowsFor(fields.length, budget))
  const chosen = new Random(seed, 'rows').permutation(rowsIn(columns)).subarray(0, most)
  const sample = takeRows(columns, chosen)
  const rows = most
  const progress = throttle(options.onProgress)
  const total = rows * rows * (fields.length + (fields.length * (fields.length - 1)) / 2)
  let predictions = 0
  const onRequest = (count: number) => progress({ done: (predictions += count), total })
  const over = endingOf(options)
  const replaced = await replacedAnswers(predictor, sample, { output, signal, onRequest })
  const loss = labels && lossOf(labels, chosen)

  const f = centred(replaced.answers)
  const squares = f.map(value => value ** 2)
  const base = loss && Float64Array.from(replaced.answers, (answer, r) => loss(answer, r))
  const interval = (lists: Float64Array[], combine: (means: readonly number[]) => number) =>
    resampled(lists, combine, seed)
  const measure = async (set: readonly number[]) => {
    const answers = await replaced.of(set)
    const alone = centred(overRows(answers, rows))
    const rest = centred(overDonors(answers, rows))
    const changes = new Float64Array(rows)
    const rises = base && new Float64Array(rows)
    for (let d = 0; d < rows; d++)
      for (let r = 0; r < rows; r++) {
        changes[r]! += (answers[d * rows + r]! - replaced.answers[r]!) ** 2 / rows
        if (rises) rises[r]! += (loss!(answers[d * rows + r]!, r) - base[r]!) / rows
      }
    return { alone, rest, changes, rises }
  }
  const names = (set: readonly number[]) => set.map(k => fields[k]!.name)
  const totalShare = (changes: Float64Array) => interval([changes, squares], ([a, b]) => ratio(a! / 2, b!))

  const own: Awaited<ReturnType<typeof measure>>[] = []
  for (let i = 0; i < fields.length; i++) own.push(await measure([i]))
  const singles = own.map(({ alone, rest, changes, rises }, i): SetMeasures => {
    const left = f.map((value, r) => (value - alone[r]! - rest[r]!) ** 2)
    return {
      set: names([i]),
      h: interval([left, squares], ([a, b]) => ratio(a!, b!)),
      strength: interval([left], ([a]) => Math.sqrt(a!)),
      sobol: interval([alone.map(value => value ** 2), squares], ([a, b]) => ratio(a!, b!)),
      total: totalShare(changes),
      ...(rises ? { fis: interval([rises], ([a]) => a!) } : {}),
    }
  })
  const pairs: SetMeasures[] = []
  const all = fields.flatMap((_, i) => fields.slice(i + 1).map((_, k) => [i, i + 1 + k] as const))
  for (const [i, j] of all) {
    if (over()) break
    const joint = await measure([i, j])
    const [a, b] = [own[i]!, own[j]!]
    const left = joint.alone.map((value, r) => (value - a.alone[r]! - b.alone[r]!) ** 2)
    const both = joint.alone.map(value => value ** 2)
    pairs.push({
      set: names([i, j]),
      h: interval([left, both], ([x, y]) => ratio(x!, y!)),
      strength: interval([left], ([x]) => Math.sqrt(x!)),
      sobol: interval([left, squares], ([x, y]) => ratio(x!, y!)),
      total: totalShare(joint.changes),
      ...(joint.rises
        ? { fis: interval([joint.rises.map((x, r) => x - a.rises![r]! - b.rises![r]!)], ([x]) => x!) }
        : {}),
    })
  }
  const variance = squares.reduce((sum, value) => sum + value, 0) / rows
  return { singles, pairs, variance, rows, predictions, complete: pairs.length === all.length }
}

/** 0 where there is nothing to take a share of, but for rounding. */
const ratio = (part: number, whole: number): number => (whole > 1e-24 ? part / whole : 0)

/** Squared error of values, log loss of log-odds. */
function lossOf({ kind, values }: Labels, rows: Int32Array): (answer: number, row: number) => number {
  const own = Float64Array.from(rows, row => values[row]!)
  if (kind === 'regression') return (answer, row) => (answer - own[row]!) ** 2
  return (answer, row) => Math.max(answer, 0) - answer * own[row]! + Math.log1p(Math.exp(-Math.abs(answer)))
}
