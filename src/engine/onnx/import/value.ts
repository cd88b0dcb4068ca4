import type { Dimension, Shape } from '../../dimension.ts'
import { isFloat, toArray, type DataType } from '../../dtype.ts'
import { constant, constantValue, type Tensor } from '../../tensor.ts'

/**
 * Elements of a small tensor that are known while the graph is read, in row-major order: numbers (booleans as 0 and 1),
 * and symbols where they follow from extents. What exporters compute shapes with.
 */
export interface Known {
  dtype: DataType
  dims: readonly number[]
  elements: readonly Dimension[]
}

/** Longer tensors are not followed element by element. */
export const longestKnown = 4096

/** One value of the file's graph: a tensor, made when something reads it, and its elements where they are known. */
export class Value {
  private made: Tensor | undefined

  private constructor(
    private readonly make: () => Tensor,
    readonly dtype: DataType,
    readonly shape: Shape,
    readonly known?: Known,
  ) {}

  static of(tensor: Tensor): Value {
    const value = constantValue(tensor)
    const known =
      value && value.data.length <= longestKnown && value.dtype !== 'float16' ? elementsOf(tensor) : undefined
    return new Value(() => tensor, tensor.dtype, tensor.shape, known)
  }

  /** `make` computes in the graph what the elements say, for where they are symbols. */
  static known(known: Known, make: () => Tensor): Value {
    const fixed = known.elements.every(element => typeof element === 'number')
    const build = fixed ? () => constantOf(known) : make
    return new Value(build, known.dtype, known.dims, known)
  }

  get tensor(): Tensor {
    this.made ??= this.make()
    return this.made
  }

  /** The elements as numbers, where all are. */
  get numbers(): readonly number[] | undefined {
    const elements = this.known?.elements
    return elements?.every(element => typeof element === 'number') ? (elements as readonly number[]) : undefined
  }
}

function elementsOf(tensor: Tensor): Known {
  const { data, dims, dtype } = constantValue(tensor)!
  return { dtype, dims, elements: Array.from(data as ArrayLike<number | bigint>, Number) }
}

function constantOf({ dtype, dims, elements }: Known): Tensor {
  const values = elements as readonly number[]
  return constant(toArray(dtype, isFloat(dtype) ? values : values.map(Math.trunc)), [...dims], dtype)
}
