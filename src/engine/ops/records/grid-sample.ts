import * as ops from '../grid-sample.ts'
import { float32, input } from '../../tensor.ts'
import type { OperatorRecord } from './record.ts'
import { element, floats, symbolic, tabulate } from './values.ts'

export const gridSampleRecords: readonly OperatorRecord[] = [
  {
    name: 'gridSample',
    samples: random => {
      const x = symbolic(floats(random, [2, 3, 1, 5]), ['batch'])
      const places = floats(random, [2, 1, 6, 1], { low: -0.95, high: 0.95, away: [-0.5, 0, 0.5] })
      const grid = {
        ...symbolic(
          tabulate([2, 1, 6, 2], ([n, i, j, axis]) => (axis === 0 ? element(places, [n!, i!, j!, 0]) : 0)),
          ['batch'],
        ),
        fixed: true,
      }
      return [
        {
          inputs: [x, grid],
          build: (x, grid) => ops.gridSample(x, grid, { alignCorners: true }),
          expected: tabulate([2, 3, 1, 6], ([n, c, , j]) => {
            const place = (element(grid, [n!, 0, j!, 0]) + 1) * 2
            const low = Math.floor(place)
            const share = place - low
            return element(x, [n!, c!, 0, low]) * (1 - share) + element(x, [n!, c!, 0, low + 1]) * share
          }),
        },
      ]
    },
    golden: {
      file: 'grid-sample',
      cases: /^(linear|nearest|cubic)/,
      build: ({ x, grid }, { mode, padding_mode, align_corners }) =>
        ops.gridSample(x!, grid!, {
          mode: mode as 'linear',
          padding: padding_mode as 'zeros',
          alignCorners: align_corners === 1,
        }),
    },
    refusals: [
      {
        build: () => ops.gridSample(input('x', float32([2, 3, 4, 4])), input('grid', float32([2, 5, 5, 3]))),
        message: 'GridSample: [2, 3, 4, 4] by [2, 5, 5, 3]; takes a grid [2, ...out, 2]',
      },
    ],
  },
  {
    name: 'affineGrid',
    samples: random => {
      const theta = symbolic(floats(random, [2, 2, 3]), ['batch'])
      return [
        {
          inputs: [theta],
          build: theta => ops.affineGrid(theta, [3, 2], { alignCorners: true }),
          expected: tabulate([2, 3, 2, 2], ([n, i, j, axis]) => {
            const [across, down] = [2 * j! - 1, i! - 1]
            const map = [0, 1, 2].map(k => element(theta, [n!, axis!, k]))
            return map[0]! * across + map[1]! * down + map[2]!
          }),
        },
      ]
    },
    golden: {
      file: 'grid-sample',
      cases: /^affine/,
      build: ({ theta }, { size, align_corners }) =>
        ops.affineGrid(theta!, (size as number[]).slice(2), { alignCorners: align_corners === 1 }),
    },
    refusals: [
      {
        build: () => ops.affineGrid(input('theta', float32([2, 2, 2])), [3, 2]),
        message: 'AffineGrid: [2, 2, 2]; takes [batch, 2, 3]',
      },
    ],
  },
]
