import { fieldsOf, stacked, type TableSpec } from '../../../nn/index.ts'

/** The block of each value: equal parts of all values from the most frequent on; ties by place, padding in the last. */
export function blocksOf(counts: Int32Array, spec: TableSpec, blocks: number): Int32Array {
  const paddings = new Set(stacked(fieldsOf(spec, 'categorical')).starts)
  const order = Array.from(counts.keys())
    .filter(value => !paddings.has(value))
    .sort((a, b) => counts[b]! - counts[a]! || a - b)
  const result = new Int32Array(counts.length).fill(blocks - 1)
  order.forEach((value, place) => (result[value] = Math.min(blocks - 1, Math.floor((place * blocks) / order.length))))
  return result
}
