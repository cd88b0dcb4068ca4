import { InterplayError } from '../../errors/index.ts'
import { sameShape, sizeOf, spellShape, type Shape } from '../dimension.ts'
import { apply, constant, type Operator, type Tensor } from '../tensor.ts'
import { where } from './elementwise.ts'

/** The shape of what the last axis of `indices` points at: one slice of `x` for each. */
function slices(operator: string, x: Tensor, indices: Tensor): Shape {
  const depth = indices.shape.at(-1)
  if (typeof depth !== 'number' || depth > x.rank || indices.rank === 0) {
    throw new InterplayError(
      'shape/mismatch',
      `${operator}: indices ${spellShape(indices.shape)} do not point into ${spellShape(x.shape)}`,
    )
  }
  return [...indices.shape.slice(0, -1), ...x.shape.slice(depth)]
}

const gatherNDOperator: Operator = {
  name: 'GatherND',
  gradient: ({ inputs: [x, indices] }, [d]) => [scatterND(x!.zerosLike(), indices!, d!, 'add'), undefined],
}

/** Slices of `x` at positions spelled out over several axes: indices [..., k] -> [..., axes of x after k]. */
export function gatherND(x: Tensor, indices: Tensor): Tensor {
  const shape = slices('GatherND', x, indices)
  return apply(gatherNDOperator, [x, indices.cast('int64')], {}, { dtype: x.dtype, shape })
}

const scatterNDOperator: Operator = {
  name: 'ScatterND',
  gradient: ({ inputs: [, indices, updates] }, [d]) => [
    scatterND(d!, indices!, updates!.zerosLike()),
    undefined,
    gatherND(d!, indices!),
  ],
}

/**
 * `x` with the slices at these positions replaced by (they must then differ), or increased by, `updates`. Adding goes
 * through ScatterElements: the runtime's ScatterND with add loses updates where threads meet.
 */
export function scatterND(x: Tensor, indices: Tensor, updates: Tensor, reduction: 'none' | 'add' = 'none'): Tensor {
  const expected = slices('ScatterND', x, indices)
  if (!sameShape(updates.shape, expected)) {
    throw new InterplayError(
      'shape/mismatch',
      `ScatterND: updates are ${spellShape(updates.shape)}, the indices take ${spellShape(expected)}`,
    )
  }
  if (reduction === 'none') {
    const inputs = [x, indices.cast('int64'), updates]
    return apply(scatterNDOperator, inputs, {}, { dtype: x.dtype, shape: x.shape })
  }
  const depth = indices.shape.at(-1) as number
  const width = sizeOf(x.shape.slice(depth))
  const rows = sizeOf(indices.shape.slice(0, -1))
  const flat = updates.reshape([rows, width])
  const along = rowNumbers(x, indices, depth).reshape([rows, 1]).expandLike(flat)
  const sums = x.reshape([sizeOf(x.shape.slice(0, depth)), width]).scatterElements(along, flat, 0, 'add')
  return sums.reshape(x.shape)
}

/** The row of each index in `x` with its first `depth` axes joined; along each, -1 is the last position. */
function rowNumbers(x: Tensor, indices: Tensor, depth: number): Tensor {
  const strides = Array.from({ length: depth }, (_, axis) => sizeOf(x.shape.slice(axis + 1, depth)))
  if (strides.some(stride => typeof stride !== 'number')) {
    throw new InterplayError('shape/mismatch', `ScatterND: adds along ${spellShape(x.shape)} need known inner extents`)
  }
  const places = indices.cast('int64')
  // what is negative along the first axis counts back from the last of the joined rows as it is
  const extents = constant([0, ...(x.shape.slice(1, depth) as number[])], [depth], 'int64')
  return where(places.less(0), places.add(extents), places)
    .mul(constant(strides as number[], [depth], 'int64'))
    .sum(-1)
}
