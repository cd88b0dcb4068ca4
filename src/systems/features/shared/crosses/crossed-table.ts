import type { EncodedTable } from '../../../../data/index.ts'
import { InterplayError } from '../../../../errors/index.ts'
import { fieldsOf, stacked } from '../../../../nn/index.ts'
import { crossId, type Crosses } from './cross-vocabulary.ts'

/** Rows with a categorical column a pair behind their own. */
export interface CrossedTable extends EncodedTable {
  /** Hash of the crosses that the ids are of. */
  readonly crosses: string
}

export function crossedTable(table: EncodedTable, crosses: Crosses): CrossedTable {
  const { base, pairs, spec, hash } = crosses
  if (pairs.length === 0) return { ...table, crosses: hash }
  const own = fieldsOf(base, 'categorical').length
  const offsets = stacked(fieldsOf(spec, 'categorical')).starts
  const width = own + pairs.length
  const categorical = new Int32Array(table.rows * width)
  for (let row = 0; row < table.rows; row++) {
    const [from, to] = [row * own, row * width]
    for (let f = 0; f < own; f++) categorical[to + f] = table.categorical[from + f]!
    for (const [p, vocabulary] of pairs.entries()) {
      const [i, j] = vocabulary.pair
      const [first, second] = [table.categorical[from + i]! - offsets[i]!, table.categorical[from + j]! - offsets[j]!]
      categorical[to + own + p] = offsets[own + p]! + crossId(vocabulary, first, second)
    }
  }
  return { ...table, categorical, crosses: hash }
}

/**
 * Rows whose crosses have the ids of these.
 * @throws InterplayError `model/vocabulary` for rows crossed by another vocabulary
 */
export function ofSameCrosses<Table extends CrossedTable>(table: Table, crosses: Crosses): Table {
  if (table.crosses === crosses.hash) return table
  throw new InterplayError('model/vocabulary', 'the crosses of these rows are ids of another vocabulary', {
    why: `their hash is ${table.crosses}, the model's ${crosses.hash}`,
  })
}
