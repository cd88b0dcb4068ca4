import * as ops from '../matmul.ts'
import { float32, float64, input } from '../../tensor.ts'
import type { Jax, JaxArray, OperatorRecord, Values } from './record.ts'
import { broadcast, element, floats, symbolic, tabulate } from './values.ts'

/** The product by its definition, over broadcast leading axes. */
function product(a: Values, b: Values, { transposeA = false, transposeB = false }: ops.Transposed = {}): Values {
  const [height, k] = transposeA ? [a.shape.at(-1)!, a.shape.at(-2)!] : [a.shape.at(-2)!, a.shape.at(-1)!]
  const width = transposeB ? b.shape.at(-2)! : b.shape.at(-1)!
  const batch = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2))
  return tabulate([...batch, height, width], index => {
    const [row, column] = index.slice(-2) as [number, number]
    const lead = ({ shape }: Values) => {
      const rank = shape.length - 2
      return index.slice(batch.length - rank, batch.length).map((i, axis) => (shape[axis] === 1 ? 0 : i))
    }
    let sum = 0
    for (let i = 0; i < k; i++) {
      const left = element(a, [...lead(a), ...(transposeA ? [i, row] : [row, i])])
      sum += left * element(b, [...lead(b), ...(transposeB ? [column, i] : [i, column])])
    }
    return sum
  })
}

/** [batch, rows, columns] with the rows in front. */
const toFront = (x: Values): Values =>
  tabulate([x.shape[1]!, x.shape[0]!, x.shape[2]!], ([row, b, column]) => element(x, [b!, row!, column!]))

const plus = (y: Values, bias: Values): Values => tabulate(y.shape, index => element(y, index) + element(bias, index))

const flags: readonly ops.Transposed[] = [
  {},
  { transposeA: true },
  { transposeB: true },
  { transposeA: true, transposeB: true },
]

const bits = [false, true] as const
/** Both places of each side's rows, read plainly or transposed. */
const rowsFirst = bits.flatMap(firstA =>
  bits.flatMap(firstB => bits.flatMap(firstY => flags.map(transposed => ({ firstA, firstB, firstY, ...transposed })))),
)

export const matmulRecords: readonly OperatorRecord[] = [
  {
    name: 'gemm',
    samples: random => [
      ...flags.map(options => {
        const a = floats(random, options.transposeA ? [4, 3] : [3, 4])
        const b = floats(random, options.transposeB ? [2, 4] : [4, 2])
        const bias = floats(random, [2])
        return {
          inputs: [options.transposeA ? symbolic(a, [undefined, 'batch']) : symbolic(a, ['batch']), b, bias],
          build: (x, y, c) => ops.gemm(x!, y!, c, options),
          jax: ({ np }, x, y, c) => {
            const left = options.transposeA ? np.transpose(x!) : x!
            return np.add(np.matmul(left, options.transposeB ? np.transpose(y!) : y!), c!)
          },
          expected: plus(product(a, b, options), bias),
        } satisfies ReturnType<OperatorRecord['samples']>[number]
      }),
      ...[floats(random, [96, 128])].map(a => {
        const b = floats(random, [128, 80])
        return {
          inputs: [a, b],
          build: (x, y) => ops.gemm(x!, y!),
          expected: product(a, b),
          large: true,
        } satisfies ReturnType<OperatorRecord['samples']>[number]
      }),
    ],
    refusals: [
      {
        build: () => ops.gemm(input('a', float32([2, 3])), input('b', float32([4, 2]))),
        message: 'MatMul: [2, 3] by [4, 2]; 3 is not 4',
      },
    ],
  },
  {
    name: 'productRowsFirst',
    samples: random =>
      rowsFirst.map(options => {
        const a = floats(random, options.transposeA ? [2, 4, 3] : [2, 3, 4])
        const b = floats(random, options.transposeB ? [2, 5, 4] : [2, 4, 5])
        const y = product(a, b, options)
        const [x, z] = [options.firstA ? toFront(a) : a, options.firstB ? toFront(b) : b]
        return {
          inputs: [
            symbolic(x, options.firstA ? [undefined, 'batch'] : ['batch']),
            symbolic(z, options.firstB ? [undefined, 'batch'] : ['batch']),
          ],
          build: (left, right) => ops.productRowsFirst(left!, right!, options),
          jax: ({ np }, left, right) => {
            const placed = (array: JaxArray, first: boolean, swapped = false) => {
              const batched = first ? np.transpose(array, [1, 0, 2]) : array
              return swapped ? np.transpose(batched, [0, 2, 1]) : batched
            }
            const product = np.matmul(
              placed(left!, options.firstA, options.transposeA),
              placed(right!, options.firstB, options.transposeB),
            )
            return options.firstY ? np.transpose(product, [1, 0, 2]) : product
          },
          expected: options.firstY ? toFront(y) : y,
        } satisfies ReturnType<OperatorRecord['samples']>[number]
      }),
    refusals: [
      {
        build: () =>
          ops.productRowsFirst(input('a', float32([2, 3, 4])), input('b', float32([5, 3, 4])), {
            firstA: true,
            firstB: true,
          }),
        message: 'MatMul: [2, 3, 4] by [5, 3, 4]; 4 is not 5, or batches differ',
      },
    ],
  },
  {
    name: 'matmul',
    samples: random => [
      ...(
        [
          [[4], [4]],
          [[2, 4], [4]],
          [[4], [4, 3]],
          [
            [3, 4],
            [4, 2],
          ],
          [
            [2, 3, 4],
            [4, 2],
          ],
          [
            [2, 3, 4],
            [2, 4, 2],
          ],
          [
            [2, 1, 3, 4],
            [3, 4, 2],
          ],
        ] as const
      ).map(([left, right], i) => {
        const [a, b] = [floats(random, left), floats(random, right)]
        const [wide, tall] = [
          left.length === 1 ? { ...a, shape: [1, ...left] } : a,
          right.length === 1 ? { ...b, shape: [...right, 1] } : b,
        ]
        const whole = product(wide, tall)
        const shape = whole.shape.filter(
          (_, axis) =>
            !(left.length === 1 && axis === whole.shape.length - 2) &&
            !(right.length === 1 && axis === whole.shape.length - 1),
        )
        const open = (values: Values) => (values.shape.length === 3 ? symbolic(values, ['batch']) : values)
        return {
          inputs: i > 3 ? [open(a), i === 5 ? open(b) : b] : [a, b],
          build: (x, y) => ops.matmul(x!, y!),
          expected: { ...whole, shape },
          // jax-js pairs leading axes wrongly where they broadcast.
          ...(i < 6 && { jax: ({ np }: Jax, x: JaxArray, y: JaxArray) => np.matmul(x, y) }),
        } satisfies ReturnType<OperatorRecord['samples']>[number]
      }),
      ...flags.slice(1).map(options => {
        const a = floats(random, options.transposeA ? [2, 4, 3] : [2, 3, 4])
        const b = floats(random, options.transposeB ? [2, 5, 4] : [2, 4, 5])
        return {
          inputs: [symbolic(a, ['batch']), symbolic(b, ['batch'])],
          build: (x, y) => ops.matmul(x!, y!, options),
          expected: product(a, b, options),
        } satisfies ReturnType<OperatorRecord['samples']>[number]
      }),
    ],
    refusals: [
      {
        build: () => ops.matmul(input('a', float32([2, 3])), input('b', float64([3, 2]))),
        message: 'MatMul: [2, 3] by [3, 2]; float32 is not float64',
      },
      {
        build: () => ops.matmul(input('a', float32([2, 2, 3])), input('b', float32([2, 4, 2]))),
        message: 'MatMul: [2, 2, 3] by [2, 4, 2]; 3 is not 4',
      },
    ],
  },
  {
    name: 'linear',
    samples: random =>
      [
        [3, 4],
        [2, 3, 4],
        [4, 1, 2, 4],
      ].map(shape => {
        const [x, weight, bias] = [floats(random, shape), floats(random, [5, 4]), floats(random, [5])]
        const whole = plus(product(x, weight, { transposeB: true }), bias)
        return {
          inputs: [symbolic(x, ['batch']), weight, bias],
          build: (leaf, w, b) => ops.linear(leaf!, w!, b),
          expected: whole,
          jax: ({ np }, leaf, w, b) => np.add(np.matmul(leaf!, np.transpose(w!)), b!),
        }
      }),
    refusals: [
      {
        build: () => ops.linear(input('x', float32([2, 3])), input('w', float32([5, 4]))),
        message: 'Linear: [2, 3] by [5, 4]; 3 is not 4',
      },
    ],
  },
  {
    name: 'squaredDistances',
    samples: random =>
      (
        [
          [
            [3, 4],
            [2, 4],
          ],
          [
            [2, 3, 4],
            [2, 5, 4],
          ],
        ] as const
      ).map(([left, right]) => {
        const [a, b] = [floats(random, left), floats(random, right)]
        return {
          inputs: [a, b],
          build: (x, y) => ops.squaredDistances(x!, y!),
          expected: tabulate([...left.slice(0, -1), right.at(-2)!], index => {
            const [row, column] = index.slice(-2)
            const lead = index.slice(0, -2)
            return [0, 1, 2, 3].reduce(
              (sum, i) => sum + (element(a, [...lead, row!, i]) - element(b, [...lead, column!, i])) ** 2,
              0,
            )
          }),
        }
      }),
    golden: { file: 'linear-algebra', cases: /^cdist-2$/, build: ({ x, y }) => ops.squaredDistances(x!, y!).sqrt() },
    refusals: [
      {
        build: () => ops.squaredDistances(input('a', float32([2, 3])), input('b', float32([2, 4]))),
        message: 'MatMul: [2, 3] by [2, 4]; 3 is not 4',
      },
    ],
  },
]
