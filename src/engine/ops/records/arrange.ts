import * as ops from '../arrange.ts'
import { float32, input, type Tensor } from '../../tensor.ts'
import type { Jax, JaxArray, OperatorRecord } from './record.ts'
import { element, floats, symbolic, tabulate } from './values.ts'

const triangleRecord = (name: 'lowerTriangle' | 'upperTriangle', jax: 'tril' | 'triu'): OperatorRecord => ({
  name,
  samples: random =>
    (
      [
        [[4, 4], 0],
        [[3, 5], 1],
        [[2, 4, 3], -1],
      ] as const
    ).map(([shape, diagonal]) => {
      const x = floats(random, shape)
      const kept = (row: number, column: number) =>
        name === 'lowerTriangle' ? column - row <= diagonal : column - row >= diagonal
      return {
        inputs: [shape.length === 3 ? symbolic(x, ['batch']) : x],
        build: (leaf: Tensor) => ops[name](leaf, diagonal),
        expected: tabulate(shape, index => (kept(index.at(-2)!, index.at(-1)!) ? element(x, index) : 0)),
        jax: ({ np }: Jax, array: JaxArray) => np[jax](array, diagonal),
      }
    }),
  golden: {
    file: 'linear-algebra',
    cases: name === 'lowerTriangle' ? /^triangle-lower$/ : /^triangle-upper$/,
    build: ({ x }, { k }) => ops[name](x!, k),
  },
  refusals: [
    {
      build: () => ops[name](input('x', float32(['batch', 3]))),
      message: `${name === 'lowerTriangle' ? 'LowerTriangle' : 'UpperTriangle'}: needs matrices of known extents, got [batch, 3]`,
    },
  ],
})

export const arrangeRecords: readonly OperatorRecord[] = [
  {
    name: 'roll',
    samples: random =>
      (
        [
          [[5], 2, -1],
          [[4, 3], -5, 0],
          [[2, 4, 3], 1, 1],
          [[3, 2], 0, 0],
        ] as const
      ).map(([shape, shift, axis], i) => {
        const x = floats(random, shape)
        const along = axis < 0 ? axis + shape.length : axis
        const extent = shape[along]!
        return {
          inputs: [i === 2 ? symbolic(x, ['batch', 'length']) : x],
          build: leaf => ops.roll(leaf, shift, axis),
          expected: tabulate(shape, index =>
            element(x, index.with(along, (((index[along]! - shift) % extent) + extent) % extent)),
          ),
          jax: ({ np }, array) => np.roll(array, shift, axis),
        }
      }),
  },
  {
    name: 'tile',
    samples: random =>
      (
        [
          [[3], [2]],
          [
            [2, 3],
            [3, 2],
          ],
          [[2, 3], [2]],
          [
            [2, 2],
            [2, 1, 3],
          ],
        ] as const
      ).map(([shape, times]) => {
        const x = floats(random, shape)
        const rank = Math.max(shape.length, times.length)
        const own = [...Array<number>(rank - shape.length).fill(1), ...shape]
        const counts = [...Array<number>(rank - times.length).fill(1), ...times]
        return {
          inputs: [symbolic(x, [...shape.map(() => 'batch')].slice(0, 1))],
          build: leaf => ops.tile(leaf, times),
          expected: tabulate(
            own.map((extent, axis) => extent * counts[axis]!),
            index =>
              element(
                { ...x, shape: own },
                index.map((i, axis) => i % own[axis]!),
              ),
          ),
          jax: ({ np }, array) => np.tile(array, [...times]),
        }
      }),
    refusals: [
      { build: () => ops.tile(input('x', float32([2])), [0]), message: 'Tile: takes whole numbers from 1 up, got 0' },
    ],
  },
  {
    name: 'repeat',
    samples: random =>
      (
        [
          [[3], 2, 0],
          [[2, 3], 3, 0],
          [[2, 3, 2], 2, -2],
        ] as const
      ).map(([shape, times, axis]) => {
        const x = floats(random, shape)
        const along = axis < 0 ? axis + shape.length : axis
        return {
          inputs: [symbolic(x, ['batch'])],
          build: leaf => ops.repeat(leaf, times, axis),
          expected: tabulate((shape as readonly number[]).with(along, shape[along]! * times), index =>
            element(x, index.with(along, Math.floor(index[along]! / times))),
          ),
          jax: ({ np }, array) => np.repeat(array, times, axis),
        }
      }),
  },
  triangleRecord('lowerTriangle', 'tril'),
  triangleRecord('upperTriangle', 'triu'),
]
