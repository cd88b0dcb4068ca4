import * as ops from '../control.ts'
import type { OperatorRecord } from './record.ts'
import { floats, pointwise } from './values.ts'

export const controlRecords: readonly OperatorRecord[] = [
  {
    name: 'stopGradient',
    notDifferentiable: 'a constant to differentiation: that is its purpose',
    samples: random => {
      const x = floats(random, [2, 3])
      return [{ inputs: [x], build: leaf => ops.stopGradient(leaf!), expected: x }]
    },
  },
  {
    name: 'withGradient',
    samples: random => {
      const x = floats(random, [2, 3])
      return [
        {
          inputs: [x],
          build: leaf => ops.withGradient(leaf!.mul(leaf!).stopGradient(), [leaf!], d => [d.mul(leaf!).mul(2)]),
          expected: pointwise([x], value => value! * value!),
          jax: ({ np }, leaf) => np.square(leaf!),
        },
      ]
    },
  },
  {
    name: 'straightThrough',
    notDifferentiable: 'its gradient is another function’s by purpose',
    samples: random => {
      const x = floats(random, [5], { away: [-1.5, -0.5, 0.5, 1.5] })
      return [
        {
          inputs: [x],
          build: leaf => ops.straightThrough(leaf!.round(), leaf!),
          expected: pointwise([x], value => Math.round(value!)),
        },
      ]
    },
  },
  {
    name: 'named',
    samples: random => {
      const x = floats(random, [2, 3])
      return [{ inputs: [x], build: leaf => ops.named(leaf!, 'hidden'), expected: x, jax: (_, leaf) => leaf! }]
    },
  },
]
