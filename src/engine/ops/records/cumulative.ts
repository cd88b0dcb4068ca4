import * as ops from '../cumulative.ts'
import { float32, input, type Tensor } from '../../tensor.ts'
import type { OperatorRecord, Sample, Values } from './record.ts'
import { alongAxis, floats, symbolic } from './values.ts'

function running(line: number[], f: (a: number, b: number) => number, start: number, options: ops.Running): number[] {
  const order = options.reverse ? line.toReversed() : line
  let total = start
  const totals = order.map(x => {
    const before = total
    total = f(total, x)
    return options.exclusive ? before : total
  })
  return options.reverse ? totals.reverse() : totals
}

const cases: readonly (readonly [shape: number[], axis: number, options: ops.Running])[] = [
  [[6], -1, {}],
  [[3, 5], 0, { exclusive: true }],
  [[2, 7, 3], 1, { reverse: true }],
  [[2, 3, 2, 4], -1, { exclusive: true, reverse: true }],
]

function samplesOf(
  builder: (x: Tensor, axis: number, options: ops.Running) => Tensor,
  f: (a: number, b: number) => number,
  start: number,
  draw: (shape: number[], axis: number) => Values,
  jax: 'cumsum' | 'cumprod',
): Sample[] {
  return cases.map(([shape, axis, options]) => {
    const x = draw(shape, axis)
    return {
      inputs: [x],
      build: leaf => builder(leaf, axis, options),
      expected: alongAxis(x, axis, line => running(line, f, start, options)),
      ...(!options.exclusive && !options.reverse && { jax: ({ np }, array) => np[jax](array, axis) }),
    }
  })
}

export const cumulativeRecords: readonly OperatorRecord[] = [
  {
    name: 'cumSum',
    samples: random =>
      samplesOf(
        ops.cumSum,
        (a, b) => a + b,
        0,
        shape => symbolic(floats(random, shape), ['batch']),
        'cumsum',
      ),
    golden: {
      file: 'cumulative-sum',
      cases: /^(first|last)$/,
      build: ({ x }, { axis }) => ops.cumSum(x!, axis),
    },
    refusals: [
      { build: () => ops.cumSum(input('x', float32([2])), 1), message: 'CumSum: axis 1 is outside a tensor of rank 1' },
    ],
  },
  {
    name: 'cumProd',
    samples: random =>
      samplesOf(
        ops.cumProd,
        (a, b) => a * b,
        1,
        shape => floats(random, shape, { low: 0.5, high: 1.5 }),
        'cumprod',
      ),
    golden: {
      file: 'cumulative-product',
      cases: /./,
      build: ({ x }, { axis }) => ops.cumProd(x!, axis),
    },
    refusals: [
      {
        build: () => ops.cumProd(input('x', float32(['batch', 2])), 0),
        message: 'CumProd: needs a known extent, axis 0 is batch',
      },
    ],
  },
]
