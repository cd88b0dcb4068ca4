import * as activation from './ops/activation.ts'
import * as arrange from './ops/arrange.ts'
import * as complex from './ops/complex.ts'
import * as control from './ops/control.ts'
import * as convolution from './ops/convolution.ts'
import * as cumulative from './ops/cumulative.ts'
import * as elementwise from './ops/elementwise.ts'
import * as erf from './ops/erf.ts'
import * as fold from './ops/fold.ts'
import * as gather from './ops/gather.ts'
import * as gridSample from './ops/grid-sample.ts'
import * as linearScan from './ops/linear-scan.ts'
import * as matmul from './ops/matmul.ts'
import * as normalization from './ops/normalization.ts'
import * as order from './ops/order.ts'
import * as pooling from './ops/pooling.ts'
import * as random from './ops/random.ts'
import * as rearrange from './ops/rearrange.ts'
import * as reduce from './ops/reduce.ts'
import * as resize from './ops/resize.ts'
import * as scatter from './ops/scatter.ts'
import * as segment from './ops/segment.ts'
import * as shape from './ops/shape.ts'
import * as trigonometry from './ops/trigonometry.ts'
import { Tensor } from './tensor.ts'

type Method<F> = F extends (first: infer _First, ...rest: infer Rest) => infer Result
  ? (...rest: Rest) => Result
  : never
type Methods<Family, Not extends keyof Family = never> = { [Name in Exclude<keyof Family, Not>]: Method<Family[Name]> }

/** Builders whose first argument is not a tensor stay functions only. */
const notMethods = new Set(['concat', 'stack', 'shapeVector', 'gemm', 'nameOperator', 'randomNormal', 'randomUniform'])

/** Operators whose first argument is a tensor are methods too: `x.add(y)` is `add(x, y)`. */
export interface TensorMethods
  extends
    Methods<typeof activation>,
    Methods<typeof arrange>,
    Methods<typeof complex>,
    Methods<typeof control, 'nameOperator'>,
    Methods<typeof convolution>,
    Methods<typeof cumulative>,
    Methods<typeof elementwise>,
    Methods<typeof erf>,
    Methods<typeof fold>,
    Methods<typeof gather>,
    Methods<typeof gridSample>,
    Methods<typeof linearScan>,
    Methods<typeof matmul, 'gemm'>,
    Methods<typeof normalization>,
    Methods<typeof order>,
    Methods<typeof pooling>,
    Methods<typeof random, 'randomNormal' | 'randomUniform'>,
    Methods<typeof rearrange>,
    Methods<typeof reduce>,
    Methods<typeof resize>,
    Methods<typeof scatter>,
    Methods<typeof segment>,
    Methods<typeof shape, 'concat' | 'stack' | 'shapeVector'>,
    Methods<typeof trigonometry> {}

const families = [
  activation,
  arrange,
  complex,
  control,
  convolution,
  cumulative,
  elementwise,
  erf,
  fold,
  gather,
  gridSample,
  linearScan,
  matmul,
  normalization,
  order,
  pooling,
  random,
  rearrange,
  reduce,
  resize,
  scatter,
  segment,
  shape,
  trigonometry,
]

for (const family of families) {
  for (const [name, builder] of Object.entries(family)) {
    if (notMethods.has(name)) continue
    Object.defineProperty(Tensor.prototype, name, {
      value(this: Tensor, ...rest: unknown[]) {
        return (builder as (...all: unknown[]) => unknown)(this, ...rest)
      },
    })
  }
}
