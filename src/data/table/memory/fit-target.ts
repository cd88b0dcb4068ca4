import { answerName } from '../answer-name.ts'
import type { OutputEncoding } from '../encoding.ts'
import type { FieldSchema } from '../schema.ts'
import { isClasses, refuseClasses, refuseConstant, refuseCounts } from '../target-values.ts'
import { storedValue } from './columns.ts'
import { inOrder, tally } from './tally.ts'

/** A target as it is predicted, and the numbers of all rows: 0/1, a class index, or the value. */
export interface FittedTarget {
  output: OutputEncoding
  values: Float32Array
}

/**
 * Decides what is predicted, by the rules of `planTarget`. `cells` are those of all rows, the first `train` of them the
 * training rows; `rowNumber` has their numbers from 1. Of a `derived` target true and false are named yes and no.
 * @throws InterplayError `data/target-null`, `data/target-constant`, `data/not-finite`, `data/target-classes`
 */
export function fitTarget(
  { name, storage }: Pick<FieldSchema, 'name' | 'storage'>,
  cells: readonly unknown[],
  rowNumber: Int32Array,
  train: number,
  { type, derived = false }: { type?: string; derived?: boolean },
): FittedTarget {
  const read = cells.map(cell => storedValue(cell, storage))
  const isNumber = storage.kind === 'number'
  const met = tally(read.filter(value => value !== undefined))
  const infinite = read.map(value => isNumber && Math.abs(Number(value)) === Infinity)
  const counts = {
    rows: cells.length,
    present: cells.length - read.filter(value => value === undefined).length,
    distinct: met.size,
    firstNull: first(
      read.map(value => value === undefined),
      rowNumber,
    ),
    infinite: infinite.filter(Boolean).length,
    firstInfinite: first(infinite, rowNumber),
  }
  refuseCounts(name, counts)
  const values = read as (string | number)[]
  const trained = tally(values.slice(0, train))
  if (trained.size === 1) refuseConstant(name, { value: values[0], rows: train }, counts)
  if (!isClasses(counts.distinct, isNumber, type)) {
    return { output: { name: answerName(name), kind: 'value' }, values: Float32Array.from(values, Number) }
  }
  refuseClasses(name, counts.distinct)
  const classes = [...met.keys()].sort(inOrder)
  const index = new Map(classes.map((value, k) => [value, k]))
  const said = (value: string | number) =>
    derived && storage.kind === 'boolean' ? (value === 'true' ? 'yes' : 'no') : String(value)
  return {
    output: { name: answerName(name), kind: 'probability', classes: classes.map(said) },
    values: Float32Array.from(values, value => index.get(value)!),
  }
}

/** The smallest number among the rows that are marked. */
function first(marked: readonly boolean[], rowNumber: Int32Array): number | null {
  let least: number | null = null
  marked.forEach((mark, i) => {
    if (mark && (least === null || rowNumber[i]! < least)) least = rowNumber[i]!
  })
  return least
}
