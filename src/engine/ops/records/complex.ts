import * as ops from '../complex.ts'
import { float32, input, type Tensor } from '../../tensor.ts'
import type { OperatorRecord, Sample, Values } from './record.ts'
import { broadcast, element, floats, symbolic, tabulate } from './values.ts'

type Pair = readonly [real: number, imaginary: number]
const at = (z: Values, index: readonly number[]): Pair => [element(z, [...index, 0]), element(z, [...index, 1])]

const times = ([p, q]: Pair, [r, s]: Pair): Pair => [p * r - q * s, p * s + q * r]
const over = (a: Pair, [r, s]: Pair): Pair => {
  const [x, y] = times(a, [r, -s])
  return [x / (r * r + s * s), y / (r * r + s * s)]
}

function binarySamples(
  random: Parameters<OperatorRecord['samples']>[0],
  builder: (a: Tensor, b: Tensor) => Tensor,
  f: (a: Pair, b: Pair) => Pair,
): Sample[] {
  return (
    [
      [[2], [2]],
      [
        [3, 4, 2],
        [4, 2],
      ],
      [
        [3, 1, 2],
        [1, 2, 2],
      ],
    ] as const
  ).map(([left, right], i) => {
    const [a, b] = [floats(random, left), floats(random, right, { low: 0.5, high: 2 })]
    return {
      inputs: [i === 1 ? symbolic(a, ['batch']) : a, b],
      build: (x, y) => builder(x!, y!),
      expected: tabulate(broadcast(left, right), index => {
        const place = index.slice(0, -1)
        const own = ({ shape }: Values) =>
          place.slice(place.length - shape.length + 1).map((k, axis) => (shape[axis] === 1 ? 0 : k))
        return f(at(a, own(a)), at(b, own(b)))[index.at(-1)!]!
      }),
    }
  })
}

/** The transform by its definition. */
function transformed(x: Values, axis: number, inverse: boolean): Values {
  const n = x.shape[axis]!
  return tabulate(x.shape, index => {
    const place = index.slice(0, -1)
    let sum: Pair = [0, 0]
    for (let t = 0; t < n; t++) {
      const angle = ((inverse ? 2 : -2) * Math.PI * t * index[axis]!) / n
      const [real, imaginary] = times(at(x, place.with(axis, t)), [Math.cos(angle), Math.sin(angle)])
      sum = [sum[0] + real, sum[1] + imaginary]
    }
    return sum[index.at(-1)!]! / (inverse ? n : 1)
  })
}

const transformSamples = (
  random: Parameters<OperatorRecord['samples']>[0],
  builder: typeof ops.fourier,
  inverse: boolean,
): Sample[] =>
  (
    [
      [[5, 2], 0],
      [[2, 6, 2], 1],
      [[3, 4, 2, 2], 1],
    ] as const
  ).map(([shape, axis], i) => {
    const x = floats(random, shape)
    return {
      inputs: [i === 1 ? symbolic(x, ['batch', 'length']) : x],
      build: leaf => builder(leaf, axis),
      expected: transformed(x, axis, inverse),
    }
  })

export const complexRecords: readonly OperatorRecord[] = [
  {
    name: 'complexMultiply',
    samples: random => binarySamples(random, ops.complexMultiply, times),
    golden: {
      file: 'complex',
      cases: /^multiply(-broadcast|-conjugate)?$/,
      build: ({ a, b }, _, name) =>
        ops.complexMultiply(a!, name === 'multiply-conjugate' ? ops.complexConjugate(b!) : b!),
    },
    refusals: [
      {
        build: () => ops.complexMultiply(input('a', float32([3])), input('b', float32([2]))),
        message: 'ComplexMultiply: takes pairs [..., 2], got [3]',
      },
    ],
  },
  {
    name: 'complexDivide',
    samples: random => binarySamples(random, ops.complexDivide, over),
    golden: { file: 'complex', cases: /^divide$/, build: ({ a, b }) => ops.complexDivide(a!, b!) },
  },
  {
    name: 'complexConjugate',
    samples: random => {
      const x = floats(random, [3, 2])
      return [
        {
          inputs: [x],
          build: leaf => ops.complexConjugate(leaf!),
          jax: ({ np }, z) => np.multiply(z!, np.array(Float64Array.of(1, -1), { shape: [2], dtype: np.float64 })),
          expected: tabulate([3, 2], index => element(x, index) * (index[1] === 1 ? -1 : 1)),
        },
      ]
    },
  },
  {
    name: 'fourier',
    samples: random => transformSamples(random, ops.fourier, false),
    golden: { file: 'complex', cases: /^fft-/, build: ({ x }) => ops.fourier(x!) },
    refusals: [
      {
        build: () => ops.fourier(input('x', float32([4, 2])), 1),
        message: 'Fourier: axis 1 of [4, 2] holds the pairs',
      },
    ],
  },
  {
    name: 'inverseFourier',
    samples: random => transformSamples(random, ops.inverseFourier, true),
    golden: { file: 'complex', cases: /^ifft-/, build: ({ x }) => ops.inverseFourier(x!) },
  },
  {
    name: 'realFourier',
    samples: random =>
      [5, 6].map(n => {
        const x = floats(random, [2, n])
        const pairs = tabulate([2, n, 2], ([i, j, part]) => (part === 0 ? element(x, [i!, j!]) : 0))
        const whole = transformed(pairs, 1, false)
        return {
          inputs: [symbolic(x, ['batch'])],
          build: leaf => ops.realFourier(leaf!),
          expected: tabulate([2, Math.floor(n / 2) + 1, 2], index => element(whole, index)),
        }
      }),
    golden: {
      file: 'complex',
      cases: /^rfft-(\d+|orthonormal)$/,
      build: ({ x }, { n, norm }) => {
        const y = ops.realFourier(x!)
        return norm === 'ortho' ? y.mul(1 / Math.sqrt(n)) : y
      },
    },
    refusals: [
      {
        build: () => ops.realFourier(input('x', float32(['batch']))),
        message: 'RealFourier: needs a known extent, axis 0 is batch',
      },
    ],
  },
  {
    name: 'inverseRealFourier',
    samples: random =>
      [5, 6, 1].map(n => {
        const x = floats(random, [2, Math.floor(n / 2) + 1, 2])
        const whole = tabulate([2, n, 2], ([i, k, part]) =>
          k! * 2 > n ? element(x, [i!, n - k!, part!]) * (part === 1 ? -1 : 1) : element(x, [i!, k!, part!]),
        )
        const real = transformed(whole, 1, true)
        return {
          inputs: [symbolic(x, ['batch'])],
          build: leaf => ops.inverseRealFourier(leaf!, n),
          expected: tabulate([2, n], ([i, t]) => element(real, [i!, t!, 0])),
        }
      }),
    golden: {
      file: 'complex',
      cases: /^irfft-\d+$/,
      build: ({ x }, { n }) => ops.inverseRealFourier(x!, n),
    },
    refusals: [
      {
        build: () => ops.inverseRealFourier(input('x', float32([4, 2])), 5),
        message: 'InverseRealFourier: 5 numbers have 3 terms, got [4, 2]',
      },
    ],
  },
]
