import * as ops from '../activation.ts'
import { float32, input } from '../../tensor.ts'
import { unaryRecord } from './family.ts'
import type { OperatorRecord } from './record.ts'
import { alongAxis, floats, symbolic } from './values.ts'

const softplus = (x: number) => Math.log1p(Math.exp(x))
const kinked = { away: [0] }

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
  unaryRecord('softplus', ops.softplus, softplus, { jax: ({ nn }, x) => nn.softplus(x) }),
  unaryRecord('silu', ops.silu, x => x / (1 + Math.exp(-x)), { jax: ({ nn }, x) => nn.silu(x) }),
  unaryRecord('mish', ops.mish, x => x * Math.tanh(softplus(x)), { jax: ({ nn }, x) => nn.mish(x) }),
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
  alongRecord('softmax', softmaxOf),
  alongRecord('logSoftmax', line => softmaxOf(line).map(Math.log)),
]
