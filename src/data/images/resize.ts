import { interpolation } from '../../engine/ops/lowering/interpolation.ts'

/**
 * A square map [from, from] of brightness as [to, to], interpolated between the centres of its cells: `linear` and `cubic` are
 * PyTorch's bilinear and bicubic without aligned corners.
 */
export function resizeMap(values: ArrayLike<number>, from: number, to: number, mode: 'linear' | 'cubic'): Float64Array {
  const matrix = interpolation(from, to, { mode })
  const rows = new Float64Array(from * to)
  const result = new Float64Array(to * to)
  for (let row = 0; row < from; row++)
    for (let column = 0; column < to; column++)
      for (let k = 0; k < from; k++) rows[row * to + column]! += matrix[column * from + k]! * values[row * from + k]!
  for (let row = 0; row < to; row++)
    for (let k = 0; k < from; k++) {
      const weight = matrix[row * from + k]!
      if (weight === 0) continue
      for (let column = 0; column < to; column++) result[row * to + column]! += weight * rows[k * to + column]!
    }
  return result
}
