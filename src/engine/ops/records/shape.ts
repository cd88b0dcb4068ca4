import * as ops from '../shape.ts'
import { float32, input, type Tensor } from '../../tensor.ts'
import type { Jax, JaxArray, OperatorRecord, Sample, Values } from './record.ts'
import { element, floats, symbolic, tabulate } from './values.ts'

type Random = Parameters<OperatorRecord['samples']>[0]

interface Case {
  shape: readonly number[]
  symbols?: readonly (string | undefined)[]
  build(x: Tensor): Tensor
  expected(x: Values): Values
  jax?: (np: Jax['np'], x: JaxArray) => JaxArray
}

/** Record of an operator that moves the elements of one tensor. */
const movingRecord = (name: string, cases: readonly Case[], refusals: OperatorRecord['refusals']): OperatorRecord => ({
  name,
  samples: random =>
    cases.map(({ shape, symbols, build, expected, jax }) => {
      const x = floats(random, shape)
      return {
        inputs: [symbols ? symbolic(x, symbols) : x],
        build: leaf => build(leaf!),
        expected: expected(x),
        ...(jax && { jax: ({ np }, array) => jax(np, array!) }),
      }
    }),
  refusals: refusals!,
})

const reshaped =
  (...shape: number[]) =>
  (x: Values): Values => ({ ...x, shape })

const permuted =
  (...order: number[]) =>
  (x: Values): Values =>
    tabulate(
      order.map(axis => x.shape[axis]!),
      index =>
        element(
          x,
          order.map((_, axis) => index[order.indexOf(axis)]!),
        ),
    )

const broadcasted =
  (...shape: number[]) =>
  (x: Values): Values =>
    tabulate(shape, index => element(x, index))

const sliced = (axis: number, ...positions: number[]) => {
  return (x: Values): Values =>
    tabulate(x.shape.with(axis, positions.length), index => element(x, index.with(axis, positions[index[axis]!]!)))
}

const padded =
  (before: number[], after: number[], value: number) =>
  (x: Values): Values =>
    tabulate(
      x.shape.map((extent, axis) => extent + before[axis]! + after[axis]!),
      index => {
        const inner = index.map((i, axis) => i - before[axis]!)
        return inner.every((i, axis) => i >= 0 && i < x.shape[axis]!) ? element(x, inner) : value
      },
    )

const joined = (parts: readonly Values[], axis: number): Values => {
  const extents = parts.map(part => part.shape[axis]!)
  return tabulate(
    parts[0]!.shape.with(
      axis,
      extents.reduce((sum, extent) => sum + extent, 0),
    ),
    index => {
      let at = index[axis]!
      let p = 0
      while (at >= extents[p]!) at -= extents[p++]!
      return element(parts[p]!, index.with(axis, at))
    },
  )
}

const concatSamples = (random: Random): Sample[] =>
  (
    [
      [[[3], [2], [1]], 0, []],
      [
        [
          [2, 3],
          [2, 1],
        ],
        -1,
        ['batch'],
      ],
      [
        [
          [2, 3],
          [4, 3],
        ],
        0,
        [],
      ],
      [
        [
          [2, 2, 3],
          [2, 4, 3],
        ],
        1,
        ['batch', undefined, 'length'],
      ],
    ] as const
  ).map(([shapes, axis, symbols]) => {
    const parts = shapes.map(shape => floats(random, shape))
    return {
      inputs: parts.map(part => symbolic(part, symbols)),
      build: (...leaves) => ops.concat(leaves, axis),
      expected: joined(parts, axis < 0 ? axis + shapes[0]!.length : axis),
      jax: ({ np }, ...arrays) => np.concatenate(arrays, axis),
    }
  })

const x23 = () => input('x', float32([2, 3]))

export const shapeRecords: readonly OperatorRecord[] = [
  movingRecord(
    'reshape',
    [
      {
        shape: [6],
        build: x => ops.reshape(x, [2, 3]),
        expected: reshaped(2, 3),
        jax: (np, x) => np.reshape(x, [2, 3]),
      },
      { shape: [2, 3, 4], build: x => ops.reshape(x, [4, -1]), expected: reshaped(4, 6) },
      { shape: [1], build: x => ops.reshape(x, []), expected: reshaped() },
      {
        shape: [3, 4, 2],
        symbols: ['batch', undefined, undefined],
        build: x => ops.reshape(x, [x.shape[0]!, -1]),
        expected: reshaped(3, 8),
      },
      {
        shape: [3, 4, 2],
        symbols: ['batch', 'length'],
        build: x => ops.reshape(x, [-1, 2]),
        expected: reshaped(12, 2),
      },
    ],
    [
      { build: () => ops.reshape(x23(), [4]), message: 'Reshape: [2, 3] by [4]; 6 elements are not 4' },
      { build: () => ops.reshape(x23(), [4, -1]), message: 'Reshape: [2, 3] by [4, -1]; 6 is no multiple of 4' },
    ],
  ),
  movingRecord(
    'transpose',
    [
      { shape: [2, 3], build: x => ops.transpose(x), expected: permuted(1, 0), jax: (np, x) => np.transpose(x) },
      {
        shape: [2, 3, 4],
        symbols: ['batch', 'length'],
        build: x => ops.transpose(x, [1, 2, 0]),
        expected: permuted(1, 2, 0),
        jax: (np, x) => np.transpose(x, [1, 2, 0]),
      },
      { shape: [2, 3, 2, 2], build: x => ops.transpose(x, [0, 2, 1, 3]), expected: permuted(0, 2, 1, 3) },
    ],
    [{ build: () => ops.transpose(x23(), [0, 0]), message: 'Transpose: [0, 0] is no order of the axes of [2, 3]' }],
  ),
  movingRecord(
    'squeeze',
    [
      { shape: [1, 3, 1], build: x => ops.squeeze(x, [0, -1]), expected: reshaped(3), jax: (np, x) => np.squeeze(x) },
      { shape: [3, 1], symbols: ['batch'], build: x => ops.squeeze(x, 1), expected: reshaped(3) },
    ],
    [{ build: () => ops.squeeze(x23(), 0), message: 'Squeeze: [2, 3]; axis 0 has extent 2, not 1' }],
  ),
  movingRecord(
    'unsqueeze',
    [
      { shape: [], build: x => ops.unsqueeze(x, 0), expected: reshaped(1) },
      {
        shape: [3, 2],
        symbols: ['batch', 'length'],
        build: x => ops.unsqueeze(x, [0, -1]),
        expected: reshaped(1, 3, 2, 1),
        jax: (np, x) => np.expandDims(x, [0, 3]),
      },
    ],
    [{ build: () => ops.unsqueeze(x23(), 3), message: 'Unsqueeze: axis 3 is outside a tensor of rank 3' }],
  ),
  movingRecord(
    'expand',
    [
      { shape: [], build: x => ops.expand(x, [2, 3]), expected: broadcasted(2, 3) },
      {
        shape: [2, 1, 3],
        symbols: ['batch'],
        build: x => ops.expand(x, [4, x.shape[0]!, 5, 3]),
        expected: broadcasted(4, 2, 5, 3),
        jax: (np, x) => np.broadcastTo(x, [4, 2, 5, 3]),
      },
    ],
    [
      {
        build: () => ops.expand(x23(), [3, 3]),
        message: 'Expand: [2, 3] by [3, 3]; 2 is not 3',
      },
    ],
  ),
  {
    name: 'expandLike',
    samples: random => {
      const [x, like] = [floats(random, [1, 3]), symbolic(floats(random, [2, 4, 3]), ['batch', 'length'])]
      return [
        {
          inputs: [x, { ...like, fixed: true }],
          build: (leaf, other) => ops.expandLike(leaf!, other!),
          jax: ({ np }, leaf) => np.broadcastTo(leaf!, [2, 4, 3]),
          expected: broadcasted(2, 4, 3)(x),
        },
      ]
    },
  },
  {
    name: 'concat',
    samples: concatSamples,
    refusals: [
      { build: () => ops.concat([]), message: 'Concat: no tensors to join' },
      {
        build: () => ops.concat([x23(), input('y', float32([3, 3]))], 1),
        message: 'Concat: [2, 3] by [3, 3]; they differ outside axis 1, or in type',
      },
    ],
  },
  {
    name: 'stack',
    samples: random =>
      [0, 1, -1].map(axis => {
        const parts = [floats(random, [2, 3]), floats(random, [2, 3])]
        const along = axis < 0 ? 2 : axis
        const one = parts.map(part => ({ ...part, shape: part.shape.toSpliced(along, 0, 1) }))
        return {
          inputs: parts.map(part => symbolic(part, ['batch'])),
          build: (...leaves) => ops.stack(leaves, axis),
          expected: joined(one, along),
          jax: ({ np }, ...arrays) => np.stack(arrays, axis),
        }
      }),
  },
  {
    name: 'split',
    samples: random =>
      (
        [
          [[6], [1, 2, 3], 0],
          [[3, 5], [2, 3], -1],
        ] as const
      ).map(([shape, sizes, axis], i) => {
        const x = floats(random, shape)
        const along = axis < 0 ? axis + shape.length : axis
        let start = 0
        const expected = sizes.map(size => {
          const positions = Array.from({ length: size }, (_, k) => start + k)
          start += size
          return sliced(along, ...positions)(x)
        })
        return {
          inputs: [i === 1 ? symbolic(x, ['batch']) : x],
          build: leaf => ops.split(leaf, sizes, axis),
          jax: ({ np }, leaf) => {
            const ends = sizes.slice(0, -1).map((_, k) => sizes.slice(0, k + 1).reduce((sum, size) => sum + size, 0))
            return np.split(leaf!, ends, axis)
          },
          expected,
        }
      }),
    refusals: [{ build: () => ops.split(x23(), [1, 1], 1), message: 'Split: [2, 3]; parts of 2 do not fill axis 1' }],
  },
  movingRecord(
    'pad',
    [
      { shape: [3], build: x => ops.pad(x, [1, 2]), expected: padded([1], [2], 0), jax: (np, x) => np.pad(x, [1, 2]) },
      {
        shape: [2, 3, 2],
        symbols: ['batch', undefined, 'length'],
        build: x => ops.pad(x, [0, 1, 0, 0, 0, 2], 7),
        expected: padded([0, 1, 0], [0, 0, 2], 7),
      },
      { shape: [4, 3], build: x => ops.pad(x, [-1, 0, 1, -1]), expected: padded([-1, 0], [1, -1], 0) },
    ],
    [{ build: () => ops.pad(x23(), [1, 1]), message: 'Pad: [2, 3]; takes 4 sizes, got 2' }],
  ),
  movingRecord(
    'slice',
    [
      { shape: [5], build: x => ops.slice(x, 0, 1, 4), expected: sliced(0, 1, 2, 3), jax: (_, x) => x.slice([1, 4]) },
      { shape: [2, 5], symbols: ['batch'], build: x => ops.slice(x, -1, -2), expected: sliced(1, 3, 4) },
      { shape: [7, 2], build: x => ops.slice(x, 0, 1, undefined, 3), expected: sliced(0, 1, 4) },
      { shape: [5], build: x => ops.slice(x, 0, 3, 0, -2), expected: sliced(0, 3, 1) },
      { shape: [4, 2], symbols: ['batch'], build: x => ops.slice(x, 0, 1, -1), expected: sliced(0, 1, 2) },
      { shape: [4, 2], symbols: ['batch'], build: x => ops.slice(x, 0, 0, 3), expected: sliced(0, 0, 1, 2) },
      { shape: [4], build: x => ops.slice(x, 0, -9, 9), expected: sliced(0, 0, 1, 2, 3) },
    ],
    [
      {
        build: () => ops.slice(input('x', float32(['batch'])), 0, 0, undefined, 2),
        message: 'Slice: a step of 2 needs a known extent, not batch',
      },
    ],
  ),
  movingRecord(
    'at',
    [
      {
        shape: [3, 4],
        build: x => ops.at(x, 1),
        expected: x => reshaped(4)(sliced(0, 1)(x)),
        jax: (_, x) => x.slice(1),
      },
      { shape: [3, 4], build: x => ops.at(x, -1, 2), expected: x => reshaped()(sliced(1, 2)(sliced(0, 2)(x))) },
      { shape: [3, 4], build: x => ops.at(x, -2), expected: x => reshaped(4)(sliced(0, 1)(x)) },
    ],
    [],
  ),
  movingRecord(
    'flip',
    [
      { shape: [4], build: x => ops.flip(x), expected: sliced(0, 3, 2, 1, 0), jax: (np, x) => np.flip(x) },
      {
        shape: [3, 2, 2],
        build: x => ops.flip(x, 0),
        expected: sliced(0, 2, 1, 0),
        jax: (np, x) => np.flip(x, 0),
      },
      { shape: [3, 2], symbols: ['batch'], build: x => ops.flip(x, 0), expected: sliced(0, 2, 1, 0) },
    ],
    [{ build: () => ops.flip(x23(), 2), message: 'Slice: axis 2 is outside a tensor of rank 2' }],
  ),
  movingRecord(
    'flatten',
    [
      { shape: [2, 3, 4], symbols: ['batch'], build: x => ops.flatten(x), expected: reshaped(2, 12) },
      { shape: [2, 3], build: x => ops.flatten(x, 0), expected: reshaped(6), jax: (np, x) => np.ravel(x) },
      { shape: [2, 3], build: x => ops.flatten(x, 2), expected: reshaped(2, 3, 1) },
    ],
    [],
  ),
  {
    name: 'extents',
    notDifferentiable: 'extents are integers',
    samples: random => {
      const x = symbolic(floats(random, [3, 4, 2]), ['batch'])
      return [
        {
          inputs: [x],
          build: leaf => ops.extents(leaf!),
          expected: { dtype: 'int64', shape: [3], data: Float64Array.of(3, 4, 2) },
        },
        {
          inputs: [x],
          build: leaf => ops.extents(leaf!, 1, 2),
          expected: { dtype: 'int64', shape: [1], data: Float64Array.of(4) },
        },
      ]
    },
  },
]
