import { InterplayError } from '../../errors/index.ts'
import { apply, constant, normalAxis, type Operator, type Tensor } from '../tensor.ts'
import { concat } from './shape.ts'

export interface Running {
  /** Leave out the element itself: the result starts from nothing. */
  exclusive?: boolean
  /** Run from the end. */
  reverse?: boolean
}

const cumSumOperator: Operator = {
  name: 'CumSum',
  gradient: ({ inputs: [, axis], attributes: { exclusive, reverse } }, [d]) => {
    const attributes = {
      exclusive: exclusive!,
      reverse: { type: 'int', value: 1 - (reverse!.value as number) },
    } as const
    return [apply(cumSumOperator, [d, axis], attributes, { dtype: d!.dtype, shape: d!.shape }), undefined]
  },
}

/** Running sum along an axis; `exclusive` leaves out the element itself, `reverse` runs from the end. */
export function cumSum(x: Tensor, axis = -1, { exclusive = false, reverse = false }: Running = {}): Tensor {
  const along = constant([normalAxis('CumSum', axis, x.rank)], [], 'int64')
  const attributes = {
    exclusive: { type: 'int', value: Number(exclusive) },
    reverse: { type: 'int', value: Number(reverse) },
  } as const
  return apply(cumSumOperator, [x, along], attributes, { dtype: x.dtype, shape: x.shape })
}

/**
 * Running product along an axis of known extent n, in log2(n) rounds of products with the shifted tensor; right, and
 * rightly differentiated, also where elements are 0.
 */
export function cumProd(x: Tensor, axis = -1, { exclusive = false, reverse = false }: Running = {}): Tensor {
  const along = normalAxis('CumProd', axis, x.rank)
  const extent = x.shape[along]!
  if (typeof extent !== 'number') {
    throw new InterplayError('shape/mismatch', `CumProd: needs a known extent, axis ${along} is ${extent}`)
  }
  const ones = (count: number): Tensor => x.slice(along, 0, count).onesLike()
  const shifted = (y: Tensor, by: number): Tensor => {
    if (by >= extent) return ones(extent)
    return reverse
      ? concat([y.slice(along, by), ones(by)], along)
      : concat([ones(by), y.slice(along, 0, extent - by)], along)
  }
  let y = exclusive ? shifted(x, 1) : x
  for (let by = 1; by < extent; by *= 2) y = y.mul(shifted(y, by))
  return y
}
