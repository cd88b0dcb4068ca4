import * as ops from '../reduce.ts'
import { float32, input, type Tensor } from '../../tensor.ts'
import type { Jax, JaxArray, OperatorRecord, Values } from './record.ts'
import { distinct, floats, pointwise, reduced, symbolic, tabulate, type Range } from './values.ts'

interface Case {
  shape: readonly number[]
  axes?: readonly number[]
  keep?: boolean
  symbols?: readonly (string | undefined)[]
}

const cases: readonly Case[] = [
  { shape: [] },
  { shape: [5] },
  { shape: [3, 4], axes: [1] },
  { shape: [4, 3], axes: [0], keep: true },
  { shape: [2, 3, 4], axes: [0, 2] },
  { shape: [2, 3, 2, 2], axes: [1, 2], keep: true },
  { shape: [3, 4], axes: [0], symbols: ['batch'] },
  { shape: [3, 2, 4], axes: [1, 2], symbols: ['batch', undefined, 'length'] },
]

type Reducer = (x: Tensor, axes?: readonly number[], options?: { keep?: boolean }) => Tensor

function reducerRecord(
  name: string,
  builder: Reducer,
  f: (elements: number[]) => number,
  {
    draw = floats,
    range,
    jax,
    operator,
  }: {
    draw?: typeof floats
    range?: Range
    jax?: (jax: Jax, x: JaxArray, axes: number[], options: { keepdims: boolean }) => JaxArray
    operator: string
  },
): OperatorRecord {
  return {
    name,
    samples: random => [
      ...cases.map(({ shape, axes, keep = false, symbols }) => {
        const x = draw(random, shape, range)
        const over = axes ?? shape.map((_, axis) => axis)
        return {
          inputs: [symbols ? symbolic(x, symbols) : x],
          build: (leaf: Tensor) => builder(leaf, axes, { keep }),
          expected: reduced(x, over, keep, f),
          ...(jax &&
            shape.length > 0 && {
              jax: (tools: Jax, array: JaxArray) => jax(tools, array, [...over], { keepdims: keep }),
            }),
        }
      }),
      ...[[1], [0]].map(axes => {
        const x = draw(random, [96, 512], range)
        return {
          inputs: [x],
          build: (leaf: Tensor) => builder(leaf, axes),
          expected: reduced(x, axes, false, f),
          large: true,
        }
      }),
    ],
    refusals: [
      {
        build: () => builder(input('x', float32([2, 3])), [2]),
        message: `${operator}: axis 2 is outside a tensor of rank 2`,
      },
    ],
  }
}

const total = (x: number[]) => x.reduce((sum, value) => sum + value, 0)
const average = (x: number[]) => total(x) / x.length
const spread = (x: number[]) => average(x.map(value => (value - average(x)) ** 2))
const near = { low: 0.9, high: 1.1 }

const positionRecord = (name: 'argMax' | 'argMin', best: (line: number[]) => number): OperatorRecord => ({
  name,
  notDifferentiable: 'positions are integers',
  samples: random =>
    (
      [
        [[4], 0],
        [[3, 4], -1],
        [[2, 3, 4], 1],
      ] as const
    ).map(([shape, axis]) => {
      const x = distinct(random, shape)
      return {
        inputs: [symbolic(x, ['batch'])],
        build: leaf => ops[name](leaf, axis),
        expected: reduced(x, [(axis + shape.length) % shape.length], false, line => line.indexOf(best(line)), 'int64'),
      }
    }),
})

export const reduceRecords: readonly OperatorRecord[] = [
  reducerRecord('sum', ops.sum, total, {
    operator: 'ReduceSum',
    jax: ({ np }, x, axes, options) => np.sum(x, axes, options),
  }),
  reducerRecord('mean', ops.mean, average, {
    operator: 'ReduceSum',
    jax: ({ np }, x, axes, options) => np.mean(x, axes, options),
  }),
  reducerRecord('variance', ops.variance, spread, {
    operator: 'ReduceSum',
    jax: ({ np }, x, axes, options) => np.var_(x, axes, options),
  }),
  reducerRecord('max', ops.max, x => Math.max(...x), {
    draw: distinct,
    operator: 'ReduceMax',
    jax: ({ np }, x, axes, options) => np.max(x, axes, options),
  }),
  reducerRecord('min', ops.min, x => Math.min(...x), {
    draw: distinct,
    operator: 'ReduceMin',
    jax: ({ np }, x, axes, options) => np.min(x, axes, options),
  }),
  reducerRecord('prod', ops.prod, x => x.reduce((product, value) => product * value, 1), {
    range: near,
    operator: 'ReduceProd',
    jax: ({ np }, x, axes, options) => np.prod(x, axes, options),
  }),
  {
    ...reducerRecord('logSumExp', ops.logSumExp, x => Math.log(total(x.map(Math.exp))), {
      operator: 'ReduceLogSumExp',
      jax: ({ nn }, x, axes, options) => nn.logsumexp(x, axes, options),
    }),
    golden: {
      file: 'log-sum-exp',
      cases: /./,
      build: ({ x }, { axes, keepdims }) => ops.logSumExp(x!, axes, { keep: keepdims === 1 }),
    },
  },
  reducerRecord('sumSquares', ops.sumSquares, x => total(x.map(value => value ** 2)), {
    operator: 'ReduceSumSquare',
    jax: ({ np }, x, axes, options) => np.sum(np.square(x), axes, options),
  }),
  reducerRecord('norm', ops.norm, x => Math.hypot(...x), {
    range: { low: 0.2, high: 2 },
    operator: 'ReduceL2',
    jax: ({ np }, x, axes, options) => np.sqrt(np.sum(np.square(x), axes, options)),
  }),
  {
    name: 'sumTo',
    samples: random =>
      (
        [
          [[2, 3], [3]],
          [
            [2, 3],
            [2, 1],
          ],
          [
            [2, 3, 4],
            [1, 4],
          ],
          [[3, 4], []],
          [
            [2, 3],
            [2, 3],
          ],
        ] as const
      ).map(([shape, target]) => {
        const x = floats(random, shape)
        return {
          inputs: [symbolic(x, target[0] === 2 ? ['batch'] : [])],
          build: leaf =>
            ops.sumTo(
              leaf,
              target.map((extent, axis) => (extent === 2 ? leaf.shape[axis]! : extent)),
            ),
          expected: { ...summedTo(x, target), shape: [...target] },
          jax: ({ np }, leaf) => {
            const axes = axesTo(shape, target)
            return np.reshape(axes.length > 0 ? np.sum(leaf!, axes) : leaf!, [...target])
          },
        }
      }),
  },
  {
    name: 'countOf',
    notDifferentiable: 'extents are integers',
    samples: random =>
      [[0], [1], [0, 1]].map(axes => {
        const x = symbolic(floats(random, [3, 4]), ['batch'])
        return {
          inputs: [x],
          build: leaf => ops.countOf(leaf, axes),
          expected: tabulate([], () => axes.reduce((count, axis) => count * x.shape[axis]!, 1)),
        }
      }),
  },
  positionRecord('argMax', line => Math.max(...line)),
  positionRecord('argMin', line => Math.min(...line)),
]

/** The axes over which a shape is summed to another that broadcasts to it. */
function axesTo(shape: readonly number[], target: readonly number[]): number[] {
  const skipped = shape.length - target.length
  return shape.flatMap((extent, axis) => (axis < skipped || target[axis - skipped] !== extent ? [axis] : []))
}

function summedTo(x: Values, target: readonly number[]): Values {
  return pointwise([reduced(x, axesTo(x.shape, target), true, total)], value => value)
}
