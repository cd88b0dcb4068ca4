import type { Tensor } from '../../tensor.ts'
import { foldReduce } from './fold.ts'
import { Unread, type Reader, type Reading } from './reading.ts'
import { Value } from './value.ts'

type Reduce = (x: Tensor, axes: readonly number[] | undefined, options: { keep: boolean }) => Tensor

/**
 * Axes are the second input; without them everything is reduced, unless the file asks for nothing then: each element is
 * `alone`.
 */
const reducing =
  (build: Reduce, alone?: (x: Tensor) => Tensor): Reader =>
  node => {
    const value = node.value(0)
    const listed = node.has(1) ? node.numbers(1, 'axes') : []
    if (listed.length === 0 && node.int('noop_with_empty_axes', 0) !== 0) {
      return alone ? alone(value.tensor) : value
    }
    const axes = listed.length > 0 ? listed : undefined
    const keep = node.int('keepdims', 1) !== 0
    const whole =
      !axes || new Set(axes.map(axis => (axis < 0 ? axis + value.shape.length : axis))).size === value.shape.length
    const known = value.known && whole ? foldReduce(node.node.op, value.known, keep) : undefined
    return known ? Value.known(known, () => build(value.tensor, axes, { keep })) : build(value.tensor, axes, { keep })
  }

const position =
  (build: (x: Tensor, axis: number) => Tensor): Reader =>
  node => {
    const x = node.tensor(0)
    const axis = node.axis(x.rank, 0)
    if (node.int('select_last_index', 0) !== 0) throw new Unread('with the last of equal elements')
    const found = build(x, axis)
    return node.int('keepdims', 1) !== 0 ? found.unsqueeze(axis) : found
  }

const cumulative = (node: Reading): Tensor => {
  const options = { exclusive: node.int('exclusive', 0) !== 0, reverse: node.int('reverse', 0) !== 0 }
  return node.tensor(0).cumSum(node.number(1, 'its axis'), options)
}

export const reduce: Record<string, Reader> = {
  ReduceSum: reducing((x, axes, options) => x.sum(axes, options)),
  ReduceMean: reducing((x, axes, options) => x.mean(axes, options)),
  ReduceMax: reducing((x, axes, options) => x.max(axes, options)),
  ReduceMin: reducing((x, axes, options) => x.min(axes, options)),
  ReduceProd: reducing((x, axes, options) => x.prod(axes, options)),
  ReduceL1: reducing(
    (x, axes, options) => x.abs().sum(axes, options),
    x => x.abs(),
  ),
  ReduceL2: reducing(
    (x, axes, options) => x.norm(axes, options),
    x => x.abs(),
  ),
  ReduceLogSum: reducing(
    (x, axes, options) => x.sum(axes, options).log(),
    x => x.log(),
  ),
  ReduceLogSumExp: reducing((x, axes, options) => x.logSumExp(axes, options)),
  ReduceSumSquare: reducing(
    (x, axes, options) => x.sumSquares(axes, options),
    x => x.mul(x),
  ),
  ArgMax: position((x, axis) => x.argMax(axis)),
  ArgMin: position((x, axis) => x.argMin(axis)),
  CumSum: cumulative,
}
