import { structure } from '../../../lenses/index.ts'

export interface Recovered {
  graphs: number
  /** Edges of the graphs that came out otherwise. */
  wrong: structure.Edge[][]
}

/** Of all graphs on some nodes, those that are not found again when tests answer as separation in two rows of a group does. */
export function recovered(nodes: number, { coParents = true } = {}): Recovered {
  const result: Recovered = { graphs: 0, wrong: [] }
  for (const edges of structure.acyclicGraphs(nodes)) {
    result.graphs++
    const found = structure.deFinettiStructure(nodes, structure.rowOracle(nodes, edges), { coParents })
    const whole = found.unplaced.length === 0 && found.unexplained.length === 0
    if (!whole || structure.normalisedDistance(found.edges, edges) > 0) result.wrong.push(edges)
  }
  return result
}

/** Of the three graphs of two nodes, those whose direction comes out otherwise. */
export function directionsWrong(): number {
  const wanted = { forward: [[0, 1]], backward: [[1, 0]], none: [] } as Record<string, structure.Edge[]>
  return Object.entries(wanted).filter(([edge, edges]) => {
    const found = structure.deFinettiDirection(structure.rowOracle(2, edges))
    return found.edge !== edge || !found.clear || !found.identified
  }).length
}
