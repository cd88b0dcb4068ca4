import { concat, type HostTensor, type Tensor } from '../../engine/index.ts'
import type { Dense } from '../../linear-algebra/index.ts'

/** [x, 1] in float64. */
export function withOne(x: Tensor): Tensor {
  const values = x.cast('float64')
  return concat([values, values.slice(-1, 0, 1).onesLike()], -1)
}

/** x [rows, (positions,) features] with a 1 behind it, times `into` [features + 1, directions]: what a layer sends along directions. */
export function sentAlong({ dims, data }: HostTensor, into: Dense): HostTensor {
  const width = dims.at(-1)!
  const count = data.length / width
  const sent = new Float64Array(count * into.columns)
  for (let row = 0; row < count; row++) {
    const own = sent.subarray(row * into.columns, (row + 1) * into.columns)
    for (let k = 0; k <= width; k++) {
      const value = k < width ? (data[row * width + k] as number) : 1
      if (value === 0) continue
      for (let j = 0; j < into.columns; j++) own[j]! += value * into.data[k * into.columns + j]!
    }
  }
  return { dtype: 'float64', dims: [...dims.slice(0, -1), into.columns], data: sent }
}

/** Values [..., directions] with all directions but those kept at 0. */
export function kept({ dims, data }: HostTensor, keeps: (direction: number) => boolean): HostTensor {
  const width = dims.at(-1)!
  const mask = Array.from({ length: width }, (_, j) => keeps(j))
  return { dtype: 'float64', dims, data: (data as Float64Array).map((value, i) => (mask[i % width] ? value : 0)) }
}

export const hostOf = ({ rows, columns, data }: Dense): HostTensor => ({
  dtype: 'float64',
  dims: [rows, columns],
  data,
})
