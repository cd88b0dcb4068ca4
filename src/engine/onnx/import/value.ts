import type { Dimension, Shape } from '../../dimension.ts'
import { isFloat, toArray, type DataType, type HostTensor } from '../../dtype.ts'
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
    const short = value && value.data.length <= longestKnown && value.dtype !== 'float16'
    return new Value(() => tensor, tensor.dtype, tensor.shape, short ? elementsOf(value) : undefined)
  }

  /** `make` computes in the graph what the elements say, for where they are symbols. */
  static known(known: Known, make: () => Tensor): Value {
    const fixed = known.elements.every(element => typeof element === 'number' && isExact(element, known.dtype))
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

/** The ends of int64, which files write for "to the end" of an axis. As numbers they are beyond all that is counted. */
const ends = new Set([2n ** 63n - 1n, -(2n ** 63n) + 1n, -(2n ** 63n)])

/** Whether an element is the number it is held as: long integers may not be. */
export const isExact = (element: number, dtype: DataType): boolean => isFloat(dtype) || Number.isSafeInteger(element)

/** A constant's elements; undefined where one is an integer that no number holds, other than the ends of its type. */
function elementsOf({ data, dims, dtype }: HostTensor): Known | undefined {
  const held = Array.from(data as ArrayLike<number | bigint>)
  const exact = held.every(each => typeof each === 'number' || isExact(Number(each), dtype) || ends.has(each))
  return exact ? { dtype, dims, elements: held.map(Number) } : undefined
}

function constantOf({ dtype, dims, elements }: Known): Tensor {
  const values = elements as readonly number[]
  return constant(toArray(dtype, isFloat(dtype) ? values : values.map(Math.trunc)), [...dims], dtype)
}
