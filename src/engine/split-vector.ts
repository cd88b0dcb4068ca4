import { toArray } from './dtype.ts'
import type { GraphWriter } from './onnx/export.ts'

/** Parts that one Split may have on WebGPU, whose kernels are promised eight buffers: seven of them, and the vector. */
export const webgpuParts = 7

/** Cuts a vector into parts of these sizes, in rounds of at most `most` parts; returns their names. */
export function splitVector(writer: GraphWriter, vector: string, sizes: readonly number[], most: number): string[] {
  if (sizes.length === 1) return [vector]
  const each = sizes.length <= most ? 1 : partsEach(sizes.length, most)
  const groups = Array.from({ length: Math.ceil(sizes.length / each) }, (_, i) => sizes.slice(i * each, (i + 1) * each))
  const lengths = groups.map(group => group.reduce((total, size) => total + size, 0))
  const split = writer.constant({ dtype: 'int64', dims: [lengths.length], data: toArray('int64', lengths) })
  const names = groups.map(() => writer.fresh('part'))
  writer.node('Split', '', [vector, split], { axis: { type: 'int', value: 0 } }, names)
  return groups.flatMap((group, i) => splitVector(writer, names[i]!, group, most))
}

/** The largest power of `most` below `count`: how many parts each of the first round's stands for. */
function partsEach(count: number, most: number): number {
  let each = most
  while (each * most < count) each *= most
  return each
}
