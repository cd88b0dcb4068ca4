import { dense, multiply, symmetricEigen, transposed } from '../../linear-algebra/index.ts'
import { Random } from '../../random/index.ts'
import { kMeans, seedCenters } from '../../streaming/index.ts'

export interface CodeOptions {
  /** Values a source is cut into, at most. Default 20. */
  clusters?: number
  /** Leading components kept before clustering. Default 5. */
  components?: number
  seed: number
}

/**
 * Vectors [rows, width] as codes of their cluster: each scaled to length 1, projected to the leading principal components,
 * and k-means from centres drawn far apart. Numbers (width 1) are clustered as they are; where there are no more distinct
 * vectors than clusters, each is its own.
 *
 * @returns the code of each row, and how many codes there are
 */
export function clusterCodes(
  values: Float64Array,
  width: number,
  { clusters = 20, components = 5, seed }: CodeOptions,
): { codes: Int32Array; count: number } {
  const rows = values.length / width
  const distinct = distinctCodes(values, width, clusters)
  if (distinct) return distinct
  const points = width === 1 ? values : unitRows(values, width)
  const kept = Math.min(components, width)
  const projected = Float32Array.from(width > kept ? leading(points, width, kept) : points)
  const start = seedCenters(projected, kept, Math.min(clusters, rows), new Random(seed, 'clusters'))
  return compacted(kMeans(projected, kept, start).assignment)
}

function distinctCodes(values: Float64Array, width: number, most: number) {
  const known = new Map<string, number>()
  const codes = new Int32Array(values.length / width)
  for (let row = 0; row < codes.length; row++) {
    const key = values.subarray(row * width, (row + 1) * width).join()
    if (!known.has(key)) known.set(key, known.size)
    if (known.size > most) return undefined
    codes[row] = known.get(key)!
  }
  return { codes, count: known.size }
}

/** Codes without gaps: a cluster may be left without a row. */
function compacted(assignment: Int32Array): { codes: Int32Array; count: number } {
  const used = [...new Set(assignment)].sort((a, b) => a - b)
  const place = new Map(used.map((cluster, code) => [cluster, code]))
  return { codes: assignment.map(cluster => place.get(cluster)!), count: used.length }
}

function unitRows(values: Float64Array, width: number): Float64Array {
  const scaled = Float64Array.from(values)
  for (let start = 0; start < scaled.length; start += width) {
    const row = scaled.subarray(start, start + width)
    const length = Math.hypot(...row)
    if (length > 0) row.forEach((value, i) => (row[i] = value / length))
  }
  return scaled
}

/** Projections of the rows, centred, on the eigenvectors of the greatest variances. */
function leading(values: Float64Array, width: number, kept: number): Float64Array {
  const rows = values.length / width
  const means = new Float64Array(width)
  values.forEach((value, i) => (means[i % width]! += value / rows))
  const centred = dense(
    rows,
    width,
    values.map((value, i) => value - means[i % width]!),
  )
  const { vectors } = symmetricEigen(multiply(transposed(centred), centred))
  const directions = dense(width, kept)
  for (let i = 0; i < width; i++)
    for (let k = 0; k < kept; k++) directions.data[i * kept + k] = vectors.data[i * width + (width - 1 - k)]!
  return multiply(centred, directions).data
}
