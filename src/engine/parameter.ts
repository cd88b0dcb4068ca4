import type { Random } from '../random/index.ts'
import type { DataType, TypedArray } from './dtype.ts'
import { Node, Tensor, type Operator } from './tensor.ts'

/** Fills a parameter's first value. */
export type Initializer = (values: Float32Array | Float64Array, shape: readonly number[], random: Random) => void

export interface ParameterOptions {
  /** Embedding tables are regularised apart from the rest of a network. Default 'network'. */
  role?: 'network' | 'embedding' | 'buffer'
  dtype?: 'float32' | 'float64'
}

const parameterOperator: Operator = { name: 'Parameter', leaf: true }

/**
 * A leaf that belongs to a state: shape and initialiser until a program is compiled, then a range of a flat vector. The
 * role 'buffer' marks values that are kept but not trained, such as running statistics.
 */
export class Parameter extends Tensor {
  declare readonly shape: readonly number[]
  readonly role: 'network' | 'embedding' | 'buffer'

  constructor(
    shape: readonly number[],
    readonly initialize: Initializer,
    { role = 'network', dtype = 'float32' }: ParameterOptions = {},
  ) {
    super(new Node(parameterOperator, [], {}, []), 0, dtype, shape)
    this.role = role
  }

  get size(): number {
    return this.shape.reduce((product, extent) => product * extent, 1)
  }
}

/** What a parameter's values are stored as. */
export type ParameterArray = Extract<TypedArray, Float32Array | Float64Array>
export type ParameterType = Extract<DataType, 'float32' | 'float64'>
