import type { TableSpec } from '../../../nn/index.ts'

/** The embedding of each field of a row, looked up by hand in tables that lie one under the other. */
export function vectorsOf(
  spec: TableSpec,
  table: Float32Array,
  dimension: number,
  ids: Int32Array,
  row: number,
): Float32Array[] {
  let start = 0
  return spec.fields.map(({ size }, f) => {
    const at = (start + ids[row * spec.fields.length + f]!) * dimension
    start += size
    return table.slice(at, at + dimension)
  })
}

export const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0)

/** sum_{i<j} <v_i, v_j>, pair by pair. */
export function pairsByHand(vectors: readonly Float32Array[]): number {
  let sum = 0
  for (let i = 0; i < vectors.length; i++)
    for (let j = i + 1; j < vectors.length; j++) sum += dot(vectors[i]!, vectors[j]!)
  return sum
}

/** W x + b for W [outputs, inputs] row by row; b is 0 where left out. */
export function linearByHand(weight: Float32Array, x: ArrayLike<number>, bias?: ArrayLike<number>): Float64Array {
  const outputs = weight.length / x.length
  return Float64Array.from(
    { length: outputs },
    (_, o) => dot(weight.subarray(o * x.length, (o + 1) * x.length), x) + (bias?.[o] ?? 0),
  )
}
