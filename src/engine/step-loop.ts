import { allocate, type DataType, type HostTensor, type TypedArray } from './dtype.ts'
import type { OnnxGraph, ValueInfo } from './onnx/codec.ts'

/** Names of a step's graph inside its loop, as the graph around has them. */
export const loopName = (name: string): string => `loop.${name}`

/** Symbol of how many steps a run makes. */
const steps = loopName('steps')

/** A value that a step reads and hands on to the next. */
export interface Carried {
  input: string
  output: string
}

/**
 * A graph that makes several steps of another in one run, one after the other: a Scan hands the carried values from step to
 * step, so that on a card they stay there, and cuts the other inputs, stacked by step, which `fed` names. Answers come stacked
 * by step. Inputs that are neither are the same for all steps.
 */
export function loopOf(step: OnnxGraph, carried: readonly Carried[], fed: readonly string[]): OnnxGraph {
  const inputs = new Map(step.inputs.map(input => [input.name, input]))
  const outputs = new Map(step.outputs.map(output => [output.name, output]))
  const states = carried.map(({ input, output }) => ({
    // a value that is written without being read is carried all the same: a Scan knows no other way to hand it on
    before: inputs.get(input) ?? { ...outputs.get(output)!, name: input },
    after: outputs.get(output)!,
  }))
  const handed = new Set(carried.flatMap(({ input, output }) => [input, output]))
  const cut = fed.map(name => inputs.get(name)!)
  const answers = step.outputs.filter(({ name }) => !handed.has(name))
  const same = step.inputs.filter(({ name }) => !handed.has(name) && !fed.includes(name))
  const around = (value: ValueInfo): ValueInfo => ({ ...value, name: loopName(value.name) })
  const stacked = (value: ValueInfo): ValueInfo => ({ ...around(value), shape: [steps, ...value.shape!] })
  const body: OnnxGraph = {
    ...step,
    name: 'step',
    inputs: [...states.map(({ before }) => before), ...cut],
    outputs: [...states.map(({ after }) => after), ...answers],
  }
  const given = [...states.map(({ before }) => around(before)), ...cut.map(stacked)]
  const results = [...states.map(({ after }) => around(after)), ...answers.map(stacked)]
  return {
    name: 'steps',
    nodes: [
      {
        name: 'steps',
        op: 'Scan',
        domain: '',
        inputs: given.map(({ name }) => name),
        outputs: results.map(({ name }) => name),
        attributes: { body: { type: 'graph', value: body }, num_scan_inputs: { type: 'int', value: cut.length } },
      },
    ],
    initializers: [],
    inputs: [...given, ...same],
    outputs: results,
  }
}

type StepValues = ReadonlyMap<string, HostTensor>

/** Feeds of steps of one shape, laid one behind the other in buffers that are kept for the next run. */
export class StepFeeds {
  private stacked = 0
  private readonly buffers = new Map<string, TypedArray>()
  private first: StepValues = new Map()

  constructor(private readonly names: readonly string[]) {}

  /** Steps laid here. */
  get count(): number {
    return this.stacked
  }

  /** Forgets what was laid. */
  clear(): void {
    this.stacked = 0
  }

  /** Whether a step's feeds have the shapes of those before it. */
  takes(feeds: StepValues): boolean {
    return this.count === 0 || this.names.every(name => sameShape(feeds.get(name)!, this.first.get(name)!))
  }

  /** Copies a step's feeds behind the others. */
  add(feeds: StepValues): void {
    if (this.count === 0) this.first = feeds
    for (const name of this.names) {
      const { dtype, data } = feeds.get(name)!
      const buffer = this.reserve(name, dtype, data.length) as Float32Array
      buffer.set(data as Float32Array, this.count * data.length)
    }
    this.stacked++
  }

  /** The feeds of all steps, stacked, under their names around the loop; the next step is again the first. */
  take(): Record<string, HostTensor> {
    const { first, count } = this
    this.stacked = 0
    return Object.fromEntries(
      this.names.map((name): [string, HostTensor] => {
        const { dtype, dims, data } = first.get(name)!
        const stacked = this.buffers.get(name)!.subarray(0, count * data.length)
        return [loopName(name), { dtype, dims: [count, ...dims], data: stacked }]
      }),
    )
  }

  /** A buffer with room for one step more of so many elements. */
  private reserve(name: string, dtype: DataType, length: number): TypedArray {
    const known = this.buffers.get(name)
    const needed = (this.count + 1) * length
    if (known && known.length >= needed) return known
    const grown = allocate(dtype, Math.max(needed, 2 * this.count * length))
    if (known) (grown as Float32Array).set(known.subarray(0, this.count * length) as Float32Array)
    this.buffers.set(name, grown)
    return grown
  }
}

const sameShape = (a: HostTensor, b: HostTensor): boolean =>
  a.dims.length === b.dims.length && a.dims.every((extent, axis) => extent === b.dims[axis])

/** One step's part of a stacked answer. */
export function answerAt({ dtype, dims, data }: HostTensor, step: number): HostTensor {
  const length = data.length / dims[0]!
  return { dtype, dims: dims.slice(1), data: data.subarray(step * length, (step + 1) * length) }
}
