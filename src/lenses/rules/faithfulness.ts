import { meanInterval, type Estimate } from '../../metrics/index.ts'
import { Random } from '../../random/index.ts'
import { rowsIn, takeRows, typicalValue } from '../columns.ts'
import type { Columns, Predictor } from '../predictor.ts'
import { answersOf, type ModelAnswers } from './answers.ts'

export interface Faithfulness {
  k: number
  /** Fall of the answer when the first k columns are taken out. */
  comprehensiveness: Estimate
  /** Fall of the answer when only the first k columns are kept. */
  sufficiency: Estimate
  /** Fall when k drawn columns are taken out: what any k columns do. */
  drawn: Estimate
}

export interface FaithfulnessOptions {
  /** Rows taken. */
  rows: Int32Array
  sizes: readonly number[]
  output?: number
  seed?: number
  signal?: AbortSignal
}

/**
 * Whether the first columns carry the answers (DeYoung et al. 2020): the probability of the class that the model calls, less
 * that with columns replaced by their typical value; of numbers how far the answer moves.
 */
export async function faithfulness(
  predictor: Predictor,
  columns: Columns,
  order: readonly number[],
  { rows, sizes, output = 0, seed = 1, signal }: FaithfulnessOptions,
): Promise<{ curve: Faithfulness[]; predictions: number }> {
  const own = takeRows(columns, rows)
  const typical = columns.map((column, c) => typicalValue(column, predictor.fields[c]!.type))
  const ask = async (out: ReadonlySet<number>) =>
    answersOf(
      await predictor.predict(
        own.map((column, c) => (out.has(c) ? new Float64Array(rows.length).fill(typical[c]!) : column)),
        signal,
      ),
      predictor.output,
      output,
    )
  const before = await ask(new Set())
  const drawn = new Random(seed, 'rules.drawn').permutation(columns.length)
  const curve: Faithfulness[] = []
  for (const k of sizes) {
    const first = new Set(order.slice(0, k))
    const rest = new Set([...columns.keys()].filter(c => !first.has(c)))
    const falls = async (out: ReadonlySet<number>) => fall(before, await ask(out))
    curve.push({
      k,
      comprehensiveness: await falls(first),
      sufficiency: await falls(rest),
      drawn: await falls(new Set(drawn.subarray(0, k))),
    })
  }
  return { curve, predictions: rowsIn(own) * (1 + 3 * sizes.length) }
}

function fall(before: ModelAnswers, after: ModelAnswers): Estimate {
  const { outputs, values, sides, kind } = before
  return meanInterval(
    Float64Array.from(sides, (side, row) => {
      if (kind === 'value') return Math.abs(values[row]! - after.values[row]!)
      return values[row * outputs + side]! - after.values[row * outputs + side]!
    }),
  )
}
