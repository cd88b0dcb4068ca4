import { isFloat, type TypedArray } from '../../dtype.ts'
import { Parameter, type ParameterArray, type ParameterType } from '../../parameter.ts'
import { constant, type Tensor } from '../../tensor.ts'
import type { Attribute, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor } from '../codec.ts'
import { corrupt } from '../limits.ts'
import { hostTensor } from './reading.ts'

/** Inputs that configure an operator: bounds, scales, ratios. What only they read is no parameter. */
const configuring: ReadonlyMap<string, readonly number[]> = new Map([
  ['Clip', [1, 2]],
  ['Dropout', [1, 2]],
  ['OneHot', [2]],
  ['Pad', [2]],
  ['Pow', [1]],
  ['Range', [0, 1, 2]],
  ['Resize', [1, 2, 3]],
])

/**
 * The initialisers of a file: floating ones of rank 1 and more are parameters under their names, the rest are constants,
 * as are numbers that only configure operators.
 */
export class Weights {
  readonly parameters = new Map<string, Parameter>()
  private readonly tensors = new Map<OnnxTensor, Tensor>()
  private readonly uses = new Map<string, OnnxUse[]>()
  /** How many graphs have a parameter of a name. */
  private readonly namesakes = new Map<string, number>()

  /**
   * @param frozen says which further initialisers are constants.
   * @throws InterplayError `onnx/corrupt` for two initialisers of one name.
   */
  constructor(
    model: OnnxModel,
    private readonly file: string,
    frozen: (name: string) => boolean,
  ) {
    this.count(model.graph)
    for (const { nodes } of model.functions) this.countNodes(nodes)
    this.collect(model.graph, frozen)
  }

  /** The tensor of an initialiser. */
  tensor(initializer: OnnxTensor): Tensor {
    const known = this.tensors.get(initializer)
    if (known) return known
    const { data, dims, dtype } = hostTensor(initializer)
    const made = constant(data, dims, dtype)
    this.tensors.set(initializer, made)
    return made
  }

  private collect({ initializers, nodes }: OnnxGraph, frozen: (name: string) => boolean): void {
    const names = new Set<string>()
    for (const each of initializers) {
      if (names.has(each.name)) throw corrupt(this.file, `it has two initialisers '${each.name}'`)
      names.add(each.name)
      if (this.isParameter(each) && !frozen(each.name)) this.add(each)
    }
    for (const graph of nodes.flatMap(bodies)) this.collect(graph, frozen)
  }

  private add(initializer: OnnxTensor): void {
    const { data, dims, dtype } = hostTensor(initializer)
    const path = this.pathFor(initializer.name)
    const uses = this.uses.get(initializer.name) ?? []
    const role = uses.some(isStatistic) ? 'buffer' : uses.some(isTable) ? 'embedding' : 'network'
    const copy = (values: ParameterArray) => values.set(data as ParameterArray)
    const parameter = new Parameter(dims, copy, { role, dtype: dtype as ParameterType })
    this.parameters.set(path, parameter)
    this.tensors.set(initializer, parameter)
  }

  /** The name, numbered where another graph of the file has it too. */
  private pathFor(name: string): string {
    let count = (this.namesakes.get(name) ?? 0) + 1
    let path = count === 1 ? name : `${name}.${count}`
    while (this.parameters.has(path)) path = `${name}.${++count}`
    this.namesakes.set(name, count)
    return path
  }

  private isParameter({ name, dims, dtype, data }: OnnxTensor): boolean {
    const float = dtype === 'bfloat16' || (dtype.startsWith('float') && isFloat(dtype as ParameterType))
    if (!float || dims.length === 0 || (data as TypedArray).length === 0) return false
    const uses = this.uses.get(name) ?? []
    return uses.length > 0 && !uses.every(({ op, index }) => configuring.get(op)?.includes(index))
  }

  private count({ nodes }: OnnxGraph): void {
    this.countNodes(nodes)
  }

  private countNodes(nodes: readonly OnnxNode[]): void {
    for (const node of nodes) {
      node.inputs.forEach((name, index) => {
        const uses = this.uses.get(name)
        if (uses) uses.push({ op: node.op, index })
        else this.uses.set(name, [{ op: node.op, index }])
      })
      for (const graph of bodies(node)) this.count(graph)
    }
  }
}

/** Inputs that only weights go to: what a file has there is a weight, also where it is written as a Constant node. */
const weighing: ReadonlyMap<string, readonly number[]> = new Map([
  ['Conv', [1, 2]],
  ['ConvTranspose', [1, 2]],
  ['Gemm', [1, 2]],
  ['MatMul', [0, 1]],
  ['BatchNormalization', [1, 2, 3, 4]],
  ['LayerNormalization', [1, 2]],
  ['Gather', [0]],
  ['LSTM', [1, 2, 3]],
  ['GRU', [1, 2, 3]],
])

/** The model with weights that its exporter wrote as Constant nodes among its initialisers, in bodies too. */
export function withWeightsAsInitializers(model: OnnxModel): OnnxModel {
  const weights = new Set<string>()
  const collect = (nodes: readonly OnnxNode[]): void => {
    for (const node of nodes) {
      for (const index of weighing.get(node.op) ?? []) if (node.inputs[index]) weights.add(node.inputs[index])
      for (const graph of bodies(node)) collect(graph.nodes)
    }
  }
  collect(model.graph.nodes)
  return { ...model, graph: withMoved(model.graph, weights) }
}

function withMoved(graph: OnnxGraph, weights: ReadonlySet<string>): OnnxGraph {
  const moved: OnnxTensor[] = []
  const nodes = graph.nodes.flatMap((node): OnnxNode[] => {
    const weight = weightIn(node, weights)
    if (!weight) return [bodies(node).length === 0 ? node : withBodies(node, body => withMoved(body, weights))]
    moved.push(weight)
    return []
  })
  return { ...graph, nodes, initializers: [...graph.initializers, ...moved] }
}

/** The floating tensor of a Constant node that weights are read from. */
function weightIn({ op, domain, attributes, outputs }: OnnxNode, weights: ReadonlySet<string>): OnnxTensor | undefined {
  const [name] = outputs
  const { value } = attributes
  if (op !== 'Constant' || domain !== '' || value?.type !== 'tensor' || !name || !weights.has(name)) return undefined
  return value.value.dtype.includes('float') ? { ...value.value, name } : undefined
}

function withBodies(node: OnnxNode, change: (graph: OnnxGraph) => OnnxGraph): OnnxNode {
  const attributes = Object.entries(node.attributes).map(([name, each]): [string, Attribute] => [
    name,
    each.type === 'graph' ? { type: 'graph', value: change(each.value) } : each,
  ])
  return { ...node, attributes: Object.fromEntries(attributes) }
}

interface OnnxUse {
  op: string
  index: number
}

const isStatistic = ({ op, index }: OnnxUse): boolean => op === 'BatchNormalization' && index >= 3
const isTable = ({ op, index }: OnnxUse): boolean => op === 'Gather' && index === 0

/** Graphs inside a node. */
export function bodies({ attributes }: OnnxNode): OnnxGraph[] {
  return Object.values(attributes).flatMap(attribute => (attribute.type === 'graph' ? [attribute.value] : []))
}
