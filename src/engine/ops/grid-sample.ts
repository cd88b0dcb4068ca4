import { shapeMismatch, sizeOf, type Dimension } from '../dimension.ts'
import { apply, constant, type Operator, type Tensor } from '../tensor.ts'
import { fixedExtents } from './lowering/window.ts'

export interface GridSampleOptions {
  /** Default 'linear'. */
  mode?: 'linear' | 'nearest' | 'cubic'
  /** What lies outside the image: zeros, its border, its mirror image. Default 'zeros'. */
  padding?: 'zeros' | 'border' | 'reflection'
  /** -1 and 1 are the centres of the outer samples rather than their outer edges. Default false. */
  alignCorners?: boolean
}

type Resolved = Required<GridSampleOptions>

const gridSampleOperator: Operator = { name: 'GridSample', notDifferentiable: 'wrapped by gridSample' }

/**
 * Samples images [N, C, ...spatial] (2 or 3 spatial axes) at `grid` [N, ...out, axes]: coordinates in -1 .. 1, last
 * spatial axis first. Gives [N, C, ...out]. Differentiable in both; `nearest` has no gradient in the grid.
 */
export function gridSample(
  x: Tensor,
  grid: Tensor,
  { mode = 'linear', padding = 'zeros', alignCorners = false }: GridSampleOptions = {},
): Tensor {
  const axes = x.rank - 2
  if (grid.rank !== x.rank || grid.shape.at(-1) !== axes || grid.shape[0] !== x.shape[0]) {
    throw shapeMismatch('GridSample', [x.shape, grid.shape], `takes a grid [${x.shape[0]}, ...out, ${axes}]`)
  }
  const shape = [x.shape[0]!, x.shape[1]!, ...grid.shape.slice(1, -1)]
  const attributes = {
    mode: { type: 'string', value: mode },
    padding_mode: { type: 'string', value: padding },
    align_corners: { type: 'int', value: Number(alignCorners) },
  } as const
  return apply(gridSampleOperator, [x, grid], attributes, { dtype: x.dtype, shape }).straightThrough(
    composed(x, grid, { mode, padding, alignCorners }),
  )
}

/** A sample's position along one axis, and its share. */
interface Tap {
  index: Tensor
  weight?: Tensor
}

/** The same as weighted sums of gathered samples, which can be differentiated. */
function composed(x: Tensor, grid: Tensor, options: Resolved): Tensor {
  const extents = fixedExtents('GridSample', x.shape)
  const [batch, channels] = x.shape as [Dimension, Dimension]
  const points = sizeOf(grid.shape.slice(1, -1))
  const image = x.reshape([batch, channels, sizeOf(extents)])
  const flat = grid.reshape([batch, 1, points, extents.length])
  const perAxis = extents.map((extent, axis) => {
    const coordinate = flat.slice(3, extents.length - 1 - axis, extents.length - axis).squeeze(3)
    return tapsOf(coordinate, extent, options)
  })
  const all = perAxis.reduce<Tap[]>(
    (corners, own, axis) =>
      corners.flatMap(corner =>
        own.map(tap => ({
          index: corner.index.mul(extents[axis]!).add(tap.index),
          weight: corner.weight && tap.weight ? corner.weight.mul(tap.weight) : (corner.weight ?? tap.weight)!,
        })),
      ),
    [{ index: constant(0, [], 'int32') }],
  )
  const sum = all
    .map(({ index, weight }) => {
      const everywhere = index.expand([batch, channels, points], [x, grid])
      const samples = image.gatherElements(everywhere, 2)
      return weight ? samples.mul(weight) : samples
    })
    .reduce((total, part) => total.add(part))
  return sum.reshape([batch, channels, ...grid.shape.slice(1, -1)])
}

/** The samples that a coordinate [N, 1, points] takes from an axis of `extent`. */
function tapsOf(coordinate: Tensor, extent: number, { mode, padding, alignCorners }: Resolved): Tap[] {
  const place = alignCorners
    ? coordinate.add(1).mul((extent - 1) / 2)
    : coordinate
        .add(1)
        .mul(extent / 2)
        .sub(0.5)
  const inside = (position: Tensor) => within(position, extent, padding, alignCorners)
  if (mode === 'nearest') return [tapAt(inside(place).round().stopGradient(), extent, padding)]
  if (mode === 'linear') {
    const moved = inside(place)
    const start = moved.floor().stopGradient()
    const fraction = moved.sub(start)
    return [tapAt(start, extent, padding, fraction.neg().add(1)), tapAt(start.add(1), extent, padding, fraction)]
  }
  const start = place.floor().stopGradient()
  const fraction = place.sub(start)
  return [-1, 0, 1, 2].map(offset => tapAt(inside(start.add(offset)), extent, padding, cubicWeight(fraction, offset)))
}

function tapAt(position: Tensor, extent: number, padding: Resolved['padding'], weight?: Tensor): Tap {
  const index = position.clip(0, extent - 1).cast('int32')
  if (padding !== 'zeros') return { index, ...(weight && { weight }) }
  const present = position
    .greaterOrEqual(0)
    .logicalAnd(position.lessOrEqual(extent - 1))
    .cast(position.dtype)
  return { index, weight: weight ? weight.mul(present) : present }
}

/** Keys' cubic convolution with slope -0.75 at distance |fraction - offset|, as a polynomial in the fraction. */
function cubicWeight(fraction: Tensor, offset: number): Tensor {
  const a = -0.75
  const t = offset <= 0 ? fraction.sub(offset) : fraction.neg().add(offset)
  return offset === 0 || offset === 1
    ? t
        .mul(a + 2)
        .sub(a + 3)
        .mul(t)
        .mul(t)
        .add(1)
    : t
        .mul(a)
        .sub(5 * a)
        .mul(t)
        .add(8 * a)
        .mul(t)
        .sub(4 * a)
}

/** A position moved into the image: clipped to the border, or mirrored at the outer samples or their outer edges. */
function within(position: Tensor, extent: number, padding: Resolved['padding'], alignCorners: boolean): Tensor {
  if (padding === 'zeros') return position
  if (padding === 'border') return position.clip(0, extent - 1)
  const [low, span] = alignCorners ? [0, extent - 1] : [-0.5, extent]
  if (span === 0) return position.mul(0)
  const distance = position.sub(low).abs()
  const turns = distance
    .mul(1 / span)
    .floor()
    .stopGradient()
  const rest = distance.sub(turns.mul(span))
  const odd = turns.sub(turns.mul(0.5).floor().mul(2)).stopGradient()
  const mirrored = rest.add(odd.mul(rest.mul(-2).add(span))).add(low)
  return mirrored.clip(0, extent - 1)
}

/**
 * The sampling grid [N, ...extents, axes] of affine maps `theta` [N, axes, axes + 1] for `gridSample`: each output
 * position, in -1 .. 1, is mapped to where it reads.
 */
export function affineGrid(theta: Tensor, extents: readonly number[], { alignCorners = false } = {}): Tensor {
  const axes = extents.length
  if (theta.rank !== 3 || theta.shape[1] !== axes || theta.shape[2] !== axes + 1) {
    throw shapeMismatch('AffineGrid', [theta.shape], `takes [batch, ${axes}, ${axes + 1}]`)
  }
  const coordinates = extents.map(extent =>
    Array.from({ length: extent }, (_, i) =>
      alignCorners ? (extent === 1 ? 0 : (2 * i) / (extent - 1) - 1) : (2 * i + 1) / extent - 1,
    ),
  )
  const places = coordinates.reduce<number[][]>(
    (all, own) => all.flatMap(place => own.map(each => [each, ...place])),
    [[]],
  )
  const base = constant(
    places.flatMap(place => [...place, 1]),
    [places.length, axes + 1],
    theta.dtype,
  )
  return base.matmul(theta, { transposeB: true }).reshape([theta.shape[0]!, ...extents, axes])
}
