import type { PreparedTable } from '../data/index.ts'

/** Weights that training holds, `byRow` of them in tables of which a step moves only the touched rows. */
export interface WeightCounts {
  all: number
  byRow: number
}

/**
 * Bytes that training will hold, before it starts: weights with two moments, each double-buffered, and their gradient
 * (tables that move by rows: weights and moments once, and the best epoch's copy); the encoded rows; and a batch's
 * activations, taken as 64 vectors of the row's width.
 */
export function memoryOf({ all, byRow }: WeightCounts, batch: number, prepared: PreparedTable): number {
  const state = (all - byRow) * 4 * 7 + byRow * 4 * 4
  return state + rowBytes(prepared) + batch * prepared.spec.fields.length * 16 * 4 * 64
}

/** Bytes of all encoded rows. */
export const rowBytes = ({ train, valid, test }: PreparedTable): number =>
  [train, valid, test].reduce(
    (bytes, table) => bytes + table.categorical.byteLength + table.numeric.byteLength + table.rows * 8,
    0,
  )
