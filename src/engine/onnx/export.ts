import { InterplayError } from '../../errors/index.ts'
import type { Dimension, Shape } from '../dimension.ts'
import type { DataType, HostTensor } from '../dtype.ts'
import { topologicalOrder } from '../gradient.ts'
import { constantValue, type Attribute, type Node, type Tensor, type Written } from '../tensor.ts'
import type {
  Attribute as OnnxAttribute,
  OnnxDimension,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxTensor,
  ValueInfo,
} from './codec/types.ts'

/** The operator set of every graph written here. */
export const opset = 21

export interface GraphSource {
  name: string
  /** What the graph answers, by name. */
  outputs: Readonly<Record<string, Tensor>>
  /**
   * Says what a leaf becomes: a graph input, an initialiser, or a part of either (`define` adds the nodes that cut it
   * out and returns the value's name).
   */
  leaf(tensor: Tensor, graph: GraphWriter): string
  /** Only operators of the standard domains, for files that leave this process. */
  standard?: boolean
  /**
   * Tells the runtime the shape of every value, extents spelled so. Without it a symbol is lost where a shape changes, and
   * a value of unknown shape neither reuses memory nor leaves any: the runtime searches all that was freed for each.
   */
  spell?: (extent: Dimension) => OnnxDimension
  /** Names of leaves to come, which nothing else may take. */
  reserved?: Iterable<string>
}

/** Collects the parts of an ONNX graph. */
export class GraphWriter {
  readonly nodes: OnnxNode[] = []
  readonly initializers: OnnxTensor[] = []
  readonly inputs: ValueInfo[] = []
  /** Types of values that nodes write. */
  readonly values: ValueInfo[] = []
  /** Values that are outputs of the graph, and the name each has there: its node writes it under that name. */
  readonly wanted = new Map<Tensor, string>()
  private counter = 0
  private readonly scalars = new Map<string, string>()
  private readonly reserved: ReadonlySet<string>

  constructor(reserved: Iterable<string> = []) {
    this.reserved = new Set(reserved)
  }

  fresh(prefix: string): string {
    const name = `${prefix}_${this.counter++}`
    return this.reserved.has(name) ? this.fresh(prefix) : name
  }

  input(name: string, dtype: DataType, shape: Shape): string {
    this.inputs.push({ name, dtype, shape: [...shape] })
    return name
  }

  initializer(name: string, value: HostTensor): string {
    this.initializers.push({ name, dtype: value.dtype, dims: value.dims, data: value.data } as OnnxTensor)
    return name
  }

  /** A constant under a fresh name; short ones that repeat are written once. */
  constant(value: HostTensor): string {
    if (value.data.length > 16) return this.initializer(this.fresh('constant'), value)
    const spelled = Array.from<number | bigint, string>(value.data, each => (Object.is(each, -0) ? '-0' : String(each)))
    const key = `${value.dtype} ${value.dims} ${spelled.join(' ')}`
    const known = this.scalars.get(key)
    if (known) return known
    const name = this.initializer(this.fresh('constant'), value)
    this.scalars.set(key, name)
    return name
  }

  node(
    op: string,
    domain: string,
    inputs: readonly string[],
    attributes: Record<string, OnnxAttribute>,
    outputs: readonly string[],
  ): void {
    this.nodes.push({ name: this.fresh(op), op, domain, inputs, outputs, attributes })
  }
}

/** Writes what `outputs` reach as an ONNX graph. */
export function exportGraph(source: GraphSource): OnnxGraph {
  const writer = new GraphWriter([...Object.keys(source.outputs), ...(source.reserved ?? [])])
  const names = new Map<Tensor, string>()
  for (const [name, tensor] of Object.entries(source.outputs)) writer.wanted.set(tensor, name)
  emitAll(Object.values(source.outputs), writer, names, source)
  const outputs = Object.entries(source.outputs).map(([name, tensor]): ValueInfo => {
    if (names.get(tensor) !== name) writer.node('Identity', '', [names.get(tensor)!], {}, [name])
    return { name, dtype: tensor.dtype, shape: [...tensor.shape] }
  })
  const { nodes, initializers, inputs, values } = writer
  return { name: source.name, nodes, initializers, inputs, outputs, values }
}

function emitAll(
  outputs: readonly Tensor[],
  writer: GraphWriter,
  names: Map<Tensor, string>,
  source: GraphSource,
): void {
  const open = outputs.filter(output => !names.has(output))
  for (const node of topologicalOrder(open, valueInputs)) emit(node, writer, names, source)
  for (const output of outputs) nameOf(output, writer, names, source)
}

/** What a node's value needs: a transparent node is its first input, whatever its gradient reads beside that. */
export function valueInputs(node: Node): readonly (Tensor | undefined)[] {
  if (node.operator.leaf) return []
  return node.operator.transparent ? node.inputs.slice(0, 1) : written(node).inputs
}

const forms = new WeakMap<Node, Written>()

/** How ONNX has a node; decided once, since the form may have nodes of its own. */
function written(node: Node): Written {
  if (!node.operator.written) return node
  const form = forms.get(node) ?? node.operator.written(node)
  forms.set(node, form)
  return form
}

/** Leaves are named when they are first read, so that unused ones leave no trace. */
function nameOf(tensor: Tensor, writer: GraphWriter, names: Map<Tensor, string>, source: GraphSource): string {
  const known = names.get(tensor)
  if (known !== undefined) return known
  if (!tensor.node.operator.leaf)
    throw new InterplayError('internal/export', `${tensor} was read before it was written`)
  const value = constantValue(tensor)
  const name = value ? writer.constant(value) : source.leaf(tensor, writer)
  names.set(tensor, name)
  return name
}

function emit(node: Node, writer: GraphWriter, names: Map<Tensor, string>, source: GraphSource): void {
  const { operator } = node
  if (operator.leaf || names.has(node.outputs[0]!)) return
  if (operator.transparent) {
    names.set(node.outputs[0]!, nameOf(node.inputs[0]!, writer, names, source))
    return
  }
  const lowered = source.standard ? operator.standard?.(node) : operator.faster?.(node)
  if (lowered) {
    emitAll(lowered, writer, names, source)
    lowered.forEach((tensor, i) => names.set(node.outputs[i]!, names.get(tensor)!))
    return
  }
  const read = valueInputs(node).map(input => (input ? nameOf(input, writer, names, source) : ''))
  const inputs = read.slice(0, read.length - (operator.captures?.(node) ?? 0))
  const outputs = node.outputs.map(output => {
    const name = writer.wanted.get(output) ?? writer.fresh(operator.name)
    names.set(output, name)
    if (source.spell && !writer.wanted.has(output)) {
      writer.values.push({ name, dtype: output.dtype, shape: output.shape.map(source.spell) })
    }
    return name
  })
  const attributes = Object.fromEntries(
    Object.entries(written(node).attributes).map(([name, attribute]) => [
      name,
      attributeOf(attribute, writer, names, source),
    ]),
  )
  writer.node(operator.name, operator.domain ?? '', inputs, attributes, outputs)
}

function attributeOf(
  attribute: Attribute,
  writer: GraphWriter,
  names: Map<Tensor, string>,
  source: GraphSource,
): OnnxAttribute {
  if (attribute.type === 'tensor') {
    const { dtype, dims, data } = attribute.value
    return { type: 'tensor', value: { name: '', dtype, dims, data } as OnnxTensor }
  }
  if (attribute.type !== 'graph') return attribute
  return { type: 'graph', value: subgraphOf(attribute.value.inputs, attribute.value.outputs, writer, names, source) }
}

/** A body whose nodes may read values of the graph around it. */
function subgraphOf(
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
  writer: GraphWriter,
  outer: Map<Tensor, string>,
  source: GraphSource,
): OnnxGraph {
  const body = new BodyWriter(writer)
  const names = new Map(outer)
  for (const input of inputs) names.set(input, body.input(body.fresh('body'), input.dtype, input.shape))
  emitAll(outputs, body, names, { ...source, spell: undefined, leaf: tensor => source.leaf(tensor, writer) })
  const answered = outputs.map((output): ValueInfo => {
    const name = body.fresh('answer')
    body.node('Identity', '', [names.get(output)!], {}, [name])
    return { name, dtype: output.dtype, shape: [...output.shape] }
  })
  return {
    name: body.fresh('graph'),
    nodes: body.nodes,
    initializers: body.initializers,
    inputs: body.inputs,
    outputs: answered,
  }
}

/** Shares the outer graph's numbering, so that names are unique across bodies. */
class BodyWriter extends GraphWriter {
  constructor(private readonly outer: GraphWriter) {
    super()
  }

  override fresh(prefix: string): string {
    return this.outer.fresh(prefix)
  }
}

const usesRuntimeDomain = ({ nodes }: OnnxGraph): boolean =>
  nodes.some(
    ({ domain, attributes }) =>
      domain === 'com.microsoft' ||
      Object.values(attributes).some(each => each.type === 'graph' && usesRuntimeDomain(each.value)),
  )

/** An ONNX model around a graph. */
export function modelOf(graph: OnnxGraph, metadata: Record<string, string> = {}): OnnxModel {
  const foreign = usesRuntimeDomain(graph)
  return {
    irVersion: 10,
    opset: foreign ? { '': opset, 'com.microsoft': 1 } : { '': opset },
    producer: { name: 'interplay', version: '' },
    metadata,
    graph,
    functions: [],
  }
}
