import type { DataType } from '../../dtype.ts'
import { isStatic, sameShape, type Dimension, type Shape } from '../../dimension.ts'
import { concat } from '../shape.ts'
import { apply, constant, constantValue, type Operator, type Tensor } from '../../tensor.ts'

/*
 * Operators whose shapes follow from tensors when the program runs. The caller says the shape's extents, which may be
 * symbols of their own; the runtime reads the numbers off the given int64 vectors.
 */

const int64 = (values: readonly number[]): Tensor => constant(values, [values.length], 'int64')

const reshapeOperator: Operator = {
  name: 'Reshape',
  gradient: ({ inputs: [x] }, [d]) => [reshapeBy(d!, x!.extents(), x!.shape), undefined],
}

/** The same elements in the shape that `target` tells; where 0 `copies`, it stands for the extent of `x` there. */
export function reshapeBy(x: Tensor, target: Tensor, shape: Shape, copies = false): Tensor {
  if (sameShape(x.shape, shape)) return x
  const attributes = { allowzero: { type: 'int', value: Number(!copies) } } as const
  return apply(reshapeOperator, [x, target], attributes, { dtype: x.dtype, shape })
}

const expandOperator: Operator = {
  name: 'Expand',
  gradient: ({ inputs: [x] }, [d]) => [d!.sumTo(x!.shape), undefined],
}

/** Broadcasts with the shape that `target` tells. */
export function expandBy(x: Tensor, target: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x
  return apply(expandOperator, [x, target], {}, { dtype: x.dtype, shape })
}

const sliceOperator: Operator = {
  name: 'Slice',
  gradient: ({ inputs: [x, starts, ends, axes] }, [d]) => {
    return [unslice(d!, x!, Number(constantValue(axes!)!.data[0]), starts!, ends!)]
  },
}

/** The elements from `start` to before `end` of one axis, both int64 vectors of one element; `extent` names their count. */
export function sliceBy(x: Tensor, axis: number, start: Tensor, end: Tensor, extent: Dimension): Tensor {
  const shape = x.shape.map((own, i) => (i === axis ? extent : own))
  return apply(sliceOperator, [x, start, end, int64([axis])], {}, { dtype: x.dtype, shape })
}

/** Zeros around `d` where the slice left something out: bounds from either end, clamped as the slice clamps them. */
function unslice(d: Tensor, x: Tensor, axis: number, start: Tensor, end: Tensor): Tensor {
  const extent = x.extents(axis, axis + 1)
  const place = (bound: Tensor) =>
    bound
      .less(int64([0]))
      .where(bound.add(extent), bound)
      .maximum(int64([0]))
      .minimum(extent)
  const from = place(start)
  const zeros = (before: number) => (before === 0 ? [] : [int64(new Array<number>(before).fill(0))])
  const sizes = [from, extent.sub(place(end).maximum(from))].flatMap(size => [
    ...zeros(axis),
    size,
    ...zeros(x.rank - axis - 1),
  ])
  const attributes = { mode: { type: 'string', value: 'constant' } } as const
  const inputs = [d, concat(sizes, 0), constant(0, [], d.dtype)]
  return apply(padOperator(axis, start, end, d), inputs, attributes, { dtype: d.dtype, shape: x.shape })
}

const padOperator = (axis: number, start: Tensor, end: Tensor, d: Tensor): Operator => ({
  name: 'Pad',
  gradient: (_, [g]) => [sliceBy(g!, axis, start, end, d.shape[axis]!), undefined, undefined],
})

const rangeOperator: Operator = { name: 'Range', notDifferentiable: 'a count has no gradient' }

/** start, start + step, ... before `limit`, all scalars of one type; `count` names how many. */
export const range = (start: Tensor, limit: Tensor, step: Tensor, count: Dimension): Tensor =>
  apply(rangeOperator, [start, limit, step], {}, { dtype: start.dtype, shape: [count] })

/** A scalar repeated to the shape that `target` tells. */
export function fill(value: number, dtype: DataType, target: Tensor, shape: Shape): Tensor {
  const scalar = constant(value, [], dtype)
  return isStatic(shape) ? scalar.expand(shape) : expandBy(scalar, target, shape)
}

const triluOperator: Operator = {
  name: 'Trilu',
  gradient: ({ inputs: [, diagonal], attributes: { upper } }, [d]) => [
    trilu(d!, Number(constantValue(diagonal!)!.data[0]), upper!.value === 1),
    undefined,
  ],
}

/** Zeros below (`upper`) or above a diagonal of the last two axes, whatever their extents. */
export function trilu(x: Tensor, diagonal: number, upper: boolean): Tensor {
  const attributes = { upper: { type: 'int', value: Number(upper) } } as const
  return apply(triluOperator, [x, constant(diagonal, [], 'int64')], attributes, { dtype: x.dtype, shape: x.shape })
}
