import { Random } from '../../../random/index.ts'
import { evaluateDimension, type Shape } from '../../dimension.ts'
import { isFloat, toArray, type DataType, type HostTensor } from '../../dtype.ts'
import { vjp } from '../../gradient.ts'
import { Program, type ProgramOptions } from '../../program.ts'
import { State } from '../../state.ts'
import { runtime as native } from '#runtime'
import { input, type Tensor } from '../../tensor.ts'
import type { OperatorRecord, Sample, Values } from './record.ts'
import { size } from './values.ts'

/** A sample of a record, with what a golden file adds to it. */
export interface Case {
  record: OperatorRecord
  sample: Sample
  label: string
  cotangent?: Values
  gradients?: readonly (Values | undefined)[]
}

export type FloatType = 'float32' | 'float64'

/** What one case answered. */
export interface Answer {
  outputs: readonly HostTensor[]
  /** sum(output * cotangent) over the float outputs. */
  loss: number
  /** By input; undefined for the ones without a gradient. */
  gradients: readonly (HostTensor | undefined)[]
  /** The products of the Hessian of the loss with the directions. */
  curvatures: readonly (HostTensor | undefined)[]
}

interface Traced {
  case: Case
  inputs: readonly Tensor[]
  outputs: readonly Tensor[]
  directions: readonly (Float64Array | undefined)[]
  cotangents: readonly (Float64Array | undefined)[]
}

export interface BatchOptions extends ProgramOptions {
  dtype: FloatType
  second?: boolean
}

/** Many cases in one program: making a session costs more than running all of them. */
export class Batch {
  readonly traced: readonly Traced[]
  private readonly feeds: Record<string, HostTensor> = {}
  private readonly leaves: Record<string, Tensor> = {}
  private readonly results: Record<string, Tensor> = {}
  private readonly programs = new Map<string, Program>()
  private readonly dtype: FloatType

  constructor(
    readonly cases: readonly Case[],
    private readonly options: BatchOptions,
  ) {
    this.dtype = options.dtype
    this.traced = cases.map((one, i) => {
      try {
        return this.trace(one, `c${i}`)
      } catch (error) {
        throw new Error(`${one.record.name}, ${one.label}: ${(error as Error).message}`, { cause: error })
      }
    })
  }

  private trace(one: Case, key: string): Traced {
    const random = new Random(11, one.label)
    const { sample, record } = one
    const inputs = sample.inputs.map((values, i) => this.leaf(`${key}.x${i}`, values, key))
    const outputs = [sample.build(...inputs)].flat() as Tensor[]
    outputs.forEach((output, i) => (this.results[`${key}.y${i}`] = output))
    const expected = [sample.expected].flat() as Values[]
    const moved = sample.inputs.map(values => values.dtype === 'float' && !values.fixed)
    const differentiable = !record.notDifferentiable && moved.includes(true)
    const cotangents = outputs.map((output, k) => {
      if (!differentiable || !isFloat(output.dtype)) return undefined
      return one.cotangent?.data ?? normals(random, size(expected[k]!.shape))
    })
    const directions = sample.inputs.map((values, i) => (moved[i] ? normals(random, size(values.shape)) : undefined))
    if (differentiable) this.differentiate(key, { case: one, inputs, outputs, cotangents, directions })
    return { case: one, inputs, outputs, cotangents, directions }
  }

  private differentiate(key: string, { case: one, inputs, outputs, cotangents, directions }: Traced): void {
    const floats = outputs.filter((_, k) => cotangents[k])
    const expected = [one.sample.expected].flat() as Values[]
    const weights = outputs.flatMap((output, k) =>
      cotangents[k] ? [this.feed(`${key}.d${k}`, output.shape, expected[k]!.shape, cotangents[k])] : [],
    )
    const moving = inputs.filter((_, i) => directions[i])
    const gradients = vjp(floats, moving, weights)
    const places = inputs.flatMap((_, i) => (directions[i] ? [i] : []))
    places.forEach((i, j) => (this.results[`${key}.g${i}`] = gradients[j]!))
    if (!this.options.second || one.record.firstOrderOnly || one.sample.large) return
    const along = places.map(i => {
      return this.feed(`${key}.v${i}`, inputs[i]!.shape, one.sample.inputs[i]!.shape, directions[i]!)
    })
    const curvatures = vjp(gradients, moving, along)
    places.forEach((i, j) => (this.results[`${key}.h${i}`] = curvatures[j]!))
  }

  private leaf(name: string, values: Values, key: string): Tensor {
    const shape = values.shape.map((extent, axis) => {
      const symbol = values.symbols?.[axis]
      return symbol ? `${symbol}.${key}` : extent
    })
    const dtype: DataType = values.dtype === 'float' ? this.dtype : values.dtype
    return this.feed(name, shape, values.shape, values.data, dtype)
  }

  private feed(
    name: string,
    shape: Shape,
    dims: readonly number[],
    data: Float64Array,
    dtype: DataType = this.dtype,
  ): Tensor {
    this.feeds[name] = { dtype, dims: [...dims], data: toArray(dtype, Array.from(data)) }
    return (this.leaves[name] = input(name, { dtype, shape }))
  }

  /** Runs all cases; `shift` moves every float input along its direction. */
  async run({ shift = 0, ...options }: ProgramOptions & { shift?: number } = {}): Promise<Answer[]> {
    const values = await this.program({ ...this.options, ...options }).run(shift === 0 ? this.feeds : this.moved(shift))
    return this.traced.map((traced, c) => {
      const pick = (kind: string, count: number) =>
        Array.from({ length: count }, (_, i) => values[`c${c}.${kind}${i}`] as HostTensor | undefined)
      const outputs = pick('y', traced.outputs.length) as HostTensor[]
      const loss = outputs.reduce((total, { data }, k) => total + dot(data, traced.cotangents[k]), 0)
      const count = traced.inputs.length
      return { outputs, loss, gradients: pick('g', count), curvatures: pick('h', count) }
    })
  }

  /** The extents that the shape rule promised for an output, its symbols filled in from the sample. */
  promised(c: number, output: Tensor): (number | undefined)[] {
    const bindings = new Map<string, number>()
    this.traced[c]!.inputs.forEach((leaf, i) => {
      leaf.shape.forEach((extent, axis) => {
        if (typeof extent === 'string') bindings.set(extent, this.cases[c]!.sample.inputs[i]!.shape[axis]!)
      })
    })
    return output.shape.map(extent => evaluateDimension(extent, bindings))
  }

  async close(): Promise<void> {
    for (const program of this.programs.values()) await program.close()
  }

  private program({ dtype: _, second: __, runtime, ...options }: BatchOptions): Program {
    const key = JSON.stringify([runtime?.name, options])
    const known = this.programs.get(key)
    if (known) return known
    const program = new Program(this.leaves, { outputs: this.results }, new State({}, 1), runtime ?? native, options)
    this.programs.set(key, program)
    return program
  }

  private moved(shift: number): Record<string, HostTensor> {
    const feeds = { ...this.feeds }
    this.traced.forEach(({ directions }, c) =>
      directions.forEach((direction, i) => {
        const name = `c${c}.x${i}`
        const feed = feeds[name]!
        if (direction)
          feeds[name] = { ...feed, data: (feed.data as Float64Array).map((x, j) => x + shift * direction[j]!) }
      }),
    )
    return feeds
  }
}

const normals = (random: Random, length: number) => Float64Array.from({ length }, () => Math.fround(random.normal()))

export function dot(a: ArrayLike<number | bigint>, b: ArrayLike<number> | undefined): number {
  let total = 0
  for (let i = 0; b && i < b.length; i++) total += Number(a[i]) * b[i]!
  return total
}
