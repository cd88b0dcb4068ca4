import * as activation from './ops/activation.ts'
import * as control from './ops/control.ts'
import * as elementwise from './ops/elementwise.ts'
import * as gather from './ops/gather.ts'
import * as matmul from './ops/matmul.ts'
import * as normalization from './ops/normalization.ts'
import * as random from './ops/random.ts'
import * as reduce from './ops/reduce.ts'
import * as shape from './ops/shape.ts'
import { Tensor } from './tensor.ts'

type Method<F> = F extends (first: infer _First, ...rest: infer Rest) => infer Result
  ? (...rest: Rest) => Result
  : never
type Methods<Family, Not extends keyof Family = never> = { [Name in Exclude<keyof Family, Not>]: Method<Family[Name]> }

/** Builders whose first argument is not a tensor stay functions only. */
const notMethods = new Set([
  'touchedRows',
  'concat',
  'stack',
  'shapeVector',
  'gemm',
  'nameOperator',
  'randomNormal',
  'randomUniform',
])

/** Operators whose first argument is a tensor are methods too: `x.add(y)` is `add(x, y)`. */
export interface TensorMethods
  extends
    Methods<typeof activation>,
    Methods<typeof control, 'nameOperator'>,
    Methods<typeof elementwise>,
    Methods<typeof gather, 'touchedRows'>,
    Methods<typeof matmul, 'gemm'>,
    Methods<typeof normalization>,
    Methods<typeof random, 'randomNormal' | 'randomUniform'>,
    Methods<typeof reduce>,
    Methods<typeof shape, 'concat' | 'stack' | 'shapeVector'> {}

for (const family of [activation, control, elementwise, gather, matmul, normalization, random, reduce, shape]) {
  for (const [name, builder] of Object.entries(family)) {
    if (notMethods.has(name)) continue
    Object.defineProperty(Tensor.prototype, name, {
      value(this: Tensor, ...rest: unknown[]) {
        return (builder as (...all: unknown[]) => unknown)(this, ...rest)
      },
    })
  }
}
