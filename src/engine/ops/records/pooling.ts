import * as ops from '../pooling.ts'
import { float32, input, type Tensor } from '../../tensor.ts'
import type { OperatorRecord } from './record.ts'
import { distinct, floats, reduced, symbolic } from './values.ts'
import { pooled, windowOptions } from './windows.ts'

const total = (values: number[]): number => values.reduce((sum, value) => sum + value, 0)
const largest = (values: number[]): number => Math.max(...values)
const open = ['batch']
const image = () => input('x', float32(['batch', 4, 8, 8]))

const globalRecord = (
  name: string,
  build: (x: Tensor) => Tensor,
  f: (elements: number[]) => number,
): OperatorRecord => ({
  name,
  samples: random => {
    const x = symbolic(distinct(random, [2, 3, 3, 4]), ['batch', undefined, 'height'])
    return [{ inputs: [x], build, expected: reduced(x, [2, 3], false, f) }]
  },
})

export const poolingRecords: readonly OperatorRecord[] = [
  {
    name: 'maxPool',
    samples: random => {
      const x = symbolic(distinct(random, [2, 3, 5, 4]), open)
      const column = symbolic(distinct(random, [2, 2, 5, 3], { low: -9, high: -1 }), open)
      const wide = distinct(random, [16, 16, 20, 20])
      return [
        {
          inputs: [x],
          build: x => ops.maxPool(x, 3, { stride: 2, padding: 1 }),
          expected: pooled(x, { kernel: [3, 3], stride: 2, padding: 1 }, largest),
        },
        {
          inputs: [column],
          build: x => ops.maxPool(x, [2, 1], { padding: [1, 0] }),
          expected: pooled(column, { kernel: [2, 1], stride: [2, 1], padding: [1, 0] }, largest),
        },
        {
          inputs: [wide],
          build: x => ops.maxPool(x, 2),
          expected: pooled(wide, { kernel: [2, 2], stride: 2 }, largest),
          large: true,
        },
      ]
    },
    golden: {
      file: 'max-pool',
      cases: /./,
      build: ({ x }, attributes) => ops.maxPool(x!, attributes.kernel_shape as number[], windowOptions(attributes)),
    },
    refusals: [
      { build: () => ops.maxPool(image(), 9), message: 'MaxPool: [batch, 4, 8, 8]; a window of 9 does not fit axis 2' },
      {
        build: () => ops.maxPool(input('x', float32([2, 3, 'height'])), 2, { ceil: true }),
        message: 'MaxPool: needs known spatial extents, got [2, 3, height]',
      },
    ],
  },
  {
    name: 'averagePool',
    samples: random => {
      const x = symbolic(floats(random, [2, 3, 5, 4]), open)
      const windows = { kernel: [3, 3], stride: 2, padding: 1 }
      return [
        {
          inputs: [x],
          build: x => ops.averagePool(x, 3, { stride: 2, padding: 1 }),
          expected: pooled(x, windows, (values, whole) => total(values) / whole),
        },
        {
          inputs: [x],
          build: x => ops.averagePool(x, 3, { stride: 2, padding: 1, countPadding: false }),
          expected: pooled(x, windows, values => total(values) / values.length),
        },
      ]
    },
    golden: {
      file: 'average-pool',
      cases: /./,
      build: ({ x }, attributes) =>
        ops.averagePool(x!, attributes.kernel_shape as number[], {
          ...windowOptions(attributes),
          countPadding: attributes.count_include_pad === 1,
        }),
    },
  },
  {
    name: 'adaptiveAveragePool',
    samples: random => {
      const x = symbolic(floats(random, [2, 3, 6, 4]), open)
      return [
        {
          inputs: [x],
          build: x => ops.adaptiveAveragePool(x, 2),
          expected: pooled(x, { kernel: [3, 2], stride: [3, 2] }, values => total(values) / 6),
        },
      ]
    },
    golden: {
      file: 'adaptive-pool',
      cases: /^average/,
      build: ({ x }, { output_size }) => ops.adaptiveAveragePool(x!, output_size as number[]),
    },
    refusals: [
      {
        build: () => ops.adaptiveAveragePool(input('x', float32([2, 3, 'height'])), 2),
        message: 'AdaptiveAveragePool: needs known spatial extents, got [2, 3, height]',
      },
    ],
  },
  {
    name: 'adaptiveMaxPool',
    samples: random => {
      const x = symbolic(distinct(random, [2, 3, 6, 4]), open)
      return [
        {
          inputs: [x],
          build: x => ops.adaptiveMaxPool(x, 2),
          expected: pooled(x, { kernel: [3, 2], stride: [3, 2] }, largest),
        },
      ]
    },
    golden: {
      file: 'adaptive-pool',
      cases: /^max/,
      build: ({ x }, { output_size }) => ops.adaptiveMaxPool(x!, output_size as number[]),
    },
  },
  globalRecord('globalAveragePool', ops.globalAveragePool, values => total(values) / values.length),
  globalRecord('globalMaxPool', ops.globalMaxPool, largest),
]
