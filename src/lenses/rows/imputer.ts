import { InterplayError } from '../../errors/index.ts'
import { Random } from '../../random/index.ts'
import { rowsIn, takeRows, typicalValue } from '../columns.ts'
import type { Columns, Predictor } from '../predictor.ts'

export const imputerNames = ['marginal', 'baseline'] as const
export type ImputerName = (typeof imputerNames)[number]

/** What stands in for the fields that are absent: the cells of each of these rows, the answers averaged. */
export interface Imputer {
  name: ImputerName
  background: Columns
}

/**
 * `marginal`: up to `rows` drawn rows, so that a field's absence means its distribution, the fields taken as independent of
 * each other; `baseline`: one row of medians and commonest values.
 *
 * @throws InterplayError `data/empty` where there are no rows to draw from
 */
export function imputerOf(
  predictor: Pick<Predictor, 'fields'>,
  columns: Columns,
  { name = 'marginal', rows = 100, seed = 1 }: { name?: ImputerName; rows?: number; seed?: number } = {},
): Imputer {
  const count = rowsIn(columns)
  if (count === 0) throw new InterplayError('data/empty', 'absent fields need background rows, got none')
  if (name === 'baseline') {
    const typical = columns.map((column, f) => Float64Array.of(typicalValue(column, predictor.fields[f]!.type)))
    return { name, background: typical }
  }
  const drawn = new Random(seed, 'background').permutation(count).subarray(0, rows)
  return { name, background: takeRows(columns, drawn) }
}
