import type { EncodedTable } from '../../data/table/encoded.ts'
import { InterplayError, suggest } from '../../errors/index.ts'
import type { TableSpec } from '../../nn/fields/spec.ts'
import { Random } from '../../random/index.ts'
import { throttle } from '../progress.ts'
import { levelsOf, type Level } from './levels.ts'
import { gather, Stack, type TablePredict } from './stack.ts'

export interface PairEffectOptions {
  /** Predictions to spend; they set how many background rows each cell averages over. */
  budget?: number
  /** Quantile bins of a numeric field. */
  bins?: number
  /** Values of a categorical field told apart; the rest is one level. */
  values?: number
  seed?: number
  batch?: number
  timeout?: number
  name?: string
  signal?: AbortSignal
  onProgress?: (progress: { done: number; total: number }) => void
}

/** A pair's effect on a grid of levels; grids are [first levels, second levels], row-major, in units of the predictions. */
export interface PairEffect {
  fields: [string, string]
  levels: [Level[], Level[]]
  /** Partial dependence of the pair less the mean prediction. */
  joint: Float64Array
  /** The joint effect less both separate ones: 0 everywhere where the fields act separately. */
  interaction: Float64Array
  /** Of `interaction`, over the background rows. */
  standardError: Float64Array
  /** Rows of the table in each cell. */
  counts: Int32Array
  /** Background rows each cell averages over. */
  background: number
  predictions: number
}

/**
 * Partial dependence of two fields together, less that of each alone (Friedman 2001, section 8.2), all over the same
 * background rows, so that an additive model gives exactly nothing but rounding.
 *
 * @throws InterplayError `data/unknown-field`, `data/empty`, `lens/needs` for sequences, `predictor/answer`
 */
export async function pairEffect(
  predict: TablePredict,
  table: EncodedTable,
  spec: TableSpec,
  pair: readonly [string, string],
  options: PairEffectOptions = {},
): Promise<PairEffect> {
  const { budget = 50_000, bins = 20, values = 12, seed = 1, batch = 8192, name = 'model', timeout, signal } = options
  if (table.rows === 0) throw new InterplayError('data/empty', 'a pair effect needs rows, got none')
  const places = pair.map(field => fieldIndex(spec, field))
  const levels = places.map(place => levelsOf(table, spec.fields, place, { bins, values })) as [Level[], Level[]]
  const [rows, columns] = [levels[0].length, levels[1].length]
  const size = Math.max(1, Math.min(table.rows, Math.floor(budget / ((rows + 1) * (columns + 1)))))

  const background = new Random(seed, 'background').permutation(table.rows).subarray(0, size)
  const random = new Random(seed, 'levels')
  const donors = levels.map(axis => axis.map(level => donorsOf(level, size, random)))
  const total = size * (rows + 1) * (columns + 1)
  const progress = throttle(options.onProgress)
  const onRequest = (cost: { predictions: number }) => progress({ done: cost.predictions, total })
  const { sample, start } = withDonors(table, background, donors)
  const stack = new Stack(predict, sample, spec.fields, { batch, name, timeout, signal, onRequest })
  const ask = async (a: number, b: number): Promise<Float32Array> => {
    const into = new Float32Array(size)
    const replaced = [a, b].flatMap((level, axis) =>
      level < 0 ? [] : [{ field: places[axis]!, donor: (row: number) => start[axis]![level]! + row }],
    )
    await stack.add({ first: 0, count: size, replaced, into, offset: 0 })
    return into
  }
  const base = await ask(-1, -1)
  const first: Float32Array[] = []
  for (let a = 0; a < rows; a++) first.push(await ask(a, -1))
  const second: Float32Array[] = []
  for (let b = 0; b < columns; b++) second.push(await ask(-1, b))
  const joint: Float32Array[] = []
  for (let a = 0; a < rows; a++) for (let b = 0; b < columns; b++) joint.push(await ask(a, b))
  await stack.flush()

  const effect: PairEffect = {
    fields: [pair[0], pair[1]],
    levels,
    joint: new Float64Array(rows * columns),
    interaction: new Float64Array(rows * columns),
    standardError: new Float64Array(rows * columns),
    counts: countCells(levels, table.rows),
    background: size,
    predictions: stack.cost.predictions,
  }
  joint.forEach((both, cell) => {
    const [one, other] = [first[Math.floor(cell / columns)]!, second[cell % columns]!]
    let [sum, mean, squares] = [0, 0, 0]
    for (let r = 0; r < size; r++) {
      sum += both[r]! - base[r]!
      const term = both[r]! - one[r]! - other[r]! + base[r]!
      const change = term - mean
      mean += change / (r + 1)
      squares += change * (term - mean)
    }
    effect.joint[cell] = sum / size
    effect.interaction[cell] = mean
    effect.standardError[cell] = size > 1 ? Math.sqrt(squares / (size - 1) / size) : NaN
  })
  return effect
}

function fieldIndex(spec: TableSpec, name: string): number {
  const names = spec.fields.map(field => field.name)
  const index = names.indexOf(name)
  if (index >= 0) return index
  const near = suggest(name, names)
  const why = near.length > 0 ? `nearest: ${near.join(', ')}` : undefined
  throw new InterplayError('data/unknown-field', `the model has no field '${name}'`, { why })
}

/** The row that lends its cell to each background row: the bin's median row, any row of a value, a drawn one of the rest. */
function donorsOf(level: Level, size: number, random: Random): Int32Array {
  if (level.kind !== 'other') return new Int32Array(size).fill(level.rows[(level.rows.length - 1) >> 1]!)
  return new Int32Array(size).map(() => level.rows[random.integer(level.rows.length)]!)
}

/** The background rows with the donor rows of every level behind them, and where each level's donors start. */
function withDonors(table: EncodedTable, background: Int32Array, donors: Int32Array[][]) {
  const blocks = [background, ...donors.flat()]
  const size = background.length
  const all = new Int32Array(blocks.length * size)
  blocks.forEach((block, k) => all.set(block, k * size))
  const start = donors.map((axis, which) => axis.map((_, level) => size * (1 + level + which * donors[0]!.length)))
  return { sample: gather(table, all), start }
}

function countCells([first, second]: [Level[], Level[]], rows: number): Int32Array {
  const column = new Int32Array(rows)
  second.forEach((level, b) => level.rows.forEach(row => (column[row] = b)))
  const counts = new Int32Array(first.length * second.length)
  first.forEach((level, a) => level.rows.forEach(row => counts[a * second.length + column[row]!]!++))
  return counts
}
