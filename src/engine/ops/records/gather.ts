import * as ops from '../gather.ts'
import { float32, input } from '../../tensor.ts'
import type { OperatorRecord, Values } from './record.ts'
import { element, floats, integers, symbolic, tabulate } from './values.ts'

const gathered = (x: Values, positions: Values, axis: number): Values => {
  const after = x.shape.slice(axis + 1)
  return tabulate([...x.shape.slice(0, axis), ...positions.shape, ...after], index => {
    const at = element(positions, index.slice(axis, axis + positions.shape.length))
    return element(x, [...index.slice(0, axis), at, ...index.slice(axis + positions.shape.length)])
  })
}

/** int32 positions without repeats along an axis, for scatters that replace. */
const lines = (shape: readonly number[], axis: number, rows: number): Values =>
  tabulate(
    shape,
    index => (index[axis]! * 2 + index.reduce((sum, i, a) => (a === axis ? sum : sum + i), 0)) % rows,
    'int32',
  )

function scattered(
  x: Values,
  positions: Values,
  updates: Values,
  axis: number,
  f: (a: number, b: number) => number,
): Values {
  const data = Float64Array.from(x.data)
  const strides = x.shape.map((_, a) => x.shape.slice(a + 1).reduce((product, extent) => product * extent, 1))
  tabulate(positions.shape, index => {
    const at = index.reduce((sum, i, a) => sum + (a === axis ? element(positions, index) : i) * strides[a]!, 0)
    return (data[at] = f(data[at]!, element(updates, index)))
  })
  return { ...x, data }
}

export const gatherRecords: readonly OperatorRecord[] = [
  {
    name: 'gather',
    samples: random =>
      (
        [
          [[5], [3], 0],
          [[5, 3], [2, 4], 0],
          [[5, 3], [], 0],
          [[2, 4, 3], [5], 1],
          [[2, 3, 2, 5], [2, 2], -1],
        ] as const
      ).map(([shape, places, axis], i) => {
        const along = axis < 0 ? axis + shape.length : axis
        const x = floats(random, shape)
        const positions = integers(random, places, shape[along]!)
        return {
          inputs: [
            i === 3 ? symbolic(x, ['batch', undefined, 'length']) : x,
            i === 1 ? symbolic(positions, ['batch']) : positions,
          ],
          build: (leaf, indices) => ops.gather(leaf!, indices!, axis),
          expected: gathered(x, positions, along),
          jax: ({ np }, array, indices) => np.take(array!, indices!, axis),
        }
      }),
    refusals: [
      {
        build: () => ops.gather(input('x', float32([3])), input('i', float32([2]))),
        message: 'Gather: positions must be integers, got float32',
      },
    ],
  },
  {
    name: 'lookup',
    samples: random => {
      const table = floats(random, [6, 3])
      const ids = integers(random, [4, 5], 6)
      return [ids, symbolic(ids, ['batch'])].map(own => ({
        inputs: [table, own],
        build: (leaf, indices) => ops.lookup(leaf!, indices!),
        expected: gathered(table, ids, 0),
        jax: ({ np }, array, indices) => np.take(array!, indices!, 0),
      }))
    },
  },
  {
    name: 'gatherElements',
    samples: random =>
      (
        [
          [[5], [3], 0],
          [[5, 3], [7, 3], 0],
          [[2, 4, 3], [2, 4, 5], -1],
        ] as const
      ).map(([shape, places, axis]) => {
        const along = axis < 0 ? axis + shape.length : axis
        const x = floats(random, shape)
        const positions = integers(random, places, shape[along]!)
        return {
          inputs: [x, positions],
          build: (leaf, indices) => ops.gatherElements(leaf!, indices!, axis),
          expected: tabulate(places, index => element(x, index.with(along, element(positions, index)))),
          jax: ({ np }, array, indices) => np.takeAlongAxis(array!, indices!, axis),
        }
      }),
  },
  {
    name: 'scatterElements',
    samples: random =>
      (
        [
          [[5], [4], 0, 'add'],
          [[5, 3], [7, 3], 0, 'add'],
          [[2, 9, 3], [2, 3, 3], 1, 'none'],
        ] as const
      ).map(([shape, places, axis, reduction]) => {
        const x = floats(random, shape)
        const updates = floats(random, places)
        const positions =
          reduction === 'add' ? integers(random, places, shape[axis]!) : lines(places, axis, shape[axis]!)
        return {
          inputs: [x, positions, updates],
          build: (leaf, indices, values) => ops.scatterElements(leaf!, indices!, values!, axis, reduction),
          expected: scattered(x, positions, updates, axis, (a, b) => (reduction === 'add' ? a + b : b)),
        }
      }),
    golden: {
      file: 'scatter',
      cases: /^scatter-add-/,
      build: ({ x, index, source }, { axis }) => ops.scatterElements(x!, index!, source!, axis, 'add'),
    },
  },
  {
    name: 'oneHot',
    notDifferentiable: 'its input is integers',
    samples: random => {
      const ids = integers(random, [2, 3], 4)
      return [
        {
          inputs: [symbolic(ids, ['batch'])],
          build: (leaf: Parameters<typeof ops.oneHot>[0]) => ops.oneHot(leaf, 4),
          expected: {
            ...tabulate([2, 3, 4], ([i, j, k]) => Number(element(ids, [i!, j!]) === k)),
          },
        },
      ]
    },
  },
]
