import * as ops from '../convolution.ts'
import { float32, input } from '../../tensor.ts'
import type { OperatorRecord } from './record.ts'
import { element, floats, symbolic, tabulate } from './values.ts'
import { correlated, spreadOut, windowOptions } from './windows.ts'

const image = () => input('x', float32(['batch', 4, 8, 8]))
const open = ['batch']

export const convolutionRecords: readonly OperatorRecord[] = [
  {
    name: 'conv',
    samples: random => {
      const x = symbolic(floats(random, [2, 4, 6, 5]), open)
      const weight = floats(random, [6, 2, 3, 2])
      const bias = floats(random, [6])
      const line = symbolic(floats(random, [2, 3, 7]), ['batch', undefined, 'length'])
      const filter = floats(random, [4, 3, 3])
      const fields = symbolic(floats(random, [2, 1, 8, 3]), open)
      const column = floats(random, [4, 1, 7, 1])
      const wide = floats(random, [8, 16, 20, 20])
      const kernel = floats(random, [32, 16, 3, 3])
      return [
        {
          inputs: [x, weight, bias],
          build: (x, weight, bias) => ops.conv(x, weight, bias, { stride: 2, padding: [1, 1], dilation: 2, groups: 2 }),
          expected: (() => {
            const sum = correlated(x, weight, 2, { stride: 2, padding: 1, dilation: 2 })
            return tabulate(sum.shape, index => element(sum, index) + bias.data[index[1]!]!)
          })(),
        },
        {
          inputs: [line, filter],
          build: (x, weight) => ops.conv(x, weight, undefined, { padding: 1 }),
          expected: correlated(line, filter, 1, { padding: 1 }),
        },
        {
          inputs: [fields, column],
          build: (x, weight) => ops.conv(x, weight, undefined, { padding: [3, 0] }),
          expected: correlated(fields, column, 1, { padding: [3, 0] }),
        },
        {
          inputs: [wide, kernel],
          build: (x, weight) => ops.conv(x, weight, undefined, { padding: 1 }),
          expected: correlated(wide, kernel, 1, { padding: 1 }),
          large: true,
        },
      ]
    },
    golden: {
      file: 'conv',
      cases: /^(2d-|1d-(leftover|grouped-strided)|3d-grouped-strided)/,
      build: ({ x, weight, bias }, attributes) => ops.conv(x!, weight!, bias, windowOptions(attributes)),
    },
    refusals: [
      {
        build: () => ops.conv(image(), input('w', float32([6, 3, 3, 3]))),
        message: 'Conv: [batch, 4, 8, 8] by [6, 3, 3, 3]; 4 channels in 1 groups',
      },
      {
        build: () => ops.conv(image(), input('w', float32([6, 4, 9, 3]))),
        message: 'Conv: [batch, 4, 8, 8]; a window of 9 does not fit axis 2',
      },
      {
        build: () => ops.conv(image(), input('w', float32([6, 4, 3, 3])), undefined, { stride: [2, 0] }),
        message: 'Conv: stride [2, 0] is not 2 whole numbers from 1 on',
      },
    ],
    tolerance: 2e-5,
  },
  {
    name: 'convTranspose',
    samples: random => {
      const x = symbolic(floats(random, [2, 4, 3, 4]), open)
      const weight = floats(random, [4, 3, 3, 2])
      const line = symbolic(floats(random, [2, 3, 5]), ['batch', undefined, 'length'])
      const filter = floats(random, [3, 2, 3])
      return [
        {
          inputs: [x, weight],
          build: (x, weight) =>
            ops.convTranspose(x, weight, undefined, { stride: 2, padding: 1, groups: 2, outputPadding: 1 }),
          expected: spreadOut(x, weight, [6, 7], 2, { stride: 2, padding: 1 }),
        },
        {
          inputs: [line, filter],
          build: (x, weight) => ops.convTranspose(x, weight),
          expected: spreadOut(line, filter, [7], 1, {}),
        },
      ]
    },
    golden: {
      file: 'conv-transpose',
      cases: /^(2d-|1d-output-padding|3d-grouped)/,
      build: ({ x, weight, bias }, attributes) =>
        ops.convTranspose(x!, weight!, bias, {
          ...windowOptions(attributes),
          outputPadding: attributes.output_padding as number[],
        }),
    },
    refusals: [
      {
        build: () => ops.convTranspose(image(), input('w', float32([6, 4, 3, 3]))),
        message: 'ConvTranspose: [batch, 4, 8, 8] by [6, 4, 3, 3]; 4 channels in 1 groups',
      },
    ],
    tolerance: 2e-5,
  },
]
