import { InterplayError } from '../../errors/index.ts'
import type { Attribute, OnnxFunction, OnnxGraph, OnnxModel, OnnxNode } from './codec.ts'
import { elementwise } from './versions/elementwise.ts'
import { normalization } from './versions/normalization.ts'
import { resizing } from './versions/resize.ts'
import { shape } from './versions/shape.ts'
import { NodeWriter, type Conversion, type KnownValue, type Surroundings } from './versions/writer.ts'

/** The operator set of every graph of the engine. */
export const engineOpset = 21
const oldest = 6
const newest = 26

const conversions = new Map<string, Conversion>(
  Object.entries({ ...elementwise, ...shape, ...normalization, ...resizing }),
)

/**
 * The model with its default-domain operators of opsets 6 to 26 rewritten in those of 21, subgraphs and functions
 * included. Operators that came after 21 and have no form in it stay, for the caller to take or refuse; with `keep` those
 * of before 21 stay too, their form joined to their name, so that nobody takes them for the operator.
 *
 * @throws InterplayError `onnx/operators` naming what has no form in opset 21, `onnx/opset` outside 6 to 26.
 */
export function convertModel(model: OnnxModel, file = 'model.onnx', { keep = false } = {}): OnnxModel {
  const from = opsetOf(model.opset, file)
  const walk = new Walk(model, file, keep)
  const converted = {
    ...model,
    opset: { ...model.opset, '': engineOpset },
    graph: from === engineOpset ? model.graph : walk.graph(model.graph, from, new Map()),
    functions: model.functions.map(body => walk.function(body)),
  }
  walk.finish()
  return converted
}

/** The error that names operators, and forms of them, that are not read: each with how many there are. */
export function unreadOperators(file: string, counts: ReadonlyMap<string, number>): InterplayError {
  const listed = [...counts].map(([what, count]) => `${what} (${count})`)
  const noun = listed.length === 1 ? 'operator' : 'operators'
  const message = `'${file}' uses ${listed.length} ${noun} not read here: ${listed.join(', ')}`
  const open = listed.some(what => /open extent|only when it runs/.test(what))
  return new InterplayError('onnx/operators', message, {
    ...(open && { try: `importOnnx('${file}', { shapes }) with numbers for the inputs' extents` }),
    details: { operators: Object.fromEntries(counts) },
  })
}

/** One node of opset `from` in the operators of opset 21, or a phrase that says which form of it has none there. */
export function convertNode(node: OnnxNode, from: number, surroundings: Surroundings): OnnxNode[] | string {
  const conversion = node.domain === '' && from !== engineOpset ? conversions.get(node.op) : undefined
  if (!conversion) return [node]
  const writer = new NodeWriter(node, surroundings)
  const refusal = conversion(node, from, writer)
  if (refusal !== undefined) return refusal
  if (writer.nodes.length === 0) return [node]
  const refers = Object.values(node.attributes).some(({ type }) => type === 'reference')
  return refers ? `of opset ${from} with attributes of a function` : writer.nodes
}

function opsetOf(opset: Readonly<Record<string, number>>, file: string): number {
  const version = opset[''] ?? engineOpset
  if (version >= oldest && version <= newest) return version
  throw new InterplayError('onnx/opset', `'${file}' is of opset ${version}, read are ${oldest} to ${newest}`)
}

type Scope = ReadonlyMap<string, KnownValue>

class Walk {
  private readonly names = new Set<string>()
  private readonly refused = new Map<string, number>()

  constructor(
    model: OnnxModel,
    private readonly file: string,
    private readonly keep: boolean,
  ) {
    this.reserve(model.graph)
    for (const body of model.functions) this.reserveNodes(body.nodes, body.inputs)
  }

  /** @throws InterplayError when a node was refused. */
  finish(): void {
    if (this.refused.size > 0) throw unreadOperators(this.file, this.refused)
  }

  graph(graph: OnnxGraph, from: number, outer: Scope): OnnxGraph {
    const scope = new Map(outer)
    for (const { name, dtype, shape: dims } of graph.inputs) scope.set(name, { dtype, rank: dims?.length })
    for (const tensor of graph.initializers) {
      scope.set(tensor.name, { dtype: tensor.dtype, rank: tensor.dims.length, constant: tensor })
    }
    return { ...graph, nodes: this.nodes(graph.nodes, from, scope) }
  }

  function(body: OnnxFunction): OnnxFunction {
    const from = opsetOf(body.opset, this.file)
    if (from === engineOpset) return body
    return { ...body, opset: { ...body.opset, '': engineOpset }, nodes: this.nodes(body.nodes, from, new Map()) }
  }

  private nodes(nodes: readonly OnnxNode[], from: number, scope: Map<string, KnownValue>): OnnxNode[] {
    const surroundings: Surroundings = { known: name => scope.get(name), fresh: hint => this.fresh(hint) }
    return nodes.flatMap(original => {
      const node = this.inside(original, from, scope)
      const constant = node.op === 'Constant' && node.domain === '' ? node.attributes.value : undefined
      if (constant?.type === 'tensor') {
        const { value } = constant
        scope.set(node.outputs[0]!, { dtype: value.dtype, rank: value.dims.length, constant: value })
      }
      const converted = convertNode(node, from, surroundings)
      if (typeof converted !== 'string') return converted
      const what = `${node.op} ${converted}`
      if (this.keep) return [{ ...node, op: what, attributes: {} }]
      this.refused.set(what, (this.refused.get(what) ?? 0) + 1)
      return []
    })
  }

  /** The node with the graphs in its attributes converted. */
  private inside(node: OnnxNode, from: number, scope: Scope): OnnxNode {
    const graphs = Object.entries(node.attributes).filter(([, { type }]) => type === 'graph')
    if (graphs.length === 0) return node
    const converted = graphs.map(([name, attribute]): [string, Attribute] => {
      const value = this.graph(attribute.value as OnnxGraph, from, scope)
      return [name, { type: 'graph', value }]
    })
    return { ...node, attributes: { ...node.attributes, ...Object.fromEntries(converted) } }
  }

  private fresh(hint: string): string {
    let name = hint
    for (let i = 2; this.names.has(name); i++) name = `${hint}.${i}`
    this.names.add(name)
    return name
  }

  private reserve(graph: OnnxGraph): void {
    const values = [...graph.inputs, ...graph.initializers, ...graph.outputs]
    this.reserveNodes(
      graph.nodes,
      values.map(({ name }) => name),
    )
  }

  private reserveNodes(nodes: readonly OnnxNode[], names: readonly string[]): void {
    for (const name of names) this.names.add(name)
    for (const { outputs, attributes } of nodes) {
      for (const name of outputs) this.names.add(name)
      for (const attribute of Object.values(attributes)) if (attribute.type === 'graph') this.reserve(attribute.value)
    }
  }
}
