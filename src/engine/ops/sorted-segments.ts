import { InterplayError } from '../../errors/index.ts'
import { sizeOf, type Dimension, type Shape } from '../dimension.ts'
import { hostDerived } from '../host.ts'
import { concat } from './shape.ts'
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
  const skipped = new Set(padding)
  const sequence = [...Array(rows).keys()].filter(id => !skipped.has(id))
  const result = sortIds(ids, rows, sequence, padding)
  found.set(key, result)
  return result
}

function sortIds(ids: Tensor, rows: number, listed: readonly number[], padding: readonly number[]): Segments {
  const count = sizeOf(ids.shape)
  const distinct = `distinct${symbols++}`
  const places = new Int32Array(rows)
  const types = [
    { dtype: 'int32', shape: [count] },
    { dtype: 'int32', shape: [distinct] },
    { dtype: 'int64', shape: [distinct, 1] },
  ] as const
  const [order, ends, unique] = hostDerived('SortIds', [ids], types, ([values], context) => {
    const data = values!.data as Int32Array
    const sorted = context.output(0, [data.length]) as Int32Array
    countIds(data, places)
    let found = 0
    for (const id of listed) if (places[id]! > 0) found++
    const last = context.output(1, [found]) as Int32Array
    const names = context.output(2, [found, 1]) as BigInt64Array
    let next = 0
    let u = 0
    for (const id of listed) {
      const own = places[id]!
      places[id] = next
      next += own
      if (own > 0) {
        last[u] = next - 1
        names[u++] = BigInt(id)
      }
    }
    for (const id of padding) {
      const own = places[id]!
      places[id] = next
      next += own
    }
    for (let i = 0; i < data.length; i++) sorted[places[Number(data[i])]!++] = i
  }) as [Tensor, Tensor, Tensor]
  return { order, ends, ids: unique }
}

function countIds(ids: Int32Array, counts: Int32Array): void {
  counts.fill(0)
  for (const value of ids) {
    const id = Number(value)
    if (!(id >= 0 && id < counts.length)) {
      throw new InterplayError('shape/mismatch', `Gather: id ${id} is outside the table's ${counts.length} rows`)
    }
    counts[id]!++
  }
}

const scatterRowsOperator: Operator = { name: 'ScatterND', notDifferentiable: 'wrapped by the gradient of Gather' }

/**
 * Row sums by id as differences of a float64 running sum over the sorted rows. The runtime's ScatterND with add loses
 * updates when threads meet on a row; this form gives the same bits on any number of threads.
 */
export function segmentAdd(
  d: Tensor,
  indices: Tensor,
  source: Tensor,
  shape: Shape,
  padding: readonly number[],
): Tensor {
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
