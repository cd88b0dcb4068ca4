import * as ops from '../scatter.ts'
import { float32, input, int32 } from '../../tensor.ts'
import type { OperatorRecord, Values } from './record.ts'
import { element, floats, integers, symbolic, tabulate } from './values.ts'

const positionsOf = (indices: Values, index: readonly number[]): number[] =>
  Array.from({ length: indices.shape.at(-1)! }, (_, k) =>
    element(indices, [...index.slice(0, indices.shape.length - 1), k]),
  )

function scattered(x: Values, indices: Values, updates: Values, add: boolean): Values {
  const strides = x.shape.map((_, axis) => x.shape.slice(axis + 1).reduce((product, extent) => product * extent, 1))
  const data = Float64Array.from(x.data)
  tabulate(updates.shape, index => {
    const place = [...positionsOf(indices, index), ...index.slice(indices.shape.length - 1)]
    const at = place.reduce((sum, i, axis) => sum + i * strides[axis]!, 0)
    return (data[at] = element(updates, index) + (add ? data[at]! : 0))
  })
  return { ...x, data }
}

export const scatterRecords: readonly OperatorRecord[] = [
  {
    name: 'gatherND',
    samples: random =>
      (
        [
          [
            [4, 3],
            [5, 2],
          ],
          [
            [4, 3, 2],
            [2, 3, 1],
          ],
          [
            [3, 3, 3, 2],
            [4, 3],
          ],
        ] as const
      ).map(([shape, places], i) => {
        const x = floats(random, shape)
        const indices = integers(random, places, 3)
        const joined = places.slice(0, -1)
        return {
          inputs: [i === 1 ? symbolic(x, [undefined, 'length']) : x, symbolic(indices, ['batch'])],
          build: (leaf, at) => ops.gatherND(leaf!, at!),
          jax: ({ np }, leaf) => {
            const extents = shape.slice(0, places.at(-1))
            const rows = tabulate(joined, index =>
              positionsOf(indices, [...index, 0]).reduce((row, i, axis) => row * extents[axis]! + i, 0),
            )
            const at = np.array(Int32Array.from(rows.data), { shape: [...joined], dtype: np.int32 })
            return np.take(np.reshape(leaf!, [-1, ...shape.slice(places.at(-1))]), at, 0)
          },
          expected: tabulate([...joined, ...shape.slice(places.at(-1))], index =>
            element(x, [...positionsOf(indices, index), ...index.slice(joined.length)]),
          ),
        }
      }),
    refusals: [
      {
        build: () => ops.gatherND(input('x', float32([2])), input('i', int32([3, 2]))),
        message: 'GatherND: indices [3, 2] do not point into [2]',
      },
    ],
  },
  {
    name: 'scatterND',
    samples: random =>
      (
        [
          [[4, 3], [5, 2], 'add'],
          [[4, 3, 2], [2, 3, 1], 'add'],
        ] as const
      ).map(([shape, places, reduction]) => {
        const x = floats(random, shape)
        const indices = integers(random, places, 3)
        const updates = floats(random, [...places.slice(0, -1), ...shape.slice(places.at(-1))])
        return {
          inputs: [x, symbolic(indices, ['batch']), symbolic(updates, ['batch'])],
          build: (leaf, at, values) => ops.scatterND(leaf!, at!, values!, reduction),
          expected: scattered(x, indices, updates, true),
        }
      }),
    golden: {
      file: 'scatter',
      cases: /^scatter-nd-/,
      build: ({ x, index, source }, { reduction }) => ops.scatterND(x!, index!, source!, reduction),
    },
    refusals: [
      {
        build: () => ops.scatterND(input('x', float32([4, 2])), input('i', int32([3, 1])), input('u', float32([3, 3]))),
        message: 'ScatterND: updates are [3, 3], the indices take [3, 2]',
      },
    ],
  },
]
