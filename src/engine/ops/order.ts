import { InterplayError } from '../../errors/index.ts'
import { spellShape } from '../dimension.ts'
import { constant, Node, normalAxis, type Operator, type Tensor } from '../tensor.ts'

const topKOperator: Operator = {
  name: 'TopK',
  gradient: ({ inputs: [x], outputs: [, indices], attributes: { axis } }, [d]) => [
    d && x!.zerosLike().scatterElements(indices!, d, axis!.value as number),
    undefined,
  ],
}

export interface Ordered {
  /** Sorted from the largest down (from the smallest up where those were asked for). */
  values: Tensor
  /** Their positions along the axis, int64. */
  indices: Tensor
}

function ordered(x: Tensor, k: number | undefined, axis: number, largest: boolean): Ordered {
  const along = normalAxis('TopK', axis, x.rank)
  const extent = x.shape[along]!
  if (k !== undefined && typeof extent === 'number' && k > extent) {
    throw new InterplayError('shape/mismatch', `TopK: ${k} elements of axis ${along} of ${spellShape(x.shape)}`)
  }
  const shape = x.shape.map((own, i) => (i === along ? (k ?? own) : own))
  const count = k === undefined ? x.extents(along, along + 1) : constant([k], [1], 'int64')
  const attributes = {
    axis: { type: 'int', value: along },
    largest: { type: 'int', value: Number(largest) },
  } as const
  const types = [
    { dtype: x.dtype, shape },
    { dtype: 'int64', shape },
  ] as const
  const [values, indices] = new Node(topKOperator, [x, count], attributes, types).outputs
  return { values: values!, indices: indices! }
}

/** The k largest (or smallest) elements along an axis, sorted, and their positions (int64). */
export const topK = (x: Tensor, k: number, axis = -1, { largest = true } = {}): Ordered => ordered(x, k, axis, largest)

/** The elements along an axis in rising order (or falling); equal ones keep their order. */
export const sort = (x: Tensor, axis = -1, { descending = false } = {}): Tensor =>
  ordered(x, undefined, axis, descending).values

/** The positions (int64) that `sort` takes the elements from. */
export const argSort = (x: Tensor, axis = -1, { descending = false } = {}): Tensor =>
  ordered(x, undefined, axis, descending).indices
