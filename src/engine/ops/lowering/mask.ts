import type { Tensor } from '../../tensor.ts'

interface Dropped {
  /** The gradient before the mask. */
  d: Tensor
  /** What was dropped from, and what was left of it. */
  x: Tensor
  y: Tensor
}

const dropped = new WeakMap<Tensor, Dropped>()

/** The gradient `d` of `y`, which is `x` where kept and else 0, as that of `x`. */
export function maskedGradient(d: Tensor, x: Tensor, y: Tensor, keep: Tensor): Tensor {
  const product = d.mul(keep.cast(d.dtype))
  dropped.set(product, { d, x, y })
  return product
}

/**
 * The gradient `d` of a rectified `y` as that of what was rectified. If all of it comes through dropout of `y`, what that left
 * above 0 is one mask for both: half the work.
 */
export function rectifiedGradient(d: Tensor, y: Tensor): Tensor {
  const before = dropped.get(d)
  const [gradient, left] = before?.x === y ? [before.d, before.y] : [d, y]
  return gradient.mul(left.greater(0).cast(d.dtype))
}
