import { Random } from '../../random/index.ts'

/** An edge of an undirected graph; several between the same nodes add up. */
export interface WeightedEdge {
  a: number
  b: number
  /** Positive. */
  weight: number
}

export interface LeidenOptions {
  /** Larger ones give smaller clusters. Default 1. */
  resolution?: number
  /** Passes over the whole. Default 10. */
  iterations?: number
  seed: number
}

interface Aggregate {
  neighbours: readonly ReadonlyMap<number, number>[]
  /** Sum of weights at a node, loops twice. */
  strength: Float64Array
}

/**
 * Clusters by modularity (Traag, Waltman and van Eck 2019): nodes move to the best neighbouring cluster, each cluster is
 * refined into connected parts, the parts become the nodes of the next pass. Returns a cluster number a node, 0 for the
 * largest.
 */
export function leiden(
  nodes: number,
  edges: readonly WeightedEdge[],
  { resolution = 1, iterations = 10, seed }: LeidenOptions,
): Int32Array {
  const random = new Random(seed, 'leiden')
  const total = edges.reduce((sum, { weight }) => sum + weight, 0)
  const start = aggregateOf(nodes, edges)
  let clusters = Int32Array.from({ length: nodes }, (_, node) => node)
  if (total === 0) return renumbered(clusters)
  for (let iteration = 0; iteration < iterations; iteration++) {
    const before = clusters.slice()
    let graph = start
    let whole: Int32Array = Int32Array.from({ length: nodes }, (_, node) => node)
    let part = clusters.slice()
    for (;;) {
      moveNodes(graph, part, resolution, total, random)
      const refined = refine(graph, part, resolution, total, random)
      const count = Math.max(...refined) + 1
      clusters = Int32Array.from(whole, node => part[node]!)
      if (count === graph.strength.length) break
      const next = new Int32Array(count)
      refined.forEach((fine, node) => (next[fine] = part[node]!))
      whole = Int32Array.from(whole, node => refined[node]!)
      graph = merged(graph, refined, count)
      part = next
    }
    if (clusters.every((cluster, node) => cluster === before[node])) break
  }
  return renumbered(clusters)
}

/** Newman's modularity of a clustering, in [-1, 1]. */
export function modularity(clusters: Int32Array, edges: readonly WeightedEdge[], resolution = 1): number {
  const { strength } = aggregateOf(clusters.length, edges)
  const twice = strength.reduce((sum, value) => sum + value, 0)
  if (twice === 0) return 0
  const inside = edges.reduce((sum, { a, b, weight }) => sum + (clusters[a] === clusters[b] ? 2 * weight : 0), 0)
  const sums = new Map<number, number>()
  clusters.forEach((cluster, node) => sums.set(cluster, (sums.get(cluster) ?? 0) + strength[node]!))
  const expected = [...sums.values()].reduce((sum, value) => sum + (value / twice) ** 2, 0)
  return inside / twice - resolution * expected
}

function aggregateOf(nodes: number, edges: readonly WeightedEdge[]): Aggregate {
  const neighbours = Array.from({ length: nodes }, () => new Map<number, number>())
  const strength = new Float64Array(nodes)
  for (const { a, b, weight } of edges) {
    strength[a]! += weight
    strength[b]! += weight
    if (a === b) continue
    neighbours[a]!.set(b, (neighbours[a]!.get(b) ?? 0) + weight)
    neighbours[b]!.set(a, (neighbours[b]!.get(a) ?? 0) + weight)
  }
  return { neighbours, strength }
}

/** What a node gains by being in a cluster: its weight into it, less what chance would give. */
const gain = (weight: number, strength: number, clusterStrength: number, resolution: number, total: number): number =>
  weight - (resolution * strength * clusterStrength) / (2 * total)

/** Fast local moving: whoever's neighbour left looks again. `clusters` is changed in place. */
function moveNodes(
  { neighbours, strength }: Aggregate,
  clusters: Int32Array,
  resolution: number,
  total: number,
  random: Random,
): void {
  const sums = new Map<number, number>()
  clusters.forEach((cluster, node) => sums.set(cluster, (sums.get(cluster) ?? 0) + strength[node]!))
  const queue = [...random.permutation(strength.length)]
  const waiting = new Uint8Array(strength.length).fill(1)
  for (let head = 0; head < queue.length; head++) {
    const node = queue[head]!
    waiting[node] = 0
    const own = clusters[node]!
    sums.set(own, sums.get(own)! - strength[node]!)
    const weights = new Map<number, number>([[own, 0]])
    for (const [other, weight] of neighbours[node]!) {
      const cluster = clusters[other]!
      weights.set(cluster, (weights.get(cluster) ?? 0) + weight)
    }
    let [best, most] = [own, gain(weights.get(own)!, strength[node]!, sums.get(own)!, resolution, total)]
    for (const [cluster, weight] of weights) {
      const value = gain(weight, strength[node]!, sums.get(cluster) ?? 0, resolution, total)
      if (value > most + 1e-12) [best, most] = [cluster, value]
    }
    clusters[node] = best
    sums.set(best, (sums.get(best) ?? 0) + strength[node]!)
    if (best === own) continue
    for (const other of neighbours[node]!.keys()) {
      if (clusters[other] === best || waiting[other]) continue
      waiting[other] = 1
      queue.push(other)
    }
  }
}

/** Parts of each cluster: nodes that still stand alone join a part of their own cluster, where that gains. */
function refine(
  { neighbours, strength }: Aggregate,
  clusters: Int32Array,
  resolution: number,
  total: number,
  random: Random,
): Int32Array {
  const count = strength.length
  const parts = Int32Array.from({ length: count }, (_, node) => node)
  const sums = strength.slice()
  const sizes = new Int32Array(count).fill(1)
  for (const node of random.permutation(count)) {
    if (sizes[parts[node]!] !== 1) continue
    const weights = new Map<number, number>()
    for (const [other, weight] of neighbours[node]!) {
      if (clusters[other] === clusters[node]) weights.set(parts[other]!, (weights.get(parts[other]!) ?? 0) + weight)
    }
    let [best, most] = [parts[node]!, 0]
    for (const [part, weight] of weights) {
      const value = gain(weight, strength[node]!, sums[part]!, resolution, total)
      if (value > most + 1e-12) [best, most] = [part, value]
    }
    if (best === parts[node]) continue
    const own = parts[node]!
    sums[own] = 0
    sizes[own] = 0
    sums[best]! += strength[node]!
    sizes[best]!++
    parts[node] = best
  }
  return numbered(parts)
}

/** Each part as one node. */
function merged({ neighbours, strength }: Aggregate, parts: Int32Array, count: number): Aggregate {
  const next = {
    neighbours: Array.from({ length: count }, () => new Map<number, number>()),
    strength: new Float64Array(count),
  }
  neighbours.forEach((own, node) => {
    const part = parts[node]!
    next.strength[part]! += strength[node]!
    for (const [other, weight] of own) {
      const far = parts[other]!
      if (far !== part) next.neighbours[part]!.set(far, (next.neighbours[part]!.get(far) ?? 0) + weight)
    }
  })
  return next
}

/** Numbers from 0 in the order of first appearance. */
function numbered(labels: Int32Array): Int32Array {
  const known = new Map<number, number>()
  return labels.map(label => {
    if (!known.has(label)) known.set(label, known.size)
    return known.get(label)!
  })
}

/** Numbers from 0, the largest cluster first. */
function renumbered(labels: Int32Array): Int32Array {
  const sizes = new Map<number, number>()
  for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1)
  const order = [...sizes].sort(([, a], [, b]) => b - a).map(([label]) => label)
  const places = new Map(order.map((label, place) => [label, place]))
  return labels.map(label => places.get(label)!)
}
