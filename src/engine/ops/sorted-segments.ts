import { limitDimension, sizeOf, type Dimension, type Shape } from '../dimension.ts'
import { hostDerived } from '../host.ts'
import { where } from './elementwise.ts'
import { concat } from './shape.ts'
import { sorter } from './sort-ids.ts'
import { apply, constant, type Operator, type Tensor } from '../tensor.ts'

interface Segments {
  /** [N] positions of the ids in ascending order of id, ties by position. */
  order: Tensor
  /** [U] last position of each id's run in that order. */
  ends: Tensor
  /** [U, 1] the distinct ids, ascending. */
  ids: Tensor
}

const segments = new WeakMap<Tensor, Map<string, Segments>>()
let symbols = 0

/** Sorts ids on the host, once per run however many gathers read them. Padding rows are sorted last and listed nowhere. */
function segmentsOf(ids: Tensor, rows: number, padding: readonly number[]): Segments {
  const key = `${rows} ${padding}`
  const found = segments.get(ids) ?? new Map<string, Segments>()
  segments.set(ids, found)
  const known = found.get(key)
  if (known) return known
  const count = sizeOf(ids.shape)
  const distinct = `distinct${symbols++}`
  limitDimension(distinct, count)
  const types = [
    { dtype: 'int32', shape: [count] },
    { dtype: 'int32', shape: [distinct] },
    { dtype: 'int64', shape: [distinct, 1] },
  ] as const
  const [order, ends, unique] = hostDerived('SortIds', [ids], types, sorter(rows, padding)) as [Tensor, Tensor, Tensor]
  const result = { order, ends, ids: unique }
  found.set(key, result)
  return result
}

const scatterRowsOperator: Operator = { name: 'ScatterND', notDifferentiable: 'wrapped by the gradient of Gather' }

/**
 * Row sums by id as differences of a float64 running sum over the sorted rows. The runtime's ScatterND with add loses
 * updates when threads meet on a row; this form gives the same bits on any number of threads. Its error is 1e-16 of the sum
 * over all rows, and an infinite or undefined row reaches the sums of higher ids; float64 rows are added one by one.
 */
export function segmentAdd(
  d: Tensor,
  indices: Tensor,
  source: Tensor,
  shape: Shape,
  padding: readonly number[],
): Tensor {
  if (d.dtype === 'float64') return addedRows(d, indices, shape, padding)
  const table = shape as readonly [number, ...Dimension[]]
  const width = sizeOf(table.slice(1))
  const { order, ends, ids } = segmentsOf(source, table[0], padding)
  const sorted = d.reshape([sizeOf(indices.shape), width]).gather(order)
  const ended = sorted.cast('float64').cumSum(0).gather(ends)
  const first = constant(0, [], 'float64').expand([1, width], [ended])
  const sums = ended.sub(concat([first, ended.slice(0, 0, -1)], 0)).cast(d.dtype)
  const zeros = constant(0, [], d.dtype).expand([table[0], width], [d])
  const rows = apply(scatterRowsOperator, [zeros, ids, sums], {}, zeros)
  return rows.reshape(shape).withGradient([d], g => [g.gather(indices)])
}

/** Row sums by id, one after the other; ids may be born in the graph. Rows of `padding` stay 0. */
export function addedRows(d: Tensor, indices: Tensor, shape: Shape, padding: readonly number[]): Tensor {
  const [count, width] = [sizeOf(indices.shape), sizeOf(shape.slice(1))]
  const ids = indices.reshape([count, 1])
  const flat = d.reshape([count, width])
  const kept = padding.reduce((rest, row) => where(ids.equal(row), 0, rest), flat)
  const zeros = constant(0, [], d.dtype).expand([shape[0]!, width], [d])
  return zeros.scatterElements(ids.expandLike(flat), kept, 0, 'add').reshape(shape)
}

/** The rows of a matrix that differ from zero, or from what they were. */
export interface Rows {
  /** [U] int64, distinct, known on the host. */
  ids: Tensor
  /** [U, dimension]. */
  values: Tensor
}

/**
 * The rows in which the gradient of a table is not zero, where it came of one look-up by fed ids; undefined for any other
 * gradient. The whole gradient is then never computed.
 */
export function touchedRows(gradient: Tensor): Rows | undefined {
  const { operator, inputs } = gradient.node
  if (operator === scatterRowsOperator) return { ids: inputs[1]!, values: inputs[2]! }
  return operator.transparent || operator.name === 'Reshape' ? touchedRows(inputs[0]!) : undefined
}
