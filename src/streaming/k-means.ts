import type { Random } from '../random/index.ts'

export interface Clusters {
  /** [clusters, width] */
  centers: Float64Array
  /** The cluster of each point. */
  assignment: Int32Array
  /** Rounds until no point moved, or as many as were allowed. */
  rounds: number
}

/** Centres drawn far apart: each point with probability proportional to its squared distance (k-means++, 2007). */
export function seedCenters(points: Float32Array, width: number, clusters: number, random: Random): Float64Array {
  const count = points.length / width
  const centers = new Float64Array(clusters * width)
  const nearest = new Float64Array(count).fill(Infinity)
  let chosen = random.integer(count)
  for (let k = 0; k < clusters; k++) {
    centers.set(points.subarray(chosen * width, (chosen + 1) * width), k * width)
    let total = 0
    for (let i = 0; i < count; i++) {
      nearest[i] = Math.min(nearest[i]!, squaredDistance(points, i * width, centers, k * width, width))
      total += nearest[i]!
    }
    let left = random.uniform() * total
    chosen = 0
    while (chosen < count - 1 && (left -= nearest[chosen]!) >= 0) chosen++
  }
  return centers
}

/**
 * Lloyd's rounds from centres that are given, so that what was found before can be gone on with; an empty cluster starts
 * anew at the point that lies farthest from its centre.
 */
export function kMeans(points: Float32Array, width: number, start: Float64Array, rounds = 100): Clusters {
  const count = points.length / width
  const clusters = start.length / width
  const centers = Float64Array.from(start)
  const assignment = new Int32Array(count).fill(-1)
  const sizes = new Int32Array(clusters)
  let round = 0
  while (round < rounds) {
    round++
    let moved = false
    let [farthest, reach] = [0, -1]
    for (let i = 0; i < count; i++) {
      let [best, least] = [0, Infinity]
      for (let k = 0; k < clusters; k++) {
        const distance = squaredDistance(points, i * width, centers, k * width, width)
        if (distance < least) [best, least] = [k, distance]
      }
      if (least > reach) [farthest, reach] = [i, least]
      moved ||= assignment[i] !== best
      assignment[i] = best
    }
    if (!moved) break
    sizes.fill(0)
    centers.fill(0)
    for (let i = 0; i < count; i++) {
      const k = assignment[i]!
      sizes[k]!++
      for (let j = 0; j < width; j++) centers[k * width + j]! += points[i * width + j]!
    }
    for (let k = 0; k < clusters; k++) {
      if (sizes[k] === 0) centers.set(points.subarray(farthest * width, (farthest + 1) * width), k * width)
      else for (let j = 0; j < width; j++) centers[k * width + j]! /= sizes[k]!
    }
  }
  return { centers, assignment, rounds: round }
}

function squaredDistance(a: Float32Array, at: number, b: Float64Array, from: number, width: number): number {
  let sum = 0
  for (let j = 0; j < width; j++) sum += (a[at + j]! - b[from + j]!) ** 2
  return sum
}

/** V_j = sum over clusters of (n_k / n) Var_k(feature j): what of each feature's variance the clusters leave. */
export function varianceWithin(points: Float32Array, width: number, { centers, assignment }: Clusters): Float64Array {
  const within = new Float64Array(width)
  assignment.forEach((k, i) => {
    for (let j = 0; j < width; j++) within[j]! += (points[i * width + j]! - centers[k * width + j]!) ** 2
  })
  return within.map(sum => sum / assignment.length)
}
