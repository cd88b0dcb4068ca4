import { InterplayError } from '../../errors/index.ts'
import { spellShape, type Shape } from '../dimension.ts'
import { isFloat } from '../dtype.ts'
import { hostSource } from '../host.ts'
import { constant, type Tensor } from '../tensor.ts'
import { where } from './elementwise.ts'
import { segmentAdd } from './sorted-segments.ts'

function check(operator: string, x: Tensor, segments: Tensor): void {
  const fits = segments.rank === 1 && x.rank > 0 && segments.shape[0] === x.shape[0]
  if (fits && !isFloat(segments.dtype)) return
  throw new InterplayError(
    'shape/mismatch',
    `${operator}: takes one integer for each of the ${x.shape[0]} rows, got ${segments.dtype}${spellShape(segments.shape)}`,
  )
}

/** The segment of each element of `x`, for scatters. */
const places = (x: Tensor, segments: Tensor): Tensor =>
  segments.reshape([segments.shape[0]!, ...Array<number>(x.rank - 1).fill(1)]).expandLike(x)

const filled = (x: Tensor, count: number, value: number): Tensor => {
  const shape: Shape = [count, ...x.shape.slice(1)]
  return constant(value, [], x.dtype).expand(shape, [x])
}

/**
 * Sums of the rows of each segment: [N, ...] and int32 [N] in 0 .. count - 1 (in any order) -> [count, ...]; a segment
 * without rows is 0. Segments that are fed are sorted on the host, and the sums then do not depend on threads.
 */
export function segmentSum(x: Tensor, segments: Tensor, count: number): Tensor {
  check('SegmentSum', x, segments)
  const source = hostSource(segments)
  if (source) return segmentAdd(x, segments, source, [count, ...x.shape.slice(1)], [])
  return filled(x, count, 0).scatterElements(places(x, segments), x, 0, 'add')
}

/** Means of the rows of each segment; a segment without rows is 0. */
export function segmentMean(x: Tensor, segments: Tensor, count: number): Tensor {
  const rows = segmentSum(x.onesLike(), segments, count)
  return segmentSum(x, segments, count).div(rows.maximum(1).stopGradient())
}

/** Largest elements of the rows of each segment, ties sharing the gradient; a segment without rows is 0. */
export function segmentMax(x: Tensor, segments: Tensor, count: number): Tensor {
  check('SegmentMax', x, segments)
  const largest = filled(x, count, -Infinity).scatterElements(places(x, segments), x, 0, 'max')
  const y = where(largest.greater(-Infinity), largest, 0)
  return y.withGradient([x], d => {
    const hit = x.equal(y.gather(segments)).cast(x.dtype).stopGradient()
    const ties = segmentSum(hit, segments, count).maximum(1).stopGradient()
    return [hit.mul(d.div(ties).gather(segments))]
  })
}

/** exp(x) / sum exp(x) over the rows of each segment, element by element: [N, ...] -> [N, ...]. */
export function segmentSoftmax(x: Tensor, segments: Tensor, count: number): Tensor {
  const largest = segmentMax(x.stopGradient(), segments, count).gather(segments).stopGradient()
  const powers = x.sub(largest).exp()
  return powers.div(segmentSum(powers, segments, count).gather(segments))
}
