import type { Columns } from '../predictor.ts'

/** Rows that correlations are taken over, and first columns of clusters compared with, at most: they only set an order. */
const [mostRows, mostLeaders] = [128, 2000]
const alike = 0.7

/**
 * Columns in bins of equal size, those that are correlated beside each other: each column joins the first cluster whose first
 * column it is correlated with, and bins are cut from the clusters laid end to end.
 */
export function correlatedBins(columns: Columns, chosen: readonly number[], size: number): number[][] {
  const clusters: { leader: Float32Array; members: number[] }[] = []
  const alone: number[] = []
  for (const c of chosen) {
    const own = standardised(columns[c]!.subarray(0, mostRows))
    const found = clusters.find(({ leader }) => Math.abs(dot(leader, own)) >= alike)
    if (found) found.members.push(c)
    else if (clusters.length < mostLeaders) clusters.push({ leader: own, members: [c] })
    else alone.push(c)
  }
  const line = [...clusters.flatMap(({ members }) => members), ...alone]
  return Array.from({ length: Math.ceil(line.length / size) }, (_, b) => line.slice(b * size, (b + 1) * size))
}

function standardised(cells: Float64Array): Float32Array {
  const mean = cells.reduce((sum, cell) => sum + cell, 0) / cells.length
  const size = Math.sqrt(cells.reduce((sum, cell) => sum + (cell - mean) ** 2, 0)) || 1
  return Float32Array.from(cells, cell => (cell - mean) / size)
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
