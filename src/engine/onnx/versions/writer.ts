import type { Attribute, OnnxNode, OnnxTensor, OnnxType } from '../codec.ts'

/** What is known of a value before shapes are inferred. */
export interface KnownValue {
  dtype?: OnnxType
  rank?: number
  /** Its contents, where it is a constant of the file. */
  constant?: OnnxTensor
}

/** What a conversion may ask of the graph around its node. */
export interface Surroundings {
  /** Undefined when nothing is known. */
  known(name: string): KnownValue | undefined
  /** A value name that the model does not use yet. */
  fresh(hint: string): string
}

/** Collects the nodes that take the place of one node. The one that carries its meaning keeps its name. */
export class NodeWriter {
  readonly nodes: OnnxNode[] = []

  constructor(
    private readonly replaced: OnnxNode,
    private readonly surroundings: Surroundings,
  ) {}

  known(name: string): KnownValue {
    return this.surroundings.known(name) ?? {}
  }

  /** The node itself under other inputs and attributes. */
  replace(changes: Partial<Pick<OnnxNode, 'op' | 'inputs' | 'outputs' | 'attributes'>>): void {
    this.nodes.push({ ...this.replaced, ...changes })
  }

  fresh(hint: string): string {
    return this.surroundings.fresh(`${this.replaced.outputs.find(Boolean) ?? this.replaced.name}/${hint}`)
  }

  /** A helper node with one output, whose name is returned. */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Record<string, Attribute> = {},
    output: string = this.fresh(op),
  ): string {
    this.nodes.push({ name: output, op, domain: '', inputs, outputs: [output], attributes })
    return output
  }

  constant(tensor: Omit<OnnxTensor, 'name'>): string {
    return this.node('Constant', [], { value: { type: 'tensor', value: { name: '', ...tensor } } })
  }

  ints(values: readonly number[]): string {
    return this.constant({ dtype: 'int64', dims: [values.length], data: BigInt64Array.from(values, BigInt) })
  }

  /** A scalar of another value's type. */
  scalarLike(value: number, like: string): string {
    const scalar = this.constant({ dtype: 'float32', dims: [], data: Float32Array.of(value) })
    return this.known(like).dtype === 'float32' ? scalar : this.node('CastLike', [scalar, like])
  }

  /** [1, 1, ...], as many as the scalar tensor `count` says, as a shape. */
  ones(count: string): string {
    return this.node('ConstantOfShape', [count], {
      value: { type: 'tensor', value: { name: '', dtype: 'int64', dims: [1], data: BigInt64Array.of(1n) } },
    })
  }

  /** The rank of a value, as a 1-D tensor of one element. */
  rank(name: string): string {
    return this.node('Shape', [this.node('Shape', [name])])
  }
}

/**
 * Rewrites a node of opset `from` in terms of opset 21. Answers with a phrase that
 * names the form when it cannot; a node for which nothing is
 * written stays as it is.
 */
export type Conversion = (node: OnnxNode, from: number, write: NodeWriter) => string | void

/** The node's attributes less some. */
export function without(node: OnnxNode, ...names: string[]): Record<string, Attribute> {
  return Object.fromEntries(Object.entries(node.attributes).filter(([name]) => !names.includes(name)))
}

export function ints(node: OnnxNode, name: string): readonly number[] | undefined {
  const attribute = node.attributes[name]
  return attribute?.type === 'ints' ? attribute.value : undefined
}

export function int(node: OnnxNode, name: string): number | undefined
export function int(node: OnnxNode, name: string, otherwise: number): number
export function int(node: OnnxNode, name: string, otherwise?: number): number | undefined {
  const attribute = node.attributes[name]
  return attribute?.type === 'int' ? attribute.value : otherwise
}

export function float(node: OnnxNode, name: string): number | undefined
export function float(node: OnnxNode, name: string, otherwise: number): number
export function float(node: OnnxNode, name: string, otherwise?: number): number | undefined {
  const attribute = node.attributes[name]
  return attribute?.type === 'float' ? attribute.value : otherwise
}

export function string(node: OnnxNode, name: string, otherwise: string): string {
  const attribute = node.attributes[name]
  return attribute?.type === 'string' ? attribute.value : otherwise
}
