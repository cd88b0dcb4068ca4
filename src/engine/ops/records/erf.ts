import { erf } from '../erf.ts'
import type { OperatorRecord } from './record.ts'
import { floats, pointwise, shapeOf, symbolic } from './values.ts'

/** By its Taylor series, which for |x| < 3 loses four digits of sixteen at most. */
export function errorFunction(x: number): number {
  let term = x
  let sum = x
  for (let k = 1; Math.abs(term) > 1e-18; k++) {
    term *= (-x * x) / k
    sum += term / (2 * k + 1)
  }
  return (2 / Math.sqrt(Math.PI)) * sum
}

export const erfRecords: readonly OperatorRecord[] = [
  {
    name: 'erf',
    samples: random => {
      const [plain, open] = [floats(random, []), symbolic(floats(random, shapeOf(random, 3)), ['batch'])]
      return [plain, open, floats(random, [200], { low: -3, high: 3, away: [-0.46875, 0.46875] })].map(x => ({
        inputs: [x],
        build: erf,
        expected: pointwise([x], errorFunction),
        jax: ({ lax }, input) => lax.erf(input),
      }))
    },
    golden: { file: 'activation', cases: /^erf(-extremes)?$/, build: ({ x }) => erf(x!) },
  },
]
