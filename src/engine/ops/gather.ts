import { InterplayError } from '../../errors/index.ts'
import { multiplyDimensions, type Dimension } from '../dimension.ts'
import { isFloat, type DataType } from '../dtype.ts'
import { hostSource } from '../host.ts'
import { addedRows, segmentAdd } from './sorted-segments.ts'
import { apply, constant, constantValue, normalAxis, type Operator, type Tensor } from '../tensor.ts'

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
 * The rows of a table by id: int32 [...] -> [..., dimension]. Padding rows can be read, but get no gradient. Ids that
 * are fed, or follow from feeds by slicing, shifting and fixed tables, are sorted on the host, and the gradient is faster.
 */
export function lookup(table: Tensor, ids: Tensor, padding: readonly number[] = []): Tensor {
  const rows = gatherNode(table, ids, 0)
  const source = hostSource(ids)
  if (padding.length === 0) return rows
  return rows.withGradient([table], d => [
    source ? segmentAdd(d, ids, source, table.shape, padding) : addedRows(d, ids, table.shape, padding),
  ])
}

/** Adds the slices of `d` back to the positions they were gathered from. */
function gatherTransposed(d: Tensor, x: Tensor, indices: Tensor, axis: number): Tensor {
  const rows = x.shape[axis]!
  if (axis === 0 && typeof rows === 'number') {
    const source = hostSource(indices)
    if (source) return segmentAdd(d, indices, source, x.shape, [])
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
    if (reduction!.value === 'max') {
      throw new InterplayError('engine/not-differentiable', 'ScatterElements has no gradient with max', {
        try: 'segmentMax',
      })
    }
    const kept = reduction!.value === 'add' ? d! : scatterElements(d!, indices!, updates!.zerosLike(), along)
    return [kept, undefined, gatherElements(d!, indices!, along)]
  },
}

/**
 * `x` with elements replaced by, increased by or (without a gradient) raised to `updates` at positions along one axis.
 * Replaced positions must differ.
 */
export function scatterElements(
  x: Tensor,
  indices: Tensor,
  updates: Tensor,
  axis = -1,
  reduction: 'none' | 'add' | 'max' = 'none',
): Tensor {
  const along = normalAxis('ScatterElements', axis, x.rank)
  const attributes = { ...axisAttribute(along), reduction: { type: 'string', value: reduction } } as const
  return apply(scatterElementsOperator, [x, indices, updates], attributes, { dtype: x.dtype, shape: x.shape })
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
