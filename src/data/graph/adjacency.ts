import type { Graph } from './graph.ts'

/** A sparse square matrix by entries: row `target`, column `source`, value `weight`. */
export interface Adjacency {
  source: Int32Array
  target: Int32Array
  weight: Float32Array
}

/**
 * D^-1/2 (A + I) D^-1/2 of a graph, D being the row sums of A + I: an edge counts once in each direction however often it
 * is listed, and a node without neighbours keeps itself (Kipf and Welling 2017, equation 2).
 */
export function normalizedAdjacency({ nodes, edges }: Pick<Graph, 'nodes' | 'edges'>): Adjacency {
  const weights = new Map<number, number>()
  const put = (target: number, source: number, weight: number) => weights.set(target * nodes + source, weight)
  edges.source.forEach((source, edge) => {
    const target = edges.target[edge]!
    if (source === target) return
    const weight = edges.weight?.[edge] ?? 1
    put(target, source, weight)
    put(source, target, weight)
  })
  for (let node = 0; node < nodes; node++) put(node, node, 1)
  const entries = [...weights].sort(([a], [b]) => a - b)
  const target = Int32Array.from(entries, ([key]) => Math.floor(key / nodes))
  const source = Int32Array.from(entries, ([key]) => key % nodes)
  const degree = new Float64Array(nodes)
  entries.forEach(([, weight], i) => (degree[target[i]!]! += weight))
  const weight = Float32Array.from(entries, ([, own], i) => own / Math.sqrt(degree[target[i]!]! * degree[source[i]!]!))
  return { source, target, weight }
}
