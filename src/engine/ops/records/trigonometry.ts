import * as ops from '../trigonometry.ts'
import { unaryRecord } from './family.ts'
import type { OperatorRecord } from './record.ts'

const inside = { low: -0.9, high: 0.9 }

export const trigonometryRecords: readonly OperatorRecord[] = [
  unaryRecord('log1p', ops.log1p, Math.log1p, { range: { low: -0.8, high: 3 }, jax: ({ np }, x) => np.log1p(x) }),
  unaryRecord('expm1', ops.expm1, Math.expm1, { jax: ({ np }, x) => np.expm1(x) }),
  unaryRecord('tan', ops.tan, Math.tan, { range: { low: -1.2, high: 1.2 }, jax: ({ np }, x) => np.tan(x) }),
  unaryRecord('sinh', ops.sinh, Math.sinh, { jax: ({ np }, x) => np.sinh(x) }),
  unaryRecord('cosh', ops.cosh, Math.cosh, { jax: ({ np }, x) => np.cosh(x) }),
  unaryRecord('asinh', ops.asinh, Math.asinh, { jax: ({ np }, x) => np.arcsinh(x) }),
  unaryRecord('acosh', ops.acosh, Math.acosh, { range: { low: 1.2, high: 4 }, jax: ({ np }, x) => np.arccosh(x) }),
  unaryRecord('atanh', ops.atanh, Math.atanh, { range: inside, jax: ({ np }, x) => np.arctanh(x) }),
  unaryRecord('atan', ops.atan, Math.atan, {
    range: { low: -5, high: 5, away: [-1, 1] },
    jax: ({ np }, x) => np.atan(x),
  }),
  unaryRecord('asin', ops.asin, Math.asin, { range: inside, jax: ({ np }, x) => np.asin(x) }),
  unaryRecord('acos', ops.acos, Math.acos, { range: inside, jax: ({ np }, x) => np.acos(x) }),
]
