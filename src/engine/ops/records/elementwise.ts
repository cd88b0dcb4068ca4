import * as ops from '../elementwise.ts'
import { float32, input, int32 } from '../../tensor.ts'
import type { OperatorRecord, Values } from './record.ts'
import { binaryRecord, logicalRecord, unaryRecord } from './family.ts'
import { booleans, floats, pointwise, shapeOf, symbolic } from './values.ts'

const mismatched = (name: string, builder: (a: never, b: never) => unknown) => ({
  build: () => builder(input('a', float32([2, 3])) as never, input('b', float32([2, 4])) as never),
  message: `${name}: [2, 3] by [2, 4]; 3 is not 4`,
})
const typesApart = (name: string, builder: (a: never, b: never) => unknown) => ({
  build: () => builder(input('a', float32([2])) as never, input('b', int32([2])) as never),
  message: `${name}: float32 by int32; cast one of them`,
})
const refusals = (name: string, builder: (a: never, b: never) => unknown) => [
  mismatched(name, builder),
  typesApart(name, builder),
]

const positive = { low: 0.2, high: 3 }
const stepped = { low: -3, high: 3, away: [-3, -2, -1, 0, 1, 2, 3, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5] }
const roundHalfEven = (x: number) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x))

export const elementwiseRecords: readonly OperatorRecord[] = [
  binaryRecord('add', ops.add, (a, b) => a + b, {
    jax: ({ np }, a, b) => np.add(a, b),
    refusals: refusals('Add', ops.add),
  }),
  binaryRecord('sub', ops.sub, (a, b) => a - b, {
    jax: ({ np }, a, b) => np.subtract(a, b),
    refusals: refusals('Sub', ops.sub),
  }),
  binaryRecord('mul', ops.mul, (a, b) => a * b, {
    jax: ({ np }, a, b) => np.multiply(a, b),
    refusals: refusals('Mul', ops.mul),
  }),
  binaryRecord('div', ops.div, (a, b) => a / b, {
    second: positive,
    jax: ({ np }, a, b) => np.divide(a, b),
    refusals: refusals('Div', ops.div),
  }),
  binaryRecord('maximum', ops.maximum, Math.max, {
    jax: ({ np }, a, b) => np.maximum(a, b),
    refusals: refusals('Max', ops.maximum),
  }),
  binaryRecord('minimum', ops.minimum, Math.min, {
    jax: ({ np }, a, b) => np.minimum(a, b),
    refusals: refusals('Min', ops.minimum),
  }),
  binaryRecord('pow', ops.pow as typeof ops.div, (a, b) => a ** b, {
    range: positive,
    second: { low: -1.5, high: 2.5 },
    jax: ({ np }, a, b) => np.pow(a, b),
  }),
  unaryRecord('square', ops.square, x => x * x, { jax: ({ np }, x) => np.square(x) }),
  unaryRecord('neg', ops.neg, x => -x, { jax: ({ np }, x) => np.negative(x) }),
  unaryRecord('exp', ops.exp, Math.exp, { jax: ({ np }, x) => np.exp(x) }),
  unaryRecord('log', ops.log, Math.log, { range: positive, jax: ({ np }, x) => np.log(x) }),
  unaryRecord('sqrt', ops.sqrt, Math.sqrt, { range: positive, jax: ({ np }, x) => np.sqrt(x) }),
  unaryRecord('reciprocal', ops.reciprocal, x => 1 / x, { range: positive, jax: ({ np }, x) => np.reciprocal(x) }),
  unaryRecord('abs', ops.abs, Math.abs, { range: { away: [0] }, jax: ({ np }, x) => np.abs(x) }),
  unaryRecord('sin', ops.sin, Math.sin, { jax: ({ np }, x) => np.sin(x) }),
  unaryRecord('cos', ops.cos, Math.cos, { jax: ({ np }, x) => np.cos(x) }),
  unaryRecord('tanh', ops.tanh, Math.tanh, { jax: ({ np }, x) => np.tanh(x) }),
  unaryRecord('sigmoid', ops.sigmoid, x => 1 / (1 + Math.exp(-x)), { jax: ({ nn }, x) => nn.sigmoid(x) }),
  unaryRecord('relu', ops.relu, x => Math.max(x, 0), { range: { away: [0] }, jax: ({ nn }, x) => nn.relu(x) }),
  unaryRecord('sign', ops.sign, Math.sign, { range: { away: [0] }, notDifferentiable: 'piecewise constant' }),
  unaryRecord('floor', ops.floor, Math.floor, { range: stepped, notDifferentiable: 'piecewise constant' }),
  unaryRecord('ceil', ops.ceil, Math.ceil, { range: stepped, notDifferentiable: 'piecewise constant' }),
  unaryRecord('round', ops.round, roundHalfEven, { range: stepped, notDifferentiable: 'piecewise constant' }),
  ...(
    [
      ['equal', ops.equal, (a: number, b: number) => a === b],
      ['notEqual', ops.notEqual, (a: number, b: number) => a !== b],
      ['greater', ops.greater, (a: number, b: number) => a > b],
      ['greaterOrEqual', ops.greaterOrEqual, (a: number, b: number) => a >= b],
      ['less', ops.less, (a: number, b: number) => a < b],
      ['lessOrEqual', ops.lessOrEqual, (a: number, b: number) => a <= b],
    ] as const
  ).map(([name, builder, f]) =>
    binaryRecord(name, builder, (a, b) => Number(f(a, b)), {
      dtype: 'bool',
      notDifferentiable: 'its output is boolean',
      refusals: refusals(name === 'notEqual' ? 'Equal' : name[0]!.toUpperCase() + name.slice(1), builder),
    }),
  ),
  logicalRecord('logicalAnd', ops.logicalAnd, (a, b) => a && b),
  logicalRecord('logicalOr', ops.logicalOr, (a, b) => a || b),
  logicalRecord('logicalXor', ops.logicalXor, (a, b) => a !== b),
  ...(
    [
      ['isNaN', ops.isNaN, Number.isNaN],
      ['isInfinite', ops.isInfinite, (x: number) => Math.abs(x) === Infinity],
    ] as const
  ).map(([name, builder, f]): OperatorRecord => ({
    name,
    notDifferentiable: 'its output is boolean',
    samples: () => {
      const x: Values = { dtype: 'float', shape: [5], data: Float64Array.of(0, NaN, Infinity, -Infinity, -1) }
      return [{ inputs: [x], build: builder, expected: pointwise([x], value => Number(f(value)), 'bool') }]
    },
  })),
  {
    ...binaryRecord('mod', ops.mod, (a, b) => a - b * Math.floor(a / b), {
      range: { low: 0.1, high: 0.9 },
      second: { low: -2, high: -1 },
      jax: ({ np }, a, b) => np.remainder(a, b),
    }),
  },
  {
    name: 'maskedFill',
    samples: random => {
      const inputs = [floats(random, [2, 3]), booleans(random, [3])]
      return [symbolic(inputs[0]!, ['batch']), inputs[0]!].map(x => ({
        inputs: [x, inputs[1]!],
        build: (leaf, mask) => ops.maskedFill(leaf!, mask!, -1e4),
        expected: pointwise(inputs, (value, hidden) => (hidden ? -1e4 : value!)),
        jax: ({ np }, value, mask) => np.where(mask!, -1e4, value!),
      }))
    },
  },
  {
    name: 'cast',
    samples: random => {
      const x = floats(random, [2, 3], stepped)
      return [
        {
          inputs: [x],
          build: leaf => ops.cast(leaf!, 'float64').cast(leaf!.dtype),
          expected: x,
          jax: (_, leaf) => leaf!,
        },
        {
          inputs: [{ ...x, fixed: true }],
          build: leaf => ops.cast(leaf!, 'int32'),
          expected: pointwise([x], Math.trunc, 'int32'),
        },
      ]
    },
  },
  unaryRecord(
    'clip',
    x => ops.clip(x, -1, 1),
    x => Math.min(Math.max(x, -1), 1),
    {
      range: { low: -2, high: 2, away: [-1, 1] },
      jax: ({ np }, x) => np.clip(x, -1, 1),
    },
  ),
  ...(['zerosLike', 'onesLike'] as const).map((name): OperatorRecord => ({
    name,
    notDifferentiable: 'it is constant',
    samples: random =>
      [[], [3], [2, 3]].map(shape => {
        const x = symbolic(floats(random, shape), ['batch', 'length'].slice(0, shape.length))
        return {
          inputs: [x],
          build: leaf => ops[name](leaf!),
          expected: pointwise([x], () => Number(name === 'onesLike')),
        }
      }),
  })),
  {
    name: 'logicalNot',
    notDifferentiable: 'its output is boolean',
    samples: random => {
      const x = booleans(random, shapeOf(random, 2))
      return [{ inputs: [x], build: ops.logicalNot, expected: pointwise([x], value => 1 - value, 'bool') }]
    },
  },
  {
    name: 'where',
    samples: random => {
      const [m, n] = shapeOf(random, 2) as [number, number]
      const shapes = [
        [[], [], []],
        [
          [m, n],
          [m, n],
          [m, n],
        ],
        [[m, 1], [n], [m, n]],
        [[n], [m, 1], [2, 1, 1]],
      ]
      const drawn = shapes.map(([c, a, b]) => [booleans(random, c!), floats(random, a!), floats(random, b!)])
      const open = drawn[1]!.map(values => symbolic(values, ['batch']))
      return [...drawn, open].map(inputs => ({
        inputs,
        build: ops.where,
        expected: pointwise(inputs, (c, a, b) => (c ? a : b)!),
        jax: ({ np }, c, a, b) => np.where(c!, a!, b!),
      }))
    },
    refusals: [
      {
        build: () => ops.where(input('c', { dtype: 'bool', shape: [2] }), input('a', float32([3])), 0),
        message: 'Where: [2] by [3] by []; 2 is not 3',
      },
    ],
  },
]
