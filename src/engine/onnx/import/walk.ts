import { InterplayError, isInterplayError } from '../../../errors/index.ts'
import { multiplyDimensions, sidesOf, sizeOf, spellShape, type Dimension } from '../../dimension.ts'
import { bytesPerElement } from '../../dtype.ts'
import { named } from '../../ops/control.ts'
import { Tensor } from '../../tensor.ts'
import { isWatched } from '../../watch.ts'
import type { OnnxFunction, OnnxGraph, OnnxModel, OnnxNode } from '../codec.ts'
import { corrupt } from '../limits.ts'
import { unreadOperators } from '../versions.ts'
import { readers } from './operators.ts'
import { expectBytes, type ReadLimits } from './read-limits.ts'
import { Reading, Unread, type Answer, type Surroundings } from './reading.ts'
import { recognise } from './recognise.ts'
import { filled, inputsOf, reached, Scope } from './scope.ts'
import { SameExtent } from './symbols.ts'
import { Value } from './value.ts'
import type { Weights } from './weights.ts'

/** Reads one graph into tensors, for given inputs. */
export class Walk {
  /** Operators, and forms of them, that are not read: phrase -> how many. */
  private readonly unread = new Map<string, number>()
  /** Sizes in bytes that symbols leave open, each with one value that has it. */
  readonly open = new Map<string, string>()
  /** What slices of open axes count on: numbers that must not be negative, each with one value that needs it. */
  readonly counted = new Map<string, string>()
  private readonly functions: ReadonlyMap<string, OnnxFunction>
  private nodes = 0
  private depth = 0

  constructor(
    private readonly model: OnnxModel,
    private readonly file: string,
    private readonly weights: Weights,
    private readonly renamed: ReadonlyMap<string, Dimension>,
    private readonly limits: ReadLimits,
  ) {
    this.functions = new Map(model.functions.map(body => [`${body.domain}:${body.name}`, body]))
  }

  /**
   * The graph's outputs.
   *
   * @throws InterplayError `onnx/operators` naming all that is not read, `shape/mismatch`, `onnx/corrupt`, `onnx/size`.
   */
  run(inputs: ReadonlyMap<string, Tensor>): Map<string, Value> {
    const { graph } = this.model
    const outputs = graph.outputs.map(({ name }) => name)
    const nodes = reached(graph.nodes, outputs)
    const scope = new Scope(nodes, outputs)
    for (const [name, tensor] of inputs) scope.values.set(name, this.shown(Value.of(tensor), name))
    this.body(graph, nodes, scope)
    if (this.unread.size > 0) throw unreadOperators(this.file, this.unread)
    return new Map(outputs.map(name => [name, this.valueIn(scope, name)]))
  }

  private body(graph: OnnxGraph, nodes: readonly OnnxNode[], scope: Scope): void {
    for (const tensor of graph.initializers) {
      if (scope.values.has(tensor.name) || !scope.reads.has(tensor.name)) continue
      scope.values.set(tensor.name, this.shown(Value.of(this.initializer(tensor)), tensor.name))
    }
    for (const node of nodes) this.read(node, scope)
  }

  private initializer(tensor: OnnxGraph['initializers'][number]): Tensor {
    try {
      return this.weights.tensor(tensor)
    } catch (error) {
      if (!(error instanceof Unread)) throw error
      throw new InterplayError('onnx/type', `'${tensor.name}' in '${this.file}' is ${tensor.dtype}, not read here`)
    }
  }

  private read(node: OnnxNode, scope: Scope): void {
    if (++this.nodes > this.limits.nodes) {
      throw new InterplayError(
        'onnx/size',
        `'${this.file}' has more than ${this.limits.nodes.toLocaleString('en')} nodes`,
      )
    }
    const body = this.functions.get(`${node.domain}:${node.op}`)
    const reader = node.domain === '' ? readers.get(node.op) : undefined
    if (!body && !reader) this.lose(node, scope, node.domain ? `${node.domain}.${node.op}` : node.op)
    else if (inputsOf(node).some(name => scope.isLost(name))) this.lose(node, scope)
    else this.answer(node, scope, body ? () => this.call(node, body, scope) : reading => reader!(reading))
  }

  /** Gives up on a node, and so on all that reads it; `what` is counted unless an earlier node is to blame. */
  private lose(node: OnnxNode, scope: Scope, what?: string): void {
    for (const name of node.outputs) scope.lost.add(name)
    if (what) this.unread.set(what, (this.unread.get(what) ?? 0) + 1)
  }

  private answer(node: OnnxNode, scope: Scope, read: (reading: Reading) => Answer): void {
    const reading = new Reading(node, this.around(node, scope))
    try {
      const answered = recognise(reading) ?? read(reading)
      const answers = Array.isArray(answered) ? (answered as readonly (Tensor | Value | undefined)[]) : [answered]
      node.outputs.forEach((name, i) => {
        const each = answers[i] as Tensor | Value | undefined
        if (each) this.enter(name, each instanceof Tensor ? Value.of(each) : each, node, scope)
        else if (name && scope.reads.has(name)) throw new Unread(`with its output ${i + 1} read`)
      })
    } catch (error) {
      if (error instanceof Unread) this.lose(node, scope, `${node.op} ${error.message}`)
      else throw this.fault(node, error)
    }
  }

  private enter(name: string, value: Value, node: OnnxNode, scope: Scope): void {
    if (!name) return
    if (scope.values.has(name)) throw corrupt(this.file, `'${name}' is written twice`)
    this.check(name, value)
    scope.producers.set(name, node)
    scope.values.set(name, this.shown(value, name))
  }

  /** Extents are counts, and the value is of a size that a run can hold. */
  private check(name: string, { shape, dtype }: Value): void {
    if (shape.some(extent => typeof extent === 'number' && !(Number.isSafeInteger(extent) && extent >= 0))) {
      throw new InterplayError('shape/mismatch', `'${name}' in '${this.file}' would be ${spellShape(shape)}`)
    }
    const bytes = multiplyDimensions(sizeOf(shape), bytesPerElement(dtype))
    if (typeof bytes === 'number') expectBytes(`'${name}' in '${this.file}' takes`, bytes, this.limits)
    else if (!this.open.has(bytes)) this.open.set(bytes, name)
  }

  /** A value as those who watch its name leave it. */
  private shown(value: Value, name: string): Value {
    if (!isWatched(name)) return value
    const { tensor } = value
    const shown = named(tensor, name)
    const kept = value.known && shown.node.inputs[0] === tensor
    return kept ? Value.known(value.known!, () => shown) : Value.of(shown)
  }

  private fault(node: OnnxNode, error: unknown): unknown {
    const where = `${node.op} '${node.name || node.outputs[0]}' in '${this.file}'`
    if (error instanceof SameExtent) return error
    if (!isInterplayError(error)) {
      return new InterplayError('onnx/corrupt', `${where} is not what its operator takes`, { cause: error })
    }
    if (error.where) return error
    const { code, message, why, details, cause } = error
    return new InterplayError(code, message, { where, why, try: error.try, details, cause })
  }

  private valueIn(scope: Scope, name: string): Value {
    const value = scope.find(each => each.values.get(name))
    if (!value) throw corrupt(this.file, `'${name}' is read, and nothing before writes it`)
    return value
  }

  private around(node: OnnxNode, scope: Scope): Surroundings {
    return {
      value: name => this.valueIn(scope, name),
      producer: name => (isWatched(name) ? undefined : scope.find(each => each.producers.get(name))),
      isRead: name => scope.reads.has(name) || isWatched(name),
      settled: symbol => (typeof symbol === 'string' ? (this.renamed.get(symbol) ?? symbol) : symbol),
      expectCount: (count, name) => {
        const [taken] = sidesOf(count)
        if (typeof count === 'string' && taken !== 0 && !this.counted.has(count)) this.counted.set(count, name)
      },
      inline: (graph, inputs) => this.inside(node, () => this.inline(graph, inputs, scope)),
    }
  }

  private inside<T>(node: OnnxNode, read: () => T): T {
    if (++this.depth > this.limits.depth) {
      throw new InterplayError('onnx/size', `'${this.file}' has more than ${this.limits.depth} bodies in one another`, {
        where: `${node.op} '${node.name}'`,
      })
    }
    try {
      return read()
    } finally {
      this.depth--
    }
  }

  private inline(graph: OnnxGraph, inputs: readonly Value[], outer: Scope): Value[] {
    const outputs = graph.outputs.map(({ name }) => name)
    const scope = new Scope(graph.nodes, outputs, outer)
    graph.inputs.forEach(({ name }, i) => scope.values.set(name, inputs[i]!))
    this.body(graph, graph.nodes, scope)
    return outputs.map(name => this.resultOf(scope, name))
  }

  private resultOf(scope: Scope, name: string): Value {
    if (scope.isLost(name)) throw new Unread('with operators inside that are not read')
    return this.valueIn(scope, name)
  }

  /** A function of the file, its attributes filled in from the caller and its defaults. */
  private call(node: OnnxNode, body: OnnxFunction, outer: Scope): Answer {
    const given = { ...body.defaults, ...node.attributes }
    const nodes = body.nodes.map(each => filled(each, given))
    const scope = new Scope(nodes, body.outputs)
    body.inputs.forEach((name, i) => {
      const argument = node.inputs[i]
      if (argument) scope.values.set(name, this.valueIn(outer, argument))
    })
    return this.inside(node, () => {
      for (const each of nodes) this.read(each, scope)
      return body.outputs.map(name => this.resultOf(scope, name))
    })
  }
}
