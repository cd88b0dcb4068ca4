import * as ops from '../order.ts'
import { float32, input } from '../../tensor.ts'
import type { OperatorRecord, Values } from './record.ts'
import { alongAxis, distinct, symbolic } from './values.ts'

const positions = (line: readonly number[], descending: boolean): number[] =>
  [...line.keys()].sort((i, j) => (line[i]! - line[j]!) * (descending ? -1 : 1))
const sorted = (x: Values, axis: number, descending: boolean, k?: number): Values =>
  alongAxis(x, axis, line =>
    positions(line, descending)
      .slice(0, k)
      .map(i => line[i]!),
  )
const places = (x: Values, axis: number, descending: boolean, k?: number): Values => ({
  ...alongAxis(x, axis, line => positions(line, descending).slice(0, k)),
  dtype: 'int64',
})

const cases = [
  [[7], -1, false],
  [[4, 5], 0, true],
  [[2, 5, 3], 1, false],
  [[2, 1, 3, 6], -1, true],
] as const

const goldenSort = /^(ascending|descending)-/

export const orderRecords: readonly OperatorRecord[] = [
  {
    name: 'topK',
    samples: random =>
      cases.map(([shape, axis, largest]) => {
        const x = distinct(random, shape)
        const k = Math.min(3, x.shape.at(axis)!)
        return {
          inputs: [axis === 1 ? symbolic(x, ['batch', undefined, 'length']) : x],
          build: leaf => {
            const { values, indices } = ops.topK(leaf, k, axis, { largest })
            return [values, indices]
          },
          expected: [sorted(x, axis, largest, k), places(x, axis, largest, k)],
          ...(largest && { jax: ({ lax }, array) => lax.topK(array, k, axis)[0] }),
        }
      }),
    golden: {
      file: 'sort',
      cases: /^top-/,
      build: ({ x }, { axis, k, largest }) => ops.topK(x!, k, axis, { largest: largest === 1 }).values,
    },
    refusals: [
      {
        build: () => ops.topK(input('x', float32([2, 3])), 4),
        message: 'TopK: 4 elements of axis 1 of [2, 3]',
      },
    ],
  },
  {
    name: 'sort',
    samples: random =>
      cases.map(([shape, axis, descending]) => {
        const x = distinct(random, shape)
        return {
          inputs: [axis === 1 ? symbolic(x, ['batch', 'length']) : x],
          build: leaf => ops.sort(leaf, axis, { descending }),
          expected: sorted(x, axis, descending),
          ...(!descending && { jax: ({ np }, array) => np.sort(array, axis) }),
        }
      }),
    golden: {
      file: 'sort',
      cases: goldenSort,
      build: ({ x }, { axis, largest }) => ops.sort(x!, axis, { descending: largest === 1 }),
    },
  },
  {
    name: 'argSort',
    notDifferentiable: 'positions are integers',
    samples: random =>
      cases.map(([shape, axis, descending]) => {
        const x = distinct(random, shape)
        return {
          inputs: [x],
          build: leaf => ops.argSort(leaf, axis, { descending }),
          expected: places(x, axis, descending),
        }
      }),
  },
]
