import { InterplayError } from '../../errors/index.ts'
import { limitDimension, multiplyDimensions, spellShape, type Dimension } from '../dimension.ts'
import { isFloat, type DataType } from '../dtype.ts'
import { hostDerived, hostSource } from '../host.ts'
import { sorter } from './sort-ids.ts'
import { concat } from './shape.ts'
import { apply, constant, constantValue, Node, normalAxis, type Operator, type Tensor } from '../tensor.ts'

const axisAttribute = (axis: number) => ({ axis: { type: 'int', value: axis } }) as const

const gatherOperator: Operator = {
  name: 'Gather',
  gradient: ({ inputs: [x, indices], attributes: { axis } }, [d]) => [
    gatherTransposed(d!, x!, indices!, axis!.value as number),
    undefined,
  ],
}

function gatherNode(x: Tensor, indices: Tensor, axis: number): Tensor {
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)]
  return apply(gatherOperator, [x, indices], axisAttribute(axis), { dtype: x.dtype, shape })
}

/** The slices of `x` at integer positions along one axis; that axis is replaced by the axes of `indices`. */
export function gather(x: Tensor, indices: Tensor, axis = 0): Tensor {
  if (isFloat(indices.dtype))
    throw new InterplayError('shape/mismatch', `Gather: positions must be integers, got ${indices.dtype}`)
  return gatherNode(x, indices, normalAxis('Gather', axis, x.rank))
}

/**
 * The rows of a table by id: int32 [...] -> [..., dimension]. Padding rows can be read, but get no gradient. The ids must
 * be fed, or follow from feeds by slicing and shifting, so that the host can sort them for the gradient.
 */
export function lookup(table: Tensor, ids: Tensor, padding: readonly number[] = []): Tensor {
  const rows = gatherNode(table, ids, 0)
  const source = hostSource(ids)
  if (padding.length === 0 || !source) return rows
  return rows.withGradient([table], d => [segmentAdd(d, ids, source, table, padding)])
}

/** Adds the slices of `d` back to the positions they were gathered from. */
function gatherTransposed(d: Tensor, x: Tensor, indices: Tensor, axis: number): Tensor {
  const rows = x.shape[axis]!
  if (axis === 0 && typeof rows === 'number') {
    const source = hostSource(indices)
    if (source) return segmentAdd(d, indices, source, x, [])
  }
  const positions = constantValue(indices)
  if (positions && typeof rows === 'number' && rows * positions.data.length <= 1 << 16) {
    return selectionTransposed(d, indices, Array.from(positions.data, Number), rows, axis)
  }
  const count = indices.shape.reduce(multiplyDimensions, 1)
  const flat = d.reshape([...x.shape.slice(0, axis), count, ...x.shape.slice(axis + 1)])
  const along = indices.reshape(flat.shape.map((_, i) => (i === axis ? count : 1))).expandLike(flat)
  return scatterElements(x.zerosLike(), along, flat, axis, 'add')
}

/** A few fixed positions: a product with their one-hot matrix. */
function selectionTransposed(d: Tensor, indices: Tensor, positions: number[], rows: number, axis: number): Tensor {
  const hot = new Float64Array(rows * positions.length)
  positions.forEach((position, column) => {
    hot[(position < 0 ? position + rows : position) * positions.length + column] = 1
  })
  const selection = constant(hot, [rows, positions.length]).cast(d.dtype)
  const shape = [...d.shape.slice(0, axis), positions.length, ...d.shape.slice(axis + indices.rank)]
  const flat = d.reshape(shape)
  if (axis === shape.length - 1) return flat.matmul(selection, { transposeB: true })
  const inner = shape.slice(axis + 1).reduce(multiplyDimensions, 1 as Dimension)
  const product = selection.matmul(flat.reshape([...shape.slice(0, axis + 1), inner]))
  return product.reshape([...shape.slice(0, axis), rows, ...shape.slice(axis + 1)])
}

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
  const count = ids.shape.reduce(multiplyDimensions, 1)
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
 * updates when threads meet on a row; this form gives the same bits on any number of threads.
 */
function segmentAdd(d: Tensor, indices: Tensor, source: Tensor, x: Tensor, padding: readonly number[]): Tensor {
  const table = x.shape as readonly [number, ...Dimension[]]
  const width = table.slice(1).reduce(multiplyDimensions, 1)
  const { order, ends, ids } = segmentsOf(source, table[0], padding)
  const sorted = gatherNode(d.reshape([indices.shape.reduce(multiplyDimensions, 1), width]), order, 0)
  const ended = gatherNode(sorted.cast('float64').cumSum(0), ends, 0)
  const first = constant(0, [], 'float64').expand([1, width], [ended])
  const sums = ended.sub(concat([first, ended.slice(0, 0, -1)], 0)).cast(d.dtype)
  const zeros = constant(0, [], d.dtype).expand([table[0], width], [d])
  const rows = apply(scatterRowsOperator, [zeros, ids, sums], {}, zeros)
  return rows.reshape(x.shape).withGradient([d], g => [gatherNode(g, indices, 0)])
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

const gatherElementsOperator: Operator = {
  name: 'GatherElements',
  gradient: ({ inputs: [x, indices], attributes: { axis } }, [d]) => [
    scatterElements(x!.zerosLike(), indices!, d!, axis!.value as number, 'add'),
    undefined,
  ],
}

/** Element i, j of the result is x[indices[i, j], j] along axis 0, and so on for other axes. */
export function gatherElements(x: Tensor, indices: Tensor, axis = -1): Tensor {
  const along = normalAxis('GatherElements', axis, x.rank)
  return apply(gatherElementsOperator, [x, indices], axisAttribute(along), { dtype: x.dtype, shape: indices.shape })
}

const scatterElementsOperator: Operator = {
  name: 'ScatterElements',
  gradient: ({ inputs: [, indices, updates], attributes: { axis, reduction } }, [d]) => {
    const along = axis!.value as number
    const kept = reduction!.value === 'add' ? d! : scatterElements(d!, indices!, updates!.zerosLike(), along)
    return [kept, undefined, gatherElements(d!, indices!, along)]
  },
}

/** `x` with elements replaced by, or increased by, `updates` at positions along one axis. Replaced positions must differ. */
export function scatterElements(
  x: Tensor,
  indices: Tensor,
  updates: Tensor,
  axis = -1,
  reduction: 'none' | 'add' = 'none',
): Tensor {
  const along = normalAxis('ScatterElements', axis, x.rank)
  const attributes = { ...axisAttribute(along), reduction: { type: 'string', value: reduction } } as const
  return apply(scatterElementsOperator, [x, indices, updates], attributes, { dtype: x.dtype, shape: x.shape })
}

const topKOperator: Operator = {
  name: 'TopK',
  gradient: ({ inputs: [x], outputs: [, indices], attributes: { axis } }, [d]) => [
    d && scatterElements(x!.zerosLike(), indices!, d, axis!.value as number),
    undefined,
  ],
}

/** The k largest (or smallest) elements along an axis, sorted, and their positions (int64). */
export function topK(x: Tensor, k: number, axis = -1, { largest = true } = {}): { values: Tensor; indices: Tensor } {
  const along = normalAxis('TopK', axis, x.rank)
  const extent = x.shape[along]!
  if (typeof extent === 'number' && k > extent) {
    throw new InterplayError('shape/mismatch', `TopK: ${k} elements of axis ${along} of ${spellShape(x.shape)}`)
  }
  const shape = x.shape.map((own, i) => (i === along ? k : own))
  const attributes = { ...axisAttribute(along), largest: { type: 'int', value: Number(largest) } } as const
  const types = [
    { dtype: x.dtype, shape },
    { dtype: 'int64', shape },
  ] as const
  const [values, indices] = new Node(topKOperator, [x, constant([k], [1], 'int64')], attributes, types).outputs
  return { values: values!, indices: indices! }
}

/** One along the last axis at each position, zero elsewhere: [...] integers -> [..., depth]. */
export function oneHot(indices: Tensor, depth: number, dtype: DataType = 'float32'): Tensor {
  const range = constant(
    Array.from({ length: depth }, (_, i) => i),
    [depth],
    indices.dtype,
  )
  return indices.unsqueeze(-1).equal(range).cast(dtype)
}
