import { InterplayError } from '../errors/index.ts'
import { runtime as defaultRuntime } from '#runtime'
import { bindFeed, type Feed } from './bind-feed.ts'
import { evaluateDimension, hasLimit, isLimited, spellShape, type Dimension } from './dimension.ts'
import { allocate, toArray, type HostTensor, type TypedArray } from './dtype.ts'
import { isHostOperator, type HostContext } from './host.ts'
import { Inspector, type InspectorDefinition } from './inspect.ts'
import type { Captured, Look } from './look.ts'
import { encodeModel, type OnnxGraph } from './onnx/codec.ts'
import { exportGraph, modelOf, type GraphWriter } from './onnx/export.ts'
import { Parameter } from './parameter.ts'
import { productOperations, runBytes, type Plan } from './plan.ts'
import { withQuietOutput } from './runtime/quiet.ts'
import type { Feeds, Fetches, Runtime, Session, SessionOptions } from './runtime/runtime.ts'
import { leaseSession, type SessionLease } from './runtime/shared-sessions.ts'
import { splitVector, webgpuParts } from './split-vector.ts'
import { answerAt, loopName, loopOf, StepFeeds } from './step-loop.ts'
import { Turns } from './turns.ts'
import { State, type Chunk, type FlatOwner, type ParameterOwner } from './state.ts'
import { isRows, RowBuffer, wholeVectors, type Updates } from './updates.ts'
import { inputOperator, input as inputLeaf, type Node, type Tensor, type TensorType } from './tensor.ts'

export interface Trace {
  /** What `run` returns, by name. */
  outputs?: Readonly<Record<string, Tensor>>
  updates?: Updates
  /** The updates are a part of a step (a micro-batch): its number stays, its randomness moves on. Default false. */
  partial?: boolean
}

export interface ProgramOptions extends Pick<SessionOptions, 'threads' | 'spin' | 'optimization' | 'device'> {
  runtime?: Runtime
  /** Called before each run with the numbers that the symbols have in it; throws to refuse the run. */
  admit?: (extents: ReadonlyMap<string, number>) => void
}

export interface ProgramDefinition<
  Inputs extends Record<string, TensorType>,
  Outputs extends Trace,
> extends ProgramOptions {
  inputs: Inputs
  /** A state to share, or the owners of parameters to make one from. */
  state?: State | Readonly<Record<string, ParameterOwner | FlatOwner>>
  /** Seed of a state made here, and of host-derived randomness. */
  seed?: number
  trace(inputs: { [Name in keyof Inputs]: Tensor }): Outputs
}

type OutputNames<Outputs extends Trace> =
  Outputs['outputs'] extends Readonly<Record<infer Name extends string, Tensor>> ? Name : never

/** Traces once and returns the program; the runtime's session is made at the first run. */
export function compile<Inputs extends Record<string, TensorType>, Outputs extends Trace>(
  definition: ProgramDefinition<Inputs, Outputs>,
): Program<Extract<keyof Inputs, string>, OutputNames<Outputs>> {
  const { inputs, state, seed = 1, trace, runtime = defaultRuntime, ...options } = definition
  const shared = state instanceof State ? state : new State(state ?? {}, seed)
  const leaves = Object.fromEntries(Object.entries(inputs).map(([name, type]) => [name, inputLeaf(name, type)]))
  const traced = trace(leaves as { [Name in keyof Inputs]: Tensor })
  const inspector = () => inspect({ ...definition, state: shared })
  return new Program(leaves, traced, shared, runtime, options, inspector)
}

/**
 * Looks inside a model: takes what `compile` takes, and runs it with intermediates read, replaced and differentiated
 * with respect to. Intermediates are named with `.named(name)`.
 */
export function inspect<Inputs extends Record<string, TensorType>, Outputs extends Trace>(
  definition: InspectorDefinition<Inputs, Outputs>,
): Inspector<Extract<keyof Inputs, string>, OutputNames<Outputs>> {
  const whole = definition as unknown as InspectorDefinition<Record<string, TensorType>, Trace>
  return new Inspector(whole, (...graph) => new Program(...graph))
}

interface HostStep {
  node: Node
  names: readonly string[]
  buffers: TypedArray[]
}

/** A program's steps as one graph. */
interface StepLoop {
  states: readonly { parameter: Parameter; input: string; output: string }[]
  stack: StepFeeds
  lease: SessionLease
}

/** A compiled graph: inputs, state, outputs and updates. */
export class Program<InputName extends string = string, OutputName extends string = string> {
  /** The program as an ONNX file, as the runtime is given it. */
  readonly model: Uint8Array
  private readonly vectors = new Map<Parameter, string>()
  private readonly updated: readonly { parameter: Parameter; name: string; rows?: RowBuffer }[]
  private readonly hostSteps: HostStep[] = []
  private readonly hostNodes = new Map<Node, HostStep>()
  private readonly members = new Map<Parameter, string>()
  private readonly outputs: readonly (readonly [name: string, tensor: Tensor])[]
  private readonly next: readonly Tensor[]
  private readonly partial: boolean
  private readonly used = new Set<string>()
  private readonly graph: OnnxGraph
  private lease: SessionLease | undefined
  private loop: StepLoop | undefined
  private readonly symbols = new Map<Dimension, string>()
  private closed = false
  private readonly turns = new Turns()
  private looking: Inspector<InputName, OutputName> | undefined

  constructor(
    private readonly inputs: Readonly<Record<string, Tensor>>,
    traced: Trace,
    readonly state: State,
    private readonly runtime: Runtime,
    private readonly options: Omit<ProgramOptions, 'runtime'>,
    private readonly inspector?: () => Inspector<InputName, OutputName>,
  ) {
    this.outputs = Object.entries(traced.outputs ?? {})
    const twice = this.outputs.find(([name]) => name in inputs)
    if (twice) throw new InterplayError('engine/trace', `the output '${twice[0]}' is called as an input is`)
    this.partial = traced.partial ?? false
    const next = wholeVectors(new Map(traced.updates ?? []), state)
    this.updated = [...next].map(([parameter, value], i) => ({
      parameter,
      name: `next.${i}`,
      ...(isRows(value) && { rows: new RowBuffer(value) }),
    }))
    this.next = [...next.values()].map(value => (isRows(value) ? value.values : value))
    this.graph = exportGraph({
      name: 'program',
      outputs: { ...traced.outputs, ...Object.fromEntries(this.next.map((value, i) => [`next.${i}`, value])) },
      leaf: (tensor, writer) => this.leaf(tensor, writer),
      spell: extent => (hasLimit(extent) && !this.symbols.has(extent) ? '' : this.symbol(extent)),
      reserved: Object.keys(inputs),
      // WebGPU has no kernels for the runtime's own operators
      standard: this.options.device === 'webgpu',
    })
    this.model = encodeModel(modelOf(withQuietOutput(this.graph)))
  }

  /**
   * Runs the graph once and applies its updates. A feed is a typed array in row-major order (its extents follow from the
   * declared shape), a host tensor, or a number for a scalar.
   *
   * A look reads and replaces intermediates on the way; its results are outputs too. Runs that change the state or share
   * buffers wait for each other.
   *
   * @throws InterplayError `engine/feed` for a missing, surplus or ill-shaped feed, `engine/name` for a look at a name that
   *   nothing has.
   */
  async run<const L extends Look>(
    feeds: Readonly<Record<InputName, Feed>>,
    look?: L,
  ): Promise<Record<OutputName | Captured<L>, HostTensor>> {
    this.requireOpen()
    if (look && this.inspector) {
      this.looking ??= this.inspector()
      return this.looking.run(feeds, look)
    }
    const alone = this.updated.length > 0 || this.hostSteps.length > 0
    const results = alone ? await this.inTurn(() => this.runOnce(feeds)) : await this.runOnce(feeds)
    return results as Record<OutputName | Captured<L>, HostTensor>
  }

  private async runOnce(feeds: Readonly<Record<InputName, Feed>>): Promise<Record<OutputName, HostTensor>> {
    const { bindings, values, graphFeeds } = this.feed(feeds)
    const fetches: Record<string, HostTensor | null> = {}
    for (const [name, tensor] of this.outputs) fetches[name] = blank(tensor, bindings)
    for (const { parameter, name, rows } of this.updated) {
      fetches[name] = rows ? rows.target(this.hostInput(rows.ids, values)) : this.state.vector(parameter).back!
    }
    const session = await this.open()
    const results = await session.run(graphFeeds, fetches as Fetches)
    for (const { parameter, rows } of this.updated) {
      if (rows) this.state.replaceRows(parameter, this.hostInput(rows.ids, values).data as BigInt64Array, rows.written)
      else this.state.swap(parameter)
    }
    this.advance(1)
    return Object.fromEntries(this.outputs.map(([name]) => [name, results[name]!])) as Record<OutputName, HostTensor>
  }

  /**
   * What `run` on each of these feeds gives, with one call of the runtime for all steps in a row whose feeds have one shape:
   * on CUDA the state stays on the card between them. Tables by rows come back after each step: such programs run step by step.
   *
   * @throws InterplayError as `run` does; the steps of earlier calls of the runtime stay made.
   */
  async runSteps(feeds: readonly Readonly<Record<InputName, Feed>>[]): Promise<Record<OutputName, HostTensor>[]> {
    this.requireOpen()
    return this.inTurn(() => this.runAll(feeds))
  }

  private async runAll(feeds: readonly Readonly<Record<InputName, Feed>>[]): Promise<Record<OutputName, HostTensor>[]> {
    const answers: Record<OutputName, HostTensor>[] = []
    if (this.used.size === 0 || this.updated.some(({ rows }) => rows)) {
      for (const each of feeds) answers.push(await this.runOnce(each))
      return answers
    }
    this.loop ??= this.openLoop()
    const { stack } = this.loop
    stack.clear()
    let extents: ReadonlyMap<string, number> = new Map()
    for (const each of feeds) {
      const { values, bindings } = this.derived(each, stack.count)
      if (!stack.takes(values)) answers.push(...(await this.runStack(this.loop, extents)))
      stack.add(values)
      extents = bindings
    }
    if (stack.count > 0) answers.push(...(await this.runStack(this.loop, extents)))
    return answers
  }

  /** The runtime's graph and what a run with these feeds gives it, state included: for looking at how it is executed. */
  execution(feeds: Readonly<Record<InputName, Feed>>): { model: Uint8Array; feeds: Feeds } {
    return { model: this.model, feeds: this.feed(feeds).graphFeeds }
  }

  /**
   * What a run will take, with the symbols of its inputs at these numbers (`{ batch: 4096 }`). Nothing is run or allocated.
   *
   * @throws InterplayError `engine/feed` for a symbol without a number.
   */
  plan(extents: Readonly<Record<string, number>> = {}): Plan {
    const bindings = new Map(Object.entries(extents))
    const stateBytes = [...new Set([...this.vectors.keys(), ...this.updated.map(({ parameter }) => parameter)])].reduce(
      (total, vector) => total + this.state.bytesOf(vector),
      0,
    )
    const answers = this.outputs.map(([, tensor]) => tensor)
    const perRun = runBytes(answers, this.next, bindings)
    const operations = productOperations([...answers, ...this.next], bindings)
    return { stateBytes, runBytes: perRun, peakBytes: stateBytes + perRun, productOperations: operations }
  }

  /** Makes the runtime's session, which the first run would. */
  async prepare(): Promise<void> {
    this.requireOpen()
    await this.open()
  }

  /** Frees the native memory, after the runs that were asked for; the state stays. */
  async close(): Promise<void> {
    this.closed = true
    await this.inTurn(() => Promise.resolve())
    await this.looking?.close()
    await this.lease?.release()
    await this.loop?.lease.release()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Feeds with what the host derives from them, for the step that is `ahead` of the next. */
  private derived(feeds: Readonly<Record<InputName, Feed>>, ahead = 0) {
    const bindings = new Map<string, number>()
    const values = this.bind(feeds, bindings)
    this.options.admit?.(bindings)
    const numbered = this.updated.length > 0 ? ahead : 0
    for (const step of this.hostSteps) this.derive(step, values, bindings, numbered)
    return { bindings, values }
  }

  private feed(feeds: Readonly<Record<InputName, Feed>>) {
    const { bindings, values } = this.derived(feeds)
    const graphFeeds: Record<string, HostTensor> = {}
    for (const name of this.used) graphFeeds[name] = values.get(name)!
    for (const [parameter, name] of this.vectors) graphFeeds[name] = this.state.vector(parameter).front
    return { bindings, values, graphFeeds }
  }

  private requireOpen(): void {
    if (this.closed) throw new InterplayError('engine/closed', 'the program is closed')
  }

  /** What changes the state waits for all else that does; what is derived on the host waits for this program's buffers. */
  private inTurn<T>(task: () => Promise<T>): Promise<T> {
    return (this.updated.length > 0 ? this.state.turns : this.turns).take(task)
  }

  private open(): Promise<Session> {
    this.lease ??= leaseSession(this.runtime, this.model, this.options)
    return this.lease.session
  }

  private openLoop(): StepLoop {
    const states = this.updated.map(({ parameter, name }, i) => ({
      parameter,
      input: this.vectors.get(parameter) ?? `unread.${i}`,
      output: name,
    }))
    const names = [...this.used]
    const model = encodeModel(modelOf(withQuietOutput(loopOf(this.graph, states, names))))
    return { states, stack: new StepFeeds(names), lease: leaseSession(this.runtime, model, this.options) }
  }

  /** Makes the stacked steps, whose symbols stand for these extents. */
  private async runStack(
    { states, stack, lease }: StepLoop,
    extents: ReadonlyMap<string, number>,
  ): Promise<Record<OutputName, HostTensor>[]> {
    const session = await lease.session
    const { count } = stack
    const feeds: Record<string, HostTensor> = stack.take()
    const fetches: Record<string, HostTensor | null> = {}
    for (const [name, tensor] of this.outputs) fetches[loopName(name)] = blank(tensor, extents, count)
    for (const [parameter, name] of this.vectors) feeds[name] = this.state.vector(parameter).front
    for (const { parameter, input, output } of states) {
      const { front, back } = this.state.vector(parameter)
      feeds[loopName(input)] = front
      fetches[loopName(output)] = back!
    }
    const results = await session.run(feeds, fetches)
    for (const { parameter } of states) this.state.swap(parameter)
    this.advance(count)
    return Array.from({ length: count }, (_, step) => {
      const answers = this.outputs.map(([name]) => [name, answerAt(results[loopName(name)]!, step)])
      return Object.fromEntries(answers) as Record<OutputName, HostTensor>
    })
  }

  private advance(steps: number): void {
    if (this.updated.length === 0) return
    for (let step = 0; step < steps; step++) this.state.advance(this.partial)
  }

  private leaf(tensor: Tensor, writer: GraphWriter): string {
    const { node } = tensor
    if (tensor instanceof Parameter) return this.parameterLeaf(tensor, writer)
    if (node.operator === inputOperator) {
      const name = node.attributes.name!.value as string
      if (this.inputs[name] !== tensor) {
        throw new InterplayError('engine/trace', `input '${name}' belongs to another program`)
      }
      this.used.add(name)
      return writer.input(name, tensor.dtype, tensor.shape)
    }
    if (isHostOperator(node.operator)) {
      const name = this.hostStep(node).names[tensor.index]!
      this.used.add(name)
      return writer.input(
        name,
        tensor.dtype,
        tensor.shape.map(extent => this.symbol(extent)),
      )
    }
    throw new InterplayError('engine/trace', `${tensor} is a leaf that this program cannot feed`)
  }

  /** Symbols born on the host are counted over the process; in the graph over the program, so that equal programs are equal. */
  private symbol(extent: Dimension): Dimension {
    if (typeof extent === 'number' || !isLimited(extent)) return extent
    const known = this.symbols.get(extent) ?? `distinct.${this.symbols.size}`
    this.symbols.set(extent, known)
    return known
  }

  private hostStep(node: Node): HostStep {
    const known = this.hostNodes.get(node)
    if (known) return known
    for (const input of node.inputs) if (input && isHostOperator(input.node.operator)) this.hostStep(input.node)
    const names = node.outputs.map((_, i) => `host.${this.hostNodes.size}.${i}`)
    const step = { node, names, buffers: [] }
    this.hostNodes.set(node, step)
    this.hostSteps.push(step)
    return step
  }

  private parameterLeaf(parameter: Parameter, writer: GraphWriter): string {
    const place = this.state.place(parameter)
    if (!place) return this.vectorInput(parameter, writer)
    if (place.chunk.byRow) return this.vectorInput(place.chunk.values, writer)
    this.cut(place.chunk, writer)
    return this.members.get(parameter)!
  }

  /** Splits a flat vector into its parameters. */
  private cut(chunk: Chunk, writer: GraphWriter): void {
    if (this.members.has(chunk.members[0]!)) return
    const vector = this.vectorInput(chunk.values, writer)
    const int64 = (values: readonly number[]): string =>
      writer.constant({ dtype: 'int64', dims: [values.length], data: toArray('int64', values) })
    const parts = splitVector(
      writer,
      vector,
      chunk.members.map(member => member.size),
      this.options.device === 'webgpu' ? webgpuParts : Infinity,
    )
    chunk.members.forEach((member, i) => {
      const name = writer.fresh('parameter')
      writer.node('Reshape', '', [parts[i]!, int64(member.shape)], {}, [name])
      this.members.set(member, name)
    })
  }

  private vectorInput(vector: Parameter, writer: GraphWriter): string {
    const known = this.vectors.get(vector)
    if (known) return known
    this.state.vector(vector)
    const name = writer.input(`state.${this.vectors.size}`, vector.dtype, vector.shape)
    this.vectors.set(vector, name)
    return name
  }

  /** Checks feeds against the declarations and reads the symbols' numbers off them. */
  private bind(feeds: Readonly<Record<string, Feed>>, bindings: Map<string, number>): Map<string, HostTensor> {
    const values = new Map<string, HostTensor>()
    for (const name of Object.keys(feeds)) {
      if (!(name in this.inputs)) throw new InterplayError('engine/feed', `the program has no input '${name}'`)
    }
    for (const [name, tensor] of Object.entries(this.inputs)) {
      const feed = feeds[name]
      if (feed === undefined) throw new InterplayError('engine/feed', `input '${name}' is not fed`)
      values.set(name, bindFeed(name, tensor, feed, bindings))
    }
    return values
  }

  private derive(step: HostStep, values: Map<string, HostTensor>, bindings: Map<string, number>, ahead: number): void {
    const { node, names, buffers } = step
    const context: HostContext = {
      ...this.state.after(ahead, this.partial),
      output: (index, dims) => {
        const type = node.outputs[index]!
        const extents = dims
          ? [...dims]
          : type.shape.map(extent => evaluateDimension(extent, bindings) ?? unbound(type))
        type.shape.forEach((extent, axis) => {
          if (typeof extent === 'string' && evaluateDimension(extent, bindings) === undefined)
            bindings.set(extent, extents[axis]!)
        })
        const length = extents.reduce((product, extent) => product * extent, 1)
        if (!buffers[index] || buffers[index].length < length) buffers[index] = allocate(type.dtype, length)
        const data = buffers[index].length === length ? buffers[index] : buffers[index].subarray(0, length)
        values.set(names[index]!, { dtype: type.dtype, dims: extents, data })
        return data
      },
    }
    const operator = node.operator
    if (isHostOperator(operator))
      operator.compute(
        node.inputs.map(source => this.hostInput(source!, values)),
        context,
      )
  }

  private hostInput(source: Tensor, values: ReadonlyMap<string, HostTensor>): HostTensor {
    const constant = source.node.attributes.value
    if (constant?.type === 'tensor') return constant.value
    const step = this.hostNodes.get(source.node)
    return values.get(step ? step.names[source.index]! : (source.node.attributes.name!.value as string))!
  }
}

function unbound(type: Tensor): never {
  throw new InterplayError(
    'engine/feed',
    `no feed tells the extents of ${type.node.operator.name} ${spellShape(type.shape)}`,
  )
}

/** A buffer for an output whose extents are known before the run, stacked by step; null leaves it to the runtime. */
function blank(tensor: Tensor, bindings: ReadonlyMap<string, number>, steps?: number): HostTensor | null {
  const own = tensor.shape.map(extent => evaluateDimension(extent, bindings))
  const dims = steps === undefined ? own : [steps, ...own]
  if (dims.includes(undefined)) return null
  const length = (dims as number[]).reduce((product, extent) => product * extent, 1)
  return { dtype: tensor.dtype, dims: dims as number[], data: allocate(tensor.dtype, length) }
}
