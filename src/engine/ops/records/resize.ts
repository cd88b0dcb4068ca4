import * as ops from '../resize.ts'
import { float32, input } from '../../tensor.ts'
import type { OperatorRecord } from './record.ts'
import { element, floats, symbolic, tabulate } from './values.ts'

const corners = { half_pixel: 'halfPixel', align_corners: 'alignCorners', asymmetric: 'asymmetric' } as const

export const resizeRecords: readonly OperatorRecord[] = [
  {
    name: 'resize',
    samples: random => {
      const x = symbolic(floats(random, [2, 3, 2, 4]), ['batch'])
      const long = floats(random, [1, 2, 14])
      return [
        {
          inputs: [x],
          build: x => ops.resize(x, [4, 12], { mode: 'nearest' }),
          expected: tabulate([2, 3, 4, 12], ([n, c, i, j]) =>
            element(x, [n!, c!, Math.floor(i! / 2), Math.floor(j! / 3)]),
          ),
        },
        {
          // by 1/7, which has no exact float: the position after it is 7 and not 6
          inputs: [long],
          build: x => ops.resize(x, [2], { mode: 'nearest' }),
          expected: tabulate([1, 2, 2], ([, c, i]) => element(long, [0, c!, 7 * i!])),
        },
        {
          inputs: [x],
          build: x => ops.resize(x, [2, 7], { corners: 'alignCorners' }),
          expected: tabulate([2, 3, 2, 7], ([n, c, i, j]) => {
            const low = Math.floor(j! / 2)
            const high = Math.min(low + 1, 3)
            return (element(x, [n!, c!, i!, low]) * (2 - (j! % 2)) + element(x, [n!, c!, i!, high]) * (j! % 2)) / 2
          }),
        },
      ]
    },
    golden: {
      file: 'resize',
      cases: /./,
      build: ({ x }, { mode, sizes, coordinate_transformation_mode, antialias }) =>
        ops.resize(x!, (sizes as number[]).slice(2), {
          mode: mode as 'linear',
          corners: corners[coordinate_transformation_mode as keyof typeof corners],
          antialias: antialias === 1,
        }),
    },
    refusals: [
      {
        build: () => ops.resize(input('x', float32(['batch', 3, 'height', 4])), 8),
        message: 'Resize: needs known spatial extents, got [batch, 3, height, 4]',
      },
    ],
  },
]
