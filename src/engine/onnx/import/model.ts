import { InterplayError } from '../../../errors/index.ts'
import type { Dimension } from '../../dimension.ts'
import type { HostTensor } from '../../dtype.ts'
import type { Inspector } from '../../inspect.ts'
import { sitesOf, type GradientLook, type Look, type Sweep, type SweepRun } from '../../look.ts'
import type { Parameter } from '../../parameter.ts'
import type { Feed } from '../../bind-feed.ts'
import { inspect, type ProgramOptions } from '../../program.ts'
import { State, type ParameterOwner } from '../../state.ts'
import { input, type Tensor, type TensorType } from '../../tensor.ts'
import { watching } from '../../watch.ts'
import type { OnnxModel } from '../codec.ts'
import { admit, type Decided } from './admission.ts'
import { Names } from './names.ts'
import type { ReadLimits } from './read-limits.ts'
import { SameExtent } from './symbols.ts'
import type { Value } from './value.ts'
import { Walk } from './walk.ts'
import type { Weights } from './weights.ts'

/** What to read and to replace while an imported graph is traced into a larger one. */
export interface ForwardLook {
  /** Result name -> value of the file. */
  capture?: Readonly<Record<string, string>>
  /** Value of the file -> what takes its place: an adapter, a new head. */
  patch?: Readonly<Record<string, (x: Tensor) => Tensor>>
}

type Results<L extends Look | ForwardLook, T> = Record<string, T> &
  (L['capture'] extends Readonly<Record<infer Name extends string, string>> ? Record<Name, T> : unknown)

/**
 * A model read from an ONNX file: named parameters, and a graph that can be traced into any other. It owns its
 * parameters as a module does, so it can be trained, frozen in part, extended and exported; `run` and `gradient` look
 * inside it as it is.
 *
 * Values are named as in the file, by their node's name, or by a tail of the path of the module that computes them
 * (`layer3.2/relu`).
 */
export class ImportedModel implements ParameterOwner, AsyncDisposable {
  readonly inputs: Readonly<Record<string, TensorType>>
  readonly outputs: Readonly<Record<string, TensorType>>
  private readonly names: Names
  private inspector: Inspector | undefined
  private closed = false
  private readonly decided: Decided

  /** @throws InterplayError `onnx/operators`, `onnx/type`, `shape/mismatch`, `onnx/corrupt`, `onnx/size`. */
  constructor(
    private readonly model: OnnxModel,
    readonly file: string,
    private readonly weights: Weights,
    declared: Readonly<Record<string, TensorType>>,
    private readonly limits: ReadLimits,
    private readonly options: ProgramOptions,
  ) {
    this.names = new Names(model, file)
    this.inputs = declared
    for (let joined = 0; ; joined++) {
      try {
        const leaves = Object.entries(this.inputs).map(([name, type]) => [name, input(name, type)])
        const { values, walk } = this.trace(Object.fromEntries(leaves))
        this.outputs = Object.fromEntries([...values].map(([name, { dtype, shape }]) => [name, { dtype, shape }]))
        this.decided = { sizes: walk.open, counts: walk.counted, outputs: this.outputs }
        return
      } catch (error) {
        if (!(error instanceof SameExtent)) throw error
        if (joined === limits.symbols) throw this.tooManySymbols()
        this.inputs = withOneSymbol(this.inputs, error, file)
      }
    }
  }

  parameters(): Iterable<readonly [path: string, parameter: Parameter]> {
    return this.weights.parameters
  }

  /** The names of the file's values. */
  get values(): readonly string[] {
    return this.names.values
  }

  /**
   * The file's own name of the value that a name means.
   *
   * @throws InterplayError `onnx/name`
   */
  resolve(name: string): string {
    return this.names.resolve(name)
  }

  /** The values that `run` and `gradient` use: the file's, until `attach`. */
  get state(): State {
    return this.look().state
  }

  /** Makes `run` and `gradient` use the values of a state that this model is trained in. */
  attach(state: State): void {
    this.expectOpen()
    const before = this.inspector
    this.inspector = this.inspectorOf(state)
    void before?.close()
  }

  /**
   * Traces the graph for these inputs; the result has the file's outputs and what was captured.
   *
   * @throws InterplayError `onnx/name` for a name that nothing has or that is not computed, and for two patches of one
   *   value, `shape/mismatch`, `engine/feed` for a missing input.
   */
  forward<const L extends ForwardLook>(
    inputs: Readonly<Record<string, Tensor>>,
    look: L = {} as L,
  ): Results<L, Tensor> {
    const { capture = {}, patch = {} } = look as ForwardLook
    const sites = sitesOf(Object.keys(patch), name => this.names.resolve(name))
    const patches = new Map([...sites].map(([name, given]) => [name, patch[given]!]))
    const captured = Object.entries(capture).map(([result, name]) => [result, this.names.resolve(name)] as const)
    const wanted = new Set([...patches.keys(), ...captured.map(([, name]) => name)])
    const seen = new Map<string, Tensor>()
    const watch = {
      wants: (name: string) => wanted.has(name),
      replace: (x: Tensor, name: string) => patches.get(name)?.(x) ?? x,
      saw: (x: Tensor, name: string) => void seen.set(name, x),
    }
    const values = watching(watch, () => this.traceAsDeclared(inputs))
    const results = Object.fromEntries([...values].map(([name, value]) => [name, value.tensor]))
    for (const name of patches.keys()) if (!seen.has(name)) throw this.absent(name)
    for (const [result, name] of captured) {
      const tensor = seen.get(name)
      if (!tensor) throw this.absent(name)
      results[result] = tensor
    }
    return results as Results<L, Tensor>
  }

  /** Runs the model; the result has its outputs and what was captured. */
  async run<const L extends Look>(
    feeds: Readonly<Record<string, Feed>>,
    look: L = {} as L,
  ): Promise<Results<L, HostTensor>> {
    return (await this.look().run(feeds, look)) as Results<L, HostTensor>
  }

  /** The gradient of a scalar of the outputs with respect to inputs, values inside or parameters. */
  gradient(feeds: Readonly<Record<string, Feed>>, look: GradientLook & { withRespectTo: string }): Promise<HostTensor>
  gradient<const Name extends string>(
    feeds: Readonly<Record<string, Feed>>,
    look: GradientLook & { withRespectTo: readonly Name[] },
  ): Promise<Record<Name, HostTensor>>
  async gradient(
    feeds: Readonly<Record<string, Feed>>,
    look: GradientLook,
  ): Promise<HostTensor | Record<string, HostTensor>> {
    return this.look().gradient(feeds, look as GradientLook & { withRespectTo: readonly string[] })
  }

  /** One run for each patch of each site, all from one program. */
  async sweep(feeds: Readonly<Record<string, Feed>>, sweep: Sweep): Promise<SweepRun[]> {
    return this.look().sweep(feeds, sweep)
  }

  async close(): Promise<void> {
    this.closed = true
    await this.inspector?.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  private expectOpen(): void {
    if (this.closed) throw new InterplayError('engine/closed', `'${this.file}' is closed`)
  }

  private look(): Inspector {
    this.expectOpen()
    this.inspector ??= this.inspectorOf(new State({ [root]: this }, 1))
    return this.inspector
  }

  private inspectorOf(state: State): Inspector {
    return inspect({
      ...this.options,
      admit: extents => admit(this.decided, extents, this.file, this.limits),
      inputs: this.inputs,
      state,
      trace: leaves => ({ outputs: this.forward(leaves) }),
      resolve: name => this.names.resolve(name),
      absent: name => this.absent(this.names.resolve(name)),
      parameter: name => this.weights.parameters.get(name),
    })
  }

  private absent(name: string): InterplayError {
    return new InterplayError('onnx/name', `'${name}' in '${this.file}' is not computed for its outputs`)
  }

  private tooManySymbols(): InterplayError {
    const limit = this.limits.symbols.toLocaleString('en')
    return new InterplayError(
      'onnx/size',
      `'${this.file}' has more than ${limit} symbols for extents that others name`,
      {
        try: 'importOnnx(file, { shapes }) with one symbol for what is one extent, or { limits: { symbols } }',
      },
    )
  }

  private traceAsDeclared(inputs: Readonly<Record<string, Tensor>>): Map<string, Value> {
    try {
      return this.trace(inputs).values
    } catch (error) {
      throw error instanceof SameExtent ? unequal(error, this.file) : error
    }
  }

  /** @throws SameExtent where two symbols of the inputs meet. */
  private trace(inputs: Readonly<Record<string, Tensor>>): { values: Map<string, Value>; walk: Walk } {
    const own = (name: string) => (Object.hasOwn(inputs, name) ? inputs[name] : undefined)
    const given = new Map(Object.keys(this.inputs).map(name => [name, own(name) ?? this.missing(name)]))
    const declared = new Set<Dimension>([...given.values()].flatMap(({ shape }) => shape))
    const renamed = new Map<string, Dimension>()
    for (;;) {
      try {
        const walk = new Walk(this.model, this.file, this.weights, renamed, this.limits)
        return { values: walk.run(given), walk }
      } catch (error) {
        if (!(error instanceof SameExtent)) throw error
        const { kept, replaced } = error
        const [born, other] = declared.has(replaced) ? [kept, replaced] : [replaced, kept]
        if (declared.has(born) || renamed.has(born) || isComposite(born)) throw error
        if (renamed.size === this.limits.symbols) throw this.tooManySymbols()
        renamed.set(born, other)
      }
    }
  }

  private missing(name: string): never {
    throw new InterplayError('engine/feed', `'${this.file}' needs an input '${name}'`, {
      why: `its inputs: ${Object.keys(this.inputs).join(', ')}`,
    })
  }
}

const root = 'model'

/** The inputs with one symbol for what turned out to be one extent. */
function withOneSymbol(
  inputs: Readonly<Record<string, TensorType>>,
  error: SameExtent,
  file: string,
): Record<string, TensorType> {
  const { kept, replaced } = error
  const known = new Set(Object.values(inputs).flatMap(({ shape }) => shape))
  if (!known.has(kept) || !known.has(replaced) || isComposite(replaced)) throw unequal(error, file)
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { dtype, shape }]) => [
      name,
      { dtype, shape: shape.map(extent => (extent === replaced ? kept : extent)) },
    ]),
  )
}

const isComposite = (symbol: string): boolean => /[*+]/.test(symbol)

/** Two shapes in which symbols met that cannot be made one. */
const unequal = ({ kept, replaced }: SameExtent, file: string): InterplayError =>
  new InterplayError('shape/mismatch', `'${file}' takes '${kept}' and '${replaced}' for one extent`, {
    try: `the same symbol for both, or importOnnx(file, { shapes })`,
  })
