import * as ops from '../activation.ts'
import { float32, input } from '../../tensor.ts'
import { unaryRecord } from './family.ts'
import type { OperatorRecord } from './record.ts'
import { errorFunction } from './erf.ts'
import { alongAxis, floats, pointwise, symbolic } from './values.ts'

const softplus = (x: number) => Math.log1p(Math.exp(x))
const kinked = { away: [0] }
const hardSigmoid = (x: number) => Math.min(Math.max(x / 6 + 0.5, 0), 1)

function softmaxOf(line: number[]): number[] {
  const total = line.reduce((sum, x) => sum + Math.exp(x), 0)
  return line.map(x => Math.exp(x) / total)
}

const alongRecord = (name: 'softmax' | 'logSoftmax', f: (line: number[]) => number[]): OperatorRecord => ({
  name,
  samples: random =>
    (
      [
        [[5], -1],
        [[3, 4], 0],
        [[2, 3, 4], 1],
        [[2, 3, 2, 3], -2],
      ] as const
    ).map(([shape, axis], i) => {
      const x = floats(random, shape)
      return {
        inputs: [i === 2 ? symbolic(x, ['batch', undefined, 'length']) : x],
        build: input => ops[name](input, axis),
        expected: alongAxis(x, axis, f),
        jax: ({ nn }, input) => nn[name](input, axis),
      }
    }),
  refusals: [
    {
      build: () => ops[name](input('x', float32([2, 3])), 2),
      message: `${name[0]!.toUpperCase()}${name.slice(1)}: axis 2 is outside a tensor of rank 2`,
    },
  ],
})

export const activationRecords: readonly OperatorRecord[] = [
  unaryRecord('softplus', ops.softplus, softplus, {
    range: kinked,
    jax: ({ nn }, x) => nn.softplus(x),
    golden: { file: 'activation', cases: /^softplus/, build: ({ x }) => ops.softplus(x!) },
  }),
  unaryRecord('silu', ops.silu, x => x / (1 + Math.exp(-x)), {
    jax: ({ nn }, x) => nn.silu(x),
    golden: { file: 'activation', cases: /^silu/, build: ({ x }) => ops.silu(x!) },
  }),
  unaryRecord('mish', ops.mish, x => x * Math.tanh(softplus(x)), {
    range: kinked,
    jax: ({ nn }, x) => nn.mish(x),
    golden: { file: 'activation', cases: /^mish/, build: ({ x }) => ops.mish(x!) },
  }),
  unaryRecord(
    'leakyRelu',
    x => ops.leakyRelu(x, 0.1),
    x => (x > 0 ? x : 0.1 * x),
    {
      range: kinked,
      jax: ({ nn }, x) => nn.leakyRelu(x, 0.1),
    },
  ),
  unaryRecord(
    'elu',
    x => ops.elu(x, 1.5),
    x => (x > 0 ? x : 1.5 * Math.expm1(x)),
    {
      range: kinked,
      jax: ({ nn }, x) => nn.elu(x, 1.5),
    },
  ),
  unaryRecord('gelu', ops.gelu, x => (x * (1 + errorFunction(x * Math.SQRT1_2))) / 2, {
    jax: ({ nn }, x) => nn.gelu(x, { approximate: false }),
    golden: { file: 'activation', cases: /^gelu(-extremes)?$/, build: ({ x }) => ops.gelu(x!) },
  }),
  unaryRecord(
    'geluTanh',
    ops.geluTanh,
    x => (x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))) / 2,
    {
      jax: ({ nn }, x) => nn.gelu(x, { approximate: true }),
      golden: { file: 'activation', cases: /^gelu-tanh/, build: ({ x }) => ops.geluTanh(x!) },
    },
  ),
  unaryRecord(
    'celu',
    x => ops.celu(x, 0.7),
    x => (x > 0 ? x : 0.7 * Math.expm1(x / 0.7)),
    {
      range: kinked,
      jax: ({ nn }, x) => nn.celu(x, 0.7),
    },
  ),
  unaryRecord('selu', ops.selu, x => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x)), {
    range: kinked,
    jax: ({ nn }, x) => nn.selu(x),
    golden: { file: 'activation', cases: /^selu$/, build: ({ x }) => ops.selu(x!) },
  }),
  unaryRecord('hardSigmoid', ops.hardSigmoid, hardSigmoid, {
    range: { low: -5, high: 5, away: [-3, 3] },
    jax: ({ nn }, x) => nn.hardSigmoid(x),
    golden: { file: 'activation', cases: /^hardsigmoid$/, tolerance: 1e-7, build: ({ x }) => ops.hardSigmoid(x!) },
  }),
  unaryRecord('hardSwish', ops.hardSwish, x => x * hardSigmoid(x), {
    range: { low: -5, high: 5, away: [-3, 3] },
    jax: ({ nn }, x) => nn.hardSilu(x),
    golden: { file: 'activation', cases: /^hardswish$/, build: ({ x }) => ops.hardSwish(x!) },
  }),
  unaryRecord('softsign', ops.softsign, x => x / (1 + Math.abs(x)), {
    range: kinked,
    jax: ({ nn }, x) => nn.softSign(x),
    golden: { file: 'activation', cases: /^softsign$/, build: ({ x }) => ops.softsign(x!) },
  }),
  unaryRecord('logSigmoid', ops.logSigmoid, x => -softplus(-x), {
    range: kinked,
    jax: ({ nn }, x) => nn.logSigmoid(x),
    golden: { file: 'activation', cases: /^log-sigmoid/, build: ({ x }) => ops.logSigmoid(x!) },
  }),
  {
    name: 'prelu',
    samples: random =>
      (
        [
          [[2, 3], [3], [1, 3]],
          [[2, 3, 4], [3], [3, 1]],
          [[2, 3], [], []],
          [[2, 3, 2, 2], [1], [1]],
        ] as const
      ).map(([shape, slopes, broadcast]) => {
        const x = floats(random, shape, kinked)
        const slope = floats(random, slopes, { low: 0.1, high: 0.4 })
        return {
          inputs: [symbolic(x, ['batch']), slope],
          build: (leaf, own) => ops.prelu(leaf!, own!),
          expected: pointwise([x, { ...slope, shape: broadcast }], (a, b) => (a! > 0 ? a! : a! * b!)),
          jax: ({ np }, a, b) => {
            const own = np.reshape(b!, [...broadcast])
            return np.where(np.greater(a!.ref, 0), a!.ref, np.multiply(a!, own))
          },
        }
      }),
    golden: { file: 'activation', cases: /^prelu$/, build: ({ x, slope }) => ops.prelu(x!, slope!) },
    refusals: [
      {
        build: () => ops.prelu(input('x', float32([2, 3, 4])), input('s', float32([2]))),
        message: 'PRelu: [2, 3, 4] by [2]; the slopes are neither one nor one a channel',
      },
    ],
  },
  alongRecord('softmax', softmaxOf),
  alongRecord('logSoftmax', line => softmaxOf(line).map(Math.log)),
]
