import { InterplayError } from '../errors/index.ts'
import { runtime as defaultRuntime } from '#runtime'
import { isFloat, type HostTensor } from './dtype.ts'
import { grad } from './gradient.ts'
import {
  expectLike,
  identityOf,
  keysOf,
  kindOf,
  listOf,
  patchFeeds,
  shapeOfValue,
  sitesOf,
  spread,
  type Captured,
  type GradientLook,
  type Look,
  type Patch,
  type Sweep,
  type SweepRun,
} from './look.ts'
import { where } from './ops/elementwise.ts'
import type { Parameter } from './parameter.ts'
import type { Feed } from './bind-feed.ts'
import type { Program, ProgramDefinition, ProgramOptions, Trace } from './program.ts'
import type { Runtime } from './runtime/runtime.ts'
import { SharedSessions } from './runtime/shared.ts'
import { State } from './state.ts'
import { input, type Tensor, type TensorType } from './tensor.ts'
import { watching } from './watch.ts'

export interface InspectorDefinition<
  Inputs extends Record<string, TensorType>,
  Outputs extends Trace,
> extends ProgramDefinition<Inputs, Outputs> {
  /** The name by which the trace knows what the caller names. @throws InterplayError for an unknown name. */
  resolve?: (name: string) => string
  /** The error for a name that is known and that nothing computed has. */
  absent?: (name: string) => InterplayError
  /** The parameter of a name; the state's names where left out. */
  parameter?: (name: string) => Parameter | undefined
}

/** Makes the program of a traced graph. */
export type BuildProgram = (
  inputs: Readonly<Record<string, Tensor>>,
  traced: Trace,
  state: State,
  runtime: Runtime,
  options: Omit<ProgramOptions, 'runtime'>,
) => Program

/** Programs kept for looks that may come again. */
const keptPrograms = 16

interface Looked {
  program: Program
  /** What the program's outputs are called here: an intermediate may be called as an input is. */
  results: readonly string[]
  /** Names of the inputs that hold patch values, by intermediate (and number, in a sweep). */
  values: ReadonlyMap<string, string>
  /** Runs under way, during which it stays. */
  running: number
}

/**
 * Looks inside a traced model: reads intermediates (named with `.named(name)`), replaces them, and differentiates with
 * respect to them. A look is traced once: runs with the same capture names, patched names and patch functions share a
 * program, and equal graphs share a session.
 */
export class Inspector<
  InputName extends string = string,
  OutputName extends string = string,
> implements AsyncDisposable {
  readonly state: State
  private readonly programs = new Map<string, Looked>()
  private readonly sessions: SharedSessions
  private readonly options: Omit<ProgramOptions, 'runtime'>
  private closed = false

  constructor(
    private readonly definition: InspectorDefinition<Record<string, TensorType>, Trace>,
    private readonly build: BuildProgram,
  ) {
    const { state, seed = 1, runtime = defaultRuntime, threads, spin, optimization, device, admit } = definition
    this.state = state instanceof State ? state : new State(state ?? {}, seed)
    this.sessions = new SharedSessions(runtime)
    this.options = { threads, spin, optimization, device, ...(admit && { admit }) }
  }

  /**
   * Runs the model; the result has its outputs and what was captured.
   *
   * @throws InterplayError `engine/name` for a name that no intermediate has, `engine/feed`, `shape/mismatch`.
   */
  async run<const L extends Look>(
    feeds: Readonly<Record<InputName, Feed>>,
    look: L = {} as L,
  ): Promise<Record<OutputName | Captured<L>, HostTensor>> {
    const key = ['run', ...keysOf(look)].join('\n')
    const looked = this.look(key, () => this.trace(look, everything, { updates: true }))
    return (await runLooked(looked, { ...feeds, ...patchFeeds(look, looked.values) })) as Record<
      OutputName | Captured<L>,
      HostTensor
    >
  }

  /**
   * The gradient of a scalar with respect to inputs, intermediates or parameters: one tensor for one name, a record for
   * several.
   */
  gradient(
    feeds: Readonly<Record<InputName, Feed>>,
    look: GradientLook & { withRespectTo: string },
  ): Promise<HostTensor>
  gradient<const Name extends string>(
    feeds: Readonly<Record<InputName, Feed>>,
    look: GradientLook & { withRespectTo: readonly Name[] },
  ): Promise<Record<Name, HostTensor>>
  async gradient(
    feeds: Readonly<Record<InputName, Feed>>,
    look: GradientLook,
  ): Promise<HostTensor | Record<string, HostTensor>> {
    const names = [look.withRespectTo].flat()
    const key = ['gradient', identityOf(look.of), ...names, ...keysOf(look)].join('\n')
    const answer = ({ outputs, captured, find }: Traced) => {
      const wrt = names.map(name => differentiable(name, find(name)))
      const gradients = grad(look.of({ ...outputs, ...captured }), wrt)
      return Object.fromEntries(names.map((name, i) => [name, gradients[i]!]))
    }
    const looked = this.look(key, () => this.trace(look, answer, { inside: names }))
    const results = await runLooked(looked, { ...feeds, ...patchFeeds(look, looked.values) })
    return typeof look.withRespectTo === 'string' ? results[look.withRespectTo]! : results
  }

  /**
   * One run for each patch of each site, as `run` with that patch alone. All patches are in one program, under switches:
   * a sweep over a hundred sites compiles once.
   */
  async sweep(feeds: Readonly<Record<InputName, Feed>>, sweep: Sweep): Promise<SweepRun[]> {
    const sites = Object.entries(sweep.patch).map(([site, patches]) => [site, listOf(patches)] as const)
    const key = [
      'sweep',
      ...sites.flatMap(([site, patches]) => [site, ...patches.map(kindOf)]),
      ...keysOf({ capture: sweep.capture }),
    ]
    const looked = this.look(key.join('\n'), () => this.traceSweep(sweep, sites))
    const held = sites.flatMap(([site, patches]) =>
      patches.map((patch, i) => [looked.values.get(`${site}\n${i}`), patch] as const),
    )
    const fed = Object.fromEntries(held.flatMap(([name, patch]) => (name ? [[name, patch as Feed]] : [])))
    const runs: SweepRun[] = []
    for (const [site, patches] of sites) {
      for (const i of patches.keys()) {
        sweep.signal?.throwIfAborted()
        const outputs = await runLooked(looked, { ...feeds, ...fed, [choiceInput]: runs.length })
        runs.push({ site, patch: i, outputs })
      }
    }
    return runs
  }

  /** Frees the native memory; the state stays. */
  async close(): Promise<void> {
    this.closed = true
    const programs = [...this.programs.values()]
    this.programs.clear()
    await Promise.all(programs.map(({ program }) => program.close()))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** The program of a look; the least recently used one makes room. */
  private look(key: string, trace: () => Looked): Looked {
    if (this.closed) throw new InterplayError('engine/closed', 'the inspector is closed')
    const known = this.programs.get(key)
    this.programs.delete(key)
    const looked = known ?? trace()
    this.programs.set(key, looked)
    const idle = [...this.programs].find(([own, { running }]) => own !== key && running === 0)
    if (this.programs.size > keptPrograms && idle) {
      this.programs.delete(idle[0])
      void idle[1].program.close()
    }
    return looked
  }

  private trace(
    { capture = {}, patch = {} }: Look,
    answer: (traced: Traced) => Record<string, Tensor>,
    { updates = false, inside = [] }: { updates?: boolean; inside?: readonly string[] },
  ): Looked {
    const leaves = this.leaves()
    const values = new Map<string, string>()
    const replace = (x: Tensor, name: string, given: string): Tensor => {
      const by = patch[given]!
      if (typeof by === 'function') return expectLike(x, by(x), name)
      return expectLike(x, spread(this.valueInput(leaves, values, given, by, x), x), name)
    }
    return this.watched(leaves, values, { capture, patch, inside, updates, replace, answer })
  }

  private traceSweep(sweep: Sweep, sites: readonly (readonly [string, readonly Patch[]])[]): Looked {
    const leaves = this.leaves()
    const values = new Map<string, string>()
    const choice = input(choiceInput, { dtype: 'int32', shape: [] })
    leaves[choiceInput] = choice
    const firsts = new Map<string, number>()
    let count = 0
    for (const [site, patches] of sites) {
      firsts.set(site, count)
      count += patches.length
    }
    const replace = (x: Tensor, name: string, given: string): Tensor => {
      const patches = listOf(sweep.patch[given]!)
      return patches.reduce<Tensor>((y, patch, i) => {
        const by =
          typeof patch === 'function'
            ? patch(x)
            : spread(this.valueInput(leaves, values, `${given}\n${i}`, patch, x), x)
        return where(choice.equal(firsts.get(given)! + i), expectLike(x, by, name), y)
      }, x)
    }
    const { capture = {}, patch } = sweep
    return this.watched(leaves, values, { capture, patch, inside: [], updates: false, replace, answer: everything })
  }

  /** Traces the model with the look's names watched, and compiles what `answer` makes of it. */
  private watched(
    leaves: Record<string, Tensor>,
    values: Map<string, string>,
    { capture, patch, inside, updates, replace, answer }: WatchedLook,
  ): Looked {
    const patched = sitesOf(Object.keys(patch), name => this.resolve(name))
    const leaf = (name: string) => (Object.hasOwn(leaves, name) ? leaves[name] : undefined)
    const differentiated = inside.filter(name => !leaf(name) && !this.parameter(name))
    const read = [...Object.values(capture), ...differentiated].map(name => this.resolve(name))
    const wanted = new Set([...patched.keys(), ...read])
    const seen = new Map<string, Tensor[]>()
    const watch = {
      wants: (name: string) => wanted.has(name),
      replace: (x: Tensor, name: string) => (patched.has(name) ? replace(x, name, patched.get(name)!) : x),
      saw: (x: Tensor, name: string) => void seen.set(name, [...(seen.get(name) ?? []), x]),
    }
    const traced = watching(watch, () => this.definition.trace({ ...leaves }))
    for (const [name, given] of patched) if (!seen.has(name)) throw this.unknown(given)
    const find = (name: string): Tensor => {
      const found = seen.get(this.resolve(name))
      if (!found) throw this.unknown(name)
      return single(name, found)
    }
    const captured = Object.fromEntries(Object.entries(capture).map(([result, name]) => [result, find(name)]))
    const answered = Object.entries(
      answer({
        outputs: { ...traced.outputs },
        captured,
        find: name => leaf(name) ?? this.parameter(name) ?? find(name),
      }),
    )
    const outputs = Object.fromEntries(answered.map(([, tensor], i) => [`output.${i}`, tensor]))
    const whole = { outputs, ...(updates && { updates: traced.updates }) }
    const program = this.build(leaves, whole, this.state, this.sessions, this.options)
    return { program, results: answered.map(([name]) => name), values, running: 0 }
  }

  private leaves(): Record<string, Tensor> {
    const { inputs } = this.definition
    return Object.fromEntries(Object.entries(inputs).map(([name, type]) => [name, input(name, type)]))
  }

  private resolve(name: string): string {
    return this.definition.resolve?.(name) ?? name
  }

  private parameter(name: string): Parameter | undefined {
    return this.definition.parameter ? this.definition.parameter(name) : this.state.find(name)
  }

  private unknown(name: string): InterplayError {
    return this.definition.absent?.(name) ?? unknownName(name)
  }

  /** An input for a patch's value, of the intermediate's shape but for the axes along which the value repeats. */
  private valueInput(
    leaves: Record<string, Tensor>,
    values: Map<string, string>,
    key: string,
    value: Feed,
    x: Tensor,
  ): Tensor {
    const known = values.get(key)
    if (known !== undefined) return leaves[known]!
    const name = `patch.${values.size}`
    const leaf = input(name, { dtype: x.dtype, shape: shapeOfValue(value, x) })
    leaves[name] = leaf
    values.set(key, name)
    return leaf
  }
}

interface Traced {
  outputs: Record<string, Tensor>
  captured: Record<string, Tensor>
  /** An input, parameter or intermediate. */
  find(name: string): Tensor
}

interface WatchedLook {
  capture: Readonly<Record<string, string>>
  patch: Readonly<Record<string, unknown>>
  /** What is differentiated with respect to. */
  inside: readonly string[]
  updates: boolean
  replace(x: Tensor, name: string, given: string): Tensor
  answer(traced: Traced): Record<string, Tensor>
}

const choiceInput = 'sweep.choice'

const everything = ({ outputs, captured }: Traced): Record<string, Tensor> => ({ ...outputs, ...captured })

/** The program's outputs under the names they have here. */
async function runLooked(looked: Looked, feeds: Readonly<Record<string, Feed>>): Promise<Record<string, HostTensor>> {
  looked.running++
  try {
    const values = await looked.program.run(feeds)
    return Object.fromEntries(looked.results.map((name, i) => [name, values[`output.${i}`]!]))
  } finally {
    looked.running--
  }
}

function single(name: string, found: readonly Tensor[]): Tensor {
  if (found.length === 1) return found[0]!
  throw new InterplayError('engine/name', `${found.length} intermediates are named '${name}'`, {
    why: 'what is captured or differentiated must be one of them',
  })
}

const unknownName = (name: string): InterplayError =>
  new InterplayError('engine/name', `the model has no intermediate '${name}'`, {
    try: `.named('${name}') where it is computed`,
  })

function differentiable(name: string, tensor: Tensor): Tensor {
  if (isFloat(tensor.dtype)) return tensor
  throw new InterplayError('engine/not-differentiable', `'${name}' is ${tensor.dtype}, which has no gradient`, {
    try: 'a floating intermediate that is computed from it',
  })
}
