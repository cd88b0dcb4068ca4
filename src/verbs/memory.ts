import type { PreparedTable } from '../data/index.ts'

/**
 * Bytes that training will hold, before it starts: weights with two moments, each double-buffered, and their gradient; the
 * encoded rows; and a batch's activations, taken as 64 vectors of the row's width.
 */
export function memoryOf(parameters: number, batch: number, prepared: PreparedTable): number {
  const state = parameters * 4 * 7
  return state + rowBytes(prepared) + batch * prepared.spec.fields.length * 16 * 4 * 64
}

/** Bytes of all encoded rows. */
export const rowBytes = ({ train, valid, test }: PreparedTable): number =>
  [train, valid, test].reduce(
    (bytes, table) => bytes + table.categorical.byteLength + table.numeric.byteLength + table.rows * 8,
    0,
  )
