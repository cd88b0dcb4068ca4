import { InterplayError } from '../../errors/index.ts'
import { checkLabels, type Labels, type Splits } from '../items.ts'

/** Nodes that carry bags of categories or numbers, and edges between them; some nodes may be labelled. */
export interface Graph {
  nodes: number
  /** The nodes as their source calls them; their numbers where left out. */
  names?: readonly string[]
  /** Categories of each node: ids [nodes, slots] below `size`; 0 pads nodes that have fewer. */
  categories?: { ids: Int32Array; slots: number; size: number; values?: readonly string[] }
  /** Numbers of each node: [nodes, width]. */
  numbers?: { values: Float32Array; width: number; names?: readonly string[] }
  /** Ends of each edge; an undirected edge is listed once. */
  edges: { source: Int32Array; target: Int32Array; weight?: Float32Array; directed: boolean }
  labels?: Labels
  splits?: Splits
}

/**
 * Throws where a graph cannot be learned from (`fit`) or answered (`predict`).
 * @throws InterplayError `data/empty`, `data/unknown-node`, `data/unknown-value`, `data/not-finite`, `data/target-missing`, `data/target-constant`
 */
export function checkGraph(graph: Graph, purpose: 'fit' | 'predict'): void {
  const { nodes, categories, numbers, edges } = graph
  if (nodes === 0) throw new InterplayError('data/empty', 'the graph has no nodes')
  const name = (node: number) => `'${graph.names?.[node] ?? node}'`
  for (const [end, list] of Object.entries({ source: edges.source, target: edges.target })) {
    const at = list.findIndex(node => node < 0 || node >= nodes)
    if (at >= 0)
      throw new InterplayError('data/unknown-node', `edge ${at + 1}'s ${end} ${list[at]} is not one of ${nodes} nodes`)
  }
  const stranger = categories?.ids.findIndex(id => id < 0 || id >= categories.size) ?? -1
  if (stranger >= 0) {
    const node = name(Math.floor(stranger / categories!.slots))
    throw new InterplayError(
      'data/unknown-value',
      `node ${node} has category ${categories!.ids[stranger]}, of ${categories!.size} there are`,
    )
  }
  const broken = numbers?.values.findIndex(value => !Number.isFinite(value)) ?? -1
  if (broken >= 0) {
    const field = numbers!.names?.[broken % numbers!.width] ?? `number ${(broken % numbers!.width) + 1}`
    throw new InterplayError(
      'data/not-finite',
      `'${field}' of node ${name(Math.floor(broken / numbers!.width))} is not finite`,
    )
  }
  if (purpose === 'fit') checkLabels(graph.labels, graph.splits, 'nodes')
}
