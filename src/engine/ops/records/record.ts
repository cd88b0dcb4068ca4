import type { lax, nn, numpy } from '@jax-js/jax'
import type { Random } from '../../../random/index.ts'
import type { Tensor } from '../../tensor.ts'

/** Numbers on the host. `float` is whatever float type the suite runs in. */
export interface Values {
  dtype: 'float' | 'int32' | 'int64' | 'bool'
  shape: readonly number[]
  data: Float64Array
  /** Axes declared by a symbol in place of their extent; symbols are the sample's own. */
  symbols?: readonly (string | undefined)[]
  /** A float that the operator does not differentiate. */
  fixed?: boolean
}

export interface Jax {
  np: typeof numpy
  nn: typeof nn
  lax: typeof lax
}
export type JaxArray = numpy.Array

/** One use of an operator: its inputs, the graph built of them, and what that must give. */
export interface Sample {
  inputs: readonly Values[]
  build(...inputs: Tensor[]): Tensor | readonly Tensor[]
  /** The value by plain arithmetic on the host, written without the engine. */
  expected: Values | readonly Values[]
  /** The same in jax-js (at least the first outputs, and all that have gradients), whose gradient must agree. Inputs are copies that may be used once or, by `.ref`, more often. */
  jax?: (jax: Jax, ...inputs: JaxArray[]) => JaxArray | JaxArray[]
  /** Large enough for the runtime to share it among threads: run in float32 only, not differenced. */
  large?: boolean
}

/** Golden values and gradients of PyTorch: `fixtures/operators/<file>.safetensors`, the cases whose names match. */
export interface Golden {
  file: string
  cases: RegExp
  /** How exact the file is, where PyTorch itself computes to less than double precision. */
  tolerance?: number
  build(inputs: Readonly<Record<string, Tensor>>, attributes: Attributes, name: string): Tensor
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- JSON of the fixture, as its case has it
export type Attributes = Record<string, any>

/** A use that must be refused while tracing. */
export interface Refusal {
  build(): unknown
  message: string
}

export interface OperatorRecord {
  /** Name of the exported builder. */
  name: string
  /** Samples of random shapes: broadcasting, scalars, symbolic extents, rank 0 to 4 as far as the operator takes them. */
  samples(random: Random): readonly Sample[]
  refusals?: readonly Refusal[]
  /** Why the operator has no gradient; left out for differentiable ones. */
  notDifferentiable?: string
  /** Why its gradient is not differenced again; left out for the many whose is. */
  firstOrderOnly?: string
  /** Why it does not run in float64. */
  float32Only?: string
  golden?: Golden
  /** Relative to the largest magnitude of a value; 1e-5 in float32 if left out. */
  tolerance?: number
}
