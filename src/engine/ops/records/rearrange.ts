import * as ops from '../rearrange.ts'
import { float32, input } from '../../tensor.ts'
import type { OperatorRecord, Sample } from './record.ts'
import { element, floats, symbolic, tabulate } from './values.ts'

const positions = {
  reflect: (i: number, n: number) => (i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i),
  edge: (i: number, n: number) => Math.min(Math.max(i, 0), n - 1),
  wrap: (i: number, n: number) => ((i % n) + n) % n,
}

const blocks = (
  name: 'depthToSpace' | 'spaceToDepth',
  from: readonly number[],
  to: readonly number[],
  source: (order: ops.DepthOrder, index: readonly number[]) => readonly number[],
): OperatorRecord => ({
  name,
  samples: random =>
    (['channelsFirst', 'blocksFirst'] as const).map((order): Sample => {
      const x = symbolic(floats(random, from), ['batch', undefined, order === 'blocksFirst' ? 'height' : undefined])
      const block = name === 'spaceToDepth' && order === 'blocksFirst' ? { ...x, symbols: ['batch'] } : x
      return {
        inputs: [block],
        build: x => ops[name](x, 2, order),
        expected: tabulate(to, index => element(x, source(order, index))),
      }
    }),
  refusals: [
    {
      build: () => ops[name](input('x', float32([1, 3, 3, 3])), 2),
      message:
        name === 'depthToSpace'
          ? 'DepthToSpace: [1, 3, 3, 3]; 3 is no multiple of 2^2'
          : 'SpaceToDepth: [1, 3, 3, 3]; 3 is no multiple of 2',
    },
  ],
})

/** Channel of the deep side for a channel of the shallow one and a place in the block; 3 channels, blocks of 2. */
const depth = (order: ops.DepthOrder, c: number, i: number, j: number): number =>
  order === 'channelsFirst' ? c * 4 + i * 2 + j : (i * 2 + j) * 3 + c

export const rearrangeRecords: readonly OperatorRecord[] = [
  blocks('depthToSpace', [2, 12, 2, 3], [2, 3, 4, 6], (order, [n, c, h, w]) => [
    n!,
    depth(order, c!, h! % 2, w! % 2),
    Math.floor(h! / 2),
    Math.floor(w! / 2),
  ]),
  blocks('spaceToDepth', [2, 3, 4, 6], [2, 12, 2, 3], (order, [n, d, h, w]) => {
    const [c, place] = order === 'channelsFirst' ? [Math.floor(d! / 4), d! % 4] : [d! % 3, Math.floor(d! / 3)]
    return [n!, c, h! * 2 + Math.floor(place / 2), w! * 2 + (place % 2)]
  }),
  {
    name: 'padWith',
    samples: random =>
      (['reflect', 'edge', 'wrap'] as const).map((mode): Sample => {
        const x = symbolic(floats(random, [2, 3, 4]), ['batch'])
        return {
          inputs: [x],
          build: x => ops.padWith(x, [0, 2, 1, 0, 1, 3], mode),
          expected: tabulate([2, 6, 8], ([n, i, j]) =>
            element(x, [n!, positions[mode](i! - 2, 3), positions[mode](j! - 1, 4)]),
          ),
        }
      }),
    refusals: [
      {
        build: () => ops.padWith(input('x', float32([2, 3])), [0, 3, 0, 0], 'reflect'),
        message: 'Pad: reflect by 3 of axis 1 of [2, 3]; at most 2',
      },
      {
        build: () => ops.padWith(input('x', float32([2, 'n'])), [0, 1, 0, 0], 'edge'),
        message: 'Pad: [2, n]; edge needs the extent of axis 1',
      },
      {
        build: () => ops.padWith(input('x', float32([2, 3])), [0, 1], 'edge'),
        message: 'Pad: [2, 3]; takes 4 sizes from 0 on, got [0, 1]',
      },
    ],
  },
]
