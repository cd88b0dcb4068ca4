import { sameShape } from '../dimension.ts'
import { apply, constant, type Operator, type Tensor } from '../tensor.ts'
import { along } from './lowering/linear-map.ts'
import { interpolation, nearestPositions, type Interpolation } from './lowering/interpolation.ts'
import { fixedExtents, perAxis, type PerAxis } from './lowering/window.ts'

export interface ResizeOptions extends Omit<Interpolation, 'mode'> {
  /** Default 'linear'. */
  mode?: 'nearest' | Interpolation['mode']
}

/**
 * Images [N, C, ...spatial] at other spatial extents: nearest, linear (bilinear, trilinear) or cubic interpolation. Each
 * axis is a product with a small constant matrix, which beats the runtime's operator except for nearest.
 */
export function resize(x: Tensor, extents: PerAxis, { mode = 'linear', ...options }: ResizeOptions = {}): Tensor {
  const from = fixedExtents('Resize', x.shape)
  const to = perAxis('Resize', 'extents', extents, from.length, 1)
  if (mode === 'nearest') {
    return nearest(
      x,
      to,
      to.map((count, axis) => nearestPositions(from[axis]!, count, options)),
      options.corners ?? 'asymmetric',
    )
  }
  return to.reduce(
    (image, count, axis) =>
      count === from[axis]
        ? image
        : along(
            image,
            axis + 2,
            constant(interpolation(from[axis]!, count, { mode, ...options }), [count, from[axis]!], x.dtype),
          ),
    x,
  )
}

const resizeOperator: Operator = { name: 'Resize', notDifferentiable: 'wrapped by resize' }

type Corners = NonNullable<ResizeOptions['corners']>

function nearest(
  x: Tensor,
  to: readonly number[],
  positions: readonly (readonly number[])[],
  corners: Corners,
): Tensor {
  const from = fixedExtents('Resize', x.shape)
  if (sameShape(from, to)) return x
  const repeats = positions.every((own, axis) => {
    const factor = to[axis]! / from[axis]!
    return Number.isInteger(factor) && own.every((position, i) => position === Math.floor(i / factor))
  })
  // the runtime divides by a factor of 32 bits: where that is no whole number, some positions are one short
  const y = repeats && x.dtype !== 'float64' ? resized(x, to, corners) : picked(x, positions)
  return y.withGradient([x], d => [
    repeats
      ? blockSums(d, from, positions, corners)
      : positions.reduce((image, own, axis) => {
          const hot = own.flatMap(position => Array.from({ length: from[axis]! }, (_, i) => Number(i === position)))
          const matrix = constant(hot, [own.length, from[axis]!], d.dtype)
          return along(image, axis + 2, matrix.transpose())
        }, d),
  ])
}

const picked = (x: Tensor, positions: readonly (readonly number[])[]): Tensor =>
  positions.reduce((image, own, axis) => image.gather(constant(own, [own.length], 'int32'), axis + 2), x)

function resized(x: Tensor, to: readonly number[], corners: Corners): Tensor {
  const spelled = { halfPixel: 'half_pixel', alignCorners: 'align_corners', asymmetric: 'asymmetric' }
  const attributes = {
    mode: { type: 'string', value: 'nearest' },
    coordinate_transformation_mode: { type: 'string', value: spelled[corners] },
    nearest_mode: { type: 'string', value: corners === 'asymmetric' ? 'floor' : 'round_prefer_ceil' },
    axes: { type: 'ints', value: to.map((_, axis) => axis + 2) },
  } as const
  const shape = [x.shape[0]!, x.shape[1]!, ...to]
  return apply(resizeOperator, [x, undefined, undefined, constant(to, [to.length], 'int64')], attributes, {
    dtype: x.dtype,
    shape,
  })
}

/** The sums of the blocks that nearest enlargement by whole factors made of single elements. */
function blockSums(
  d: Tensor,
  from: readonly number[],
  positions: readonly (readonly number[])[],
  corners: Corners,
): Tensor {
  const to = fixedExtents('Resize', d.shape)
  const blocks = from.flatMap((extent, axis) => [extent, to[axis]! / extent])
  const sums = d.reshape([d.shape[0]!, d.shape[1]!, ...blocks]).sum(from.map((_, axis) => 2 * axis + 3))
  return sums.withGradient([d], g => [nearest(g, to, positions, corners)])
}
