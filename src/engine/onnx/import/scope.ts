import type { Attribute, OnnxNode } from '../codec.ts'
import type { Value } from './value.ts'
import { bodies } from './weights.ts'

/** Values by name, in a graph and the graphs around it. */
export class Scope {
  readonly values = new Map<string, Value>()
  readonly producers = new Map<string, OnnxNode>()
  /** Written by nodes that are not read here. */
  readonly lost = new Set<string>()
  readonly reads: ReadonlySet<string>

  constructor(
    nodes: readonly OnnxNode[],
    outputs: readonly string[],
    readonly outer?: Scope,
  ) {
    this.reads = new Set([...outputs, ...nodes.flatMap(inputsOf)])
  }

  find<T>(look: (scope: Scope) => T | undefined): T | undefined {
    return look(this) ?? this.outer?.find(look)
  }

  isLost(name: string): boolean {
    return !this.values.has(name) && (this.lost.has(name) || (this.outer?.isLost(name) ?? false))
  }
}

/** What a node reads, inside its bodies too. */
export const inputsOf = (node: OnnxNode): string[] => [
  ...node.inputs,
  ...bodies(node).flatMap(({ nodes, outputs }) => [...nodes.flatMap(inputsOf), ...outputs.map(({ name }) => name)]),
]

/** A function's node with its references to attributes of the call replaced. */
export function filled(node: OnnxNode, given: Readonly<Record<string, Attribute>>): OnnxNode {
  const attributes = Object.entries(node.attributes).flatMap(([name, attribute]): [string, Attribute][] => {
    if (attribute.type === 'reference') {
      return Object.hasOwn(given, attribute.value) ? [[name, given[attribute.value]!]] : []
    }
    if (attribute.type !== 'graph') return [[name, attribute]]
    const graph = attribute.value
    return [[name, { type: 'graph', value: { ...graph, nodes: graph.nodes.map(each => filled(each, given)) } }]]
  })
  return { ...node, attributes: Object.fromEntries(attributes) }
}

/** The nodes that `outputs` depend on, in the file's order. */
export function reached(nodes: readonly OnnxNode[], outputs: readonly string[]): OnnxNode[] {
  const wanted = new Set(outputs)
  const kept: OnnxNode[] = []
  for (const node of [...nodes].reverse()) {
    if (!node.outputs.some(name => wanted.has(name))) continue
    for (const name of inputsOf(node)) wanted.add(name)
    kept.push(node)
  }
  return kept.reverse()
}
