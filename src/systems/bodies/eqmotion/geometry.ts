import { concat, constant, type Tensor } from '../../../engine/index.ts'

/** The orthonormal DCT-II of a length: row k holds w_k cos(pi (i + 1/2) k / T); its transpose is its inverse. */
export function cosineTransform(length: number): Tensor {
  const values = Float32Array.from({ length: length * length }, (_, at) => {
    const [k, i] = [Math.floor(at / length), at % length]
    return Math.sqrt((k === 0 ? 1 : 2) / length) * Math.cos((Math.PI * (i + 0.5) * k) / length)
  })
  return constant(values, [length, length])
}

/** Euclidean length over an axis; 1e-12 under the root keeps the gradient finite, and 0, where two bodies are one. */
export const lengthOf = (x: Tensor, axis: number): Tensor => x.sumSquares(axis).add(1e-12).sqrt()

/** Differences along axis 2, the first one repeated: as many as there are positions. */
export function velocitiesOf(locations: Tensor): Tensor {
  const steps = locations.slice(2, 1).sub(locations.slice(2, 0, -1))
  return concat([steps.slice(2, 0, 1), steps], 2)
}

/**
 * Angles between velocities [B, N, T, S] and those a step earlier, [B, N, T]: the arccosine of <u, v> over (|u| + e)(|v| + e),
 * e = 1e-6. Where directions are nearly equal that cosine rounds; 1 - cosine, from the difference of the directions, does not.
 */
export function turnsOf(velocities: Tensor): Tensor {
  const earlier = concat([velocities.slice(2, 0, 1), velocities.slice(2, 0, -1)], 2)
  const size = (v: Tensor) => v.sumSquares(3, { keep: true }).sqrt()
  const [now, then] = [size(velocities), size(earlier)]
  const direction = (v: Tensor, length: Tensor) => v.div(length.maximum(1e-30))
  const apart = direction(velocities, now).sub(direction(earlier, then)).sumSquares(3, { keep: true })
  const numerator = now
    .mul(then)
    .mul(apart)
    .div(2)
    .add(now.add(then).mul(epsilon))
    .add(epsilon ** 2)
  const versine = numerator.div(now.add(epsilon).mul(then.add(epsilon)))
  return versine.div(2).minimum(1).sqrt().asin().mul(2).squeeze(3).stopGradient()
}

const epsilon = 1e-6
