import * as ops from '../fold.ts'
import { float32, input } from '../../tensor.ts'
import type { OperatorRecord } from './record.ts'
import { element, floats, indices, symbolic, tabulate } from './values.ts'
import { spreadOut, windowAt, windowCount, windowOptions } from './windows.ts'

export const foldRecords: readonly OperatorRecord[] = [
  {
    name: 'unfold',
    samples: random => {
      const x = symbolic(floats(random, [2, 3, 5, 4]), ['batch'])
      const line = floats(random, [2, 2, 7])
      const windows = { kernel: [2, 3], padding: 1, stride: 2 }
      const counts = windowCount([5, 4], windows)
      const places = [...indices(counts)]
      return [
        {
          inputs: [x],
          build: x => ops.unfold(x, [2, 3], { padding: 1, stride: 2 }),
          expected: tabulate([2, 18, places.length], ([n, row, place]) => {
            const position = windowAt([5, 4], places[place!]!, windows)[row! % 6]
            return position ? element(x, [n!, Math.floor(row! / 6), ...position]) : 0
          }),
        },
        {
          inputs: [line],
          build: x => ops.unfold(x, 2, { dilation: 3 }),
          expected: tabulate([2, 4, 4], ([n, row, place]) =>
            element(line, [n!, Math.floor(row! / 2), place! + 3 * (row! % 2)]),
          ),
        },
      ]
    },
    golden: {
      file: 'fold',
      cases: /^unfold/,
      build: ({ x }, attributes) => ops.unfold(x!, attributes.block_shape as number[], windowOptions(attributes)),
    },
    refusals: [
      {
        build: () => ops.unfold(input('x', float32([2, 3])), 2),
        message: 'Unfold: [2, 3]; takes [batch, channels, ...spatial]',
      },
    ],
  },
  {
    name: 'fold',
    samples: random => {
      const x = symbolic(floats(random, [2, 3 * 2, 3]), ['batch'])
      const apart = floats(random, [2, 3 * 2, 3])
      const ones = { ...floats(random, [6, 1, 2]), data: Float64Array.from([1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1]) }
      return [
        {
          inputs: [x],
          build: x => ops.fold(x, [6], 2, { stride: 2 }),
          expected: spreadOut(x, ones, [6], 3, { stride: 2 }),
        },
        {
          inputs: [apart],
          build: x => ops.fold(x, [5], 2, { dilation: 2 }),
          expected: spreadOut(apart, ones, [5], 3, { dilation: 2 }),
        },
      ]
    },
    golden: {
      file: 'fold',
      cases: /^fold/,
      build: ({ x }, attributes) =>
        ops.fold(x!, attributes.image_shape as number[], attributes.block_shape as number[], windowOptions(attributes)),
    },
    refusals: [
      {
        build: () => ops.fold(input('x', float32([2, 7, 3])), [6], 2, { stride: 2 }),
        message: 'Fold: [2, 7, 3]; takes [batch, channels * 2, windows]',
      },
      {
        build: () => ops.fold(input('x', float32([2, 6, 4])), [6], 2, { stride: 2 }),
        message: 'Fold: [2, 6, 4] by [2, 3, 6]; the image has 3 windows',
      },
    ],
  },
]
