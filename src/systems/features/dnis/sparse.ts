import { concat, constant, type Tensor } from '../../../engine/index.ts'
import { TableModel, type Mode, type TableBatch } from '../../../nn/index.ts'
import type { UniformModel } from './model.ts'

/** A table of vectors of which only the numbers that are not zero are stored, row by row. */
export interface SparseTable {
  /** [numbers] the numbers of all rows, one row after another. */
  values: Float32Array
  /** [rows] where a row's numbers begin. */
  offsets: Int32Array
  /** [rows, ceil(width / 8)] which dimensions a row has, bit k % 8 of byte k / 8. */
  bits: Uint8Array
  width: number
}

export function sparseTable(table: ArrayLike<number>, width: number): SparseTable {
  const rows = table.length / width
  const bytes = Math.ceil(width / 8)
  const values: number[] = []
  const offsets = new Int32Array(rows)
  const bits = new Uint8Array(rows * bytes)
  for (let row = 0; row < rows; row++) {
    offsets[row] = values.length
    for (let k = 0; k < width; k++) {
      const value = table[row * width + k]!
      if (value === 0) continue
      values.push(value)
      bits[row * bytes + (k >> 3)]! |= 1 << (k & 7)
    }
  }
  // A gather needs at least one number to point at.
  return { values: Float32Array.from(values.length > 0 ? values : [0]), offsets, bits, width }
}

/** Bytes of a sparse table, indices counted. */
export const sparseBytes = ({ values, offsets, bits }: SparseTable): number =>
  values.byteLength + offsets.byteLength + bits.byteLength

/** The vectors of these ids: [batch, fields] -> [batch, fields, width]. */
export function lookUpSparse({ values, offsets, bits, width }: SparseTable, ids: Tensor): Tensor {
  const bytes = Math.ceil(width / 8)
  const words = constant(bits, [offsets.length, bytes], 'uint8').gather(ids).cast('float32').unsqueeze(3)
  const powers = Float32Array.from({ length: 8 }, (_, k) => 2 ** k)
  const shifted = words.div(constant(powers, [8])).floor()
  const all = shifted.sub(shifted.mul(0.5).floor().mul(2)).reshape([...ids.shape, bytes * 8])
  const has = bytes * 8 === width ? all : all.slice(2, 0, width)
  const starts = constant(offsets, [offsets.length], 'int32').gather(ids).unsqueeze(2)
  const places = starts.add(has.cumSum(2).sub(1).maximum(0).cast('int32'))
  const last = constant(values.length - 1, [], 'int32')
  return constant(values, [values.length]).gather(places.minimum(last)).mul(has)
}

/** The interaction model on a sparse table; the other fields keep their vectors. */
export class SparseModel extends TableModel {
  constructor(
    readonly uniform: UniformModel,
    private readonly table: SparseTable | undefined,
  ) {
    super()
  }

  forward(batch: TableBatch, mode: Mode): Tensor {
    const { embedding, head } = this.uniform
    if (!this.table || !batch.categorical) return this.uniform.forward(batch, mode)
    const vectors = [lookUpSparse(this.table, batch.categorical), ...embedding.others(batch)]
    return head.forward(concat(vectors, 1), batch, mode)
  }
}
