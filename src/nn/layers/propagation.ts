import type { Tensor } from '../../engine/index.ts'

/** A sparse matrix [rows, rows] by entries: row `target`, column `source` (int32 [E], fed), value `weight` [E]. */
export interface SparseMatrix {
  source: Tensor
  target: Tensor
  weight: Tensor
  rows: number
}

/** The product of a sparse matrix with x: [rows, width] -> [rows, width]. */
export const sparseProduct = ({ source, target, weight, rows }: SparseMatrix, x: Tensor): Tensor =>
  x.gather(source).mul(weight.unsqueeze(1)).segmentSum(target, rows)

/**
 * Rounds of z <- (1 - teleport) A z + teleport z0, without weights: plain neighbourhood smoothing where teleport is 0
 * (Wu et al. 2019), personalised PageRank else (Gasteiger et al. 2019, equation 5).
 */
export function propagate(matrix: SparseMatrix, start: Tensor, rounds: number, teleport = 0): Tensor {
  let z = start
  for (let round = 0; round < rounds; round++) {
    const next = sparseProduct(matrix, z)
    z = teleport === 0 ? next : next.mul(1 - teleport).add(start.mul(teleport))
  }
  return z
}
