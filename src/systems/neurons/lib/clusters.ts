import type { Dense } from '../../../linear-algebra/index.ts'
import { leiden, modularity, type WeightedEdge } from '../../../lenses/network/index.ts'
import type { Basis } from './directions.ts'

export interface Clusters {
  /** A cluster number for each direction, by layer; the constant's directions stand alone. */
  of: Int32Array[]
  modularity: number
}

/**
 * Groups of directions that act on each other: Leiden over the layered graph with weights log10(E / smallest edge kept),
 * nothing below that (appendix on modularity). `smallest` is by section.
 */
export function clustersOf(
  bases: readonly Basis[],
  edges: readonly Dense[],
  smallest: readonly number[],
  { resolution, seed }: { resolution: number; seed: number },
): Clusters {
  const starts = bases.map((_, l) => bases.slice(0, l).reduce((sum, { into }) => sum + into.columns, 0))
  const count = starts.at(-1)! + bases.at(-1)!.into.columns
  const links: WeightedEdge[] = []
  edges.forEach(({ rows, columns, data }, l) => {
    const [first, next] = [bases[l]!, bases[l + 1]!].map(({ constant }) => Number(constant))
    for (let i = next!; i < rows; i++) {
      for (let j = first!; j < columns; j++) {
        const weight = Math.log10(data[i * columns + j]! / smallest[l]!)
        if (weight > 0) links.push({ a: starts[l]! + j, b: starts[l + 1]! + i, weight })
      }
    }
  })
  const found = leiden(count, links, { resolution, seed })
  return {
    of: bases.map(({ into }, l) => found.slice(starts[l]!, starts[l]! + into.columns)),
    modularity: modularity(found, links, resolution),
  }
}
