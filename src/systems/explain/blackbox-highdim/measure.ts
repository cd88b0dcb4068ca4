import type { z } from 'zod'
import {
  faithfulness,
  rankedRowsFor,
  surrogateOf,
  topInteractions,
  type Columns,
  type Faithfulness,
  type Predictor,
  type Surrogate,
  type SurrogateOptions,
  type TopPair,
} from '../../../lenses/index.ts'
import type { rulesOptions } from './options.ts'

export type RulesOptions = z.output<typeof rulesOptions>

/** A surrogate, what its columns carry, and how they interact in the model. */
export interface MeasuredRules {
  surrogate: Surrogate
  faithfulness: Faithfulness[]
  pairs: TopPair[]
  rows: number
  predictions: number
}

type MeasureOptions = Omit<SurrogateOptions, 'top' | 'rankedRows'> & { predictions?: number }

/** Rows that faithfulness and pairs are measured on, at most. */
const testedRows = 200

export async function measureRules(
  predictor: Predictor,
  columns: Columns,
  { top, pairs: paired, ...options }: RulesOptions,
  given: MeasureOptions = {},
): Promise<MeasuredRules> {
  const { output, seed, signal, predictions } = given
  const rows = columns[0]?.length ?? 0
  const all = { ...options, ...given, top: top === 0 ? undefined : top }
  const surrogate = await surrogateOf(predictor, columns, {
    ...all,
    rankedRows: rankedRowsFor(columns.length, rows, { ...all, predictions }),
  })
  const { ranking, parts, elbow } = surrogate
  const tested = parts.test.subarray(0, testedRows)
  const sizes = elbow.length > 1 ? elbow.map(({ k }) => k) : [...new Set([1, elbow[0]!.k])]
  const carried = await faithfulness(predictor, columns, ranking.order, { rows: tested, sizes, output, seed, signal })
  const between = await topInteractions(predictor, columns, surrogate.top.slice(0, paired), {
    rows: tested,
    output,
    seed,
    signal,
  })
  return {
    surrogate,
    faithfulness: carried.curve,
    pairs: between.pairs,
    rows,
    predictions: surrogate.predictions + carried.predictions + between.predictions,
  }
}
