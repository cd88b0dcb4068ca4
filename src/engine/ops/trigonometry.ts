import { apply, type Operator, type Tensor } from '../tensor.ts'
import { where } from './elementwise.ts'

type Unary = (x: Tensor) => Tensor

/**
 * An operator whose kernel exists in float32 only: in float64 it is written in operators that have one, with the same
 * gradient rule.
 */
function unary(name: string, rule: (d: Tensor, x: Tensor, y: Tensor) => Tensor, double: Unary): Unary {
  const operator: Operator = { name, gradient: ({ inputs, outputs }, [d]) => [rule(d!, inputs[0]!, outputs[0]!)] }
  return x => {
    if (x.dtype !== 'float64') return apply(operator, [x], {}, { dtype: x.dtype, shape: x.shape })
    const y: Tensor = double(x).withGradient([x], d => [rule(d, x, y)])
    return y
  }
}

/**
 * log(1 + x), exact also for small x, where 1 + x rounds: log(u) x / (u - 1) with u = 1 + x as rounded (Kahan; Goldberg
 * 1991, theorem 4).
 */
export function log1p(x: Tensor): Tensor {
  const u = x.add(1)
  const rounded = u.sub(1)
  const lost = rounded.equal(0)
  // far from 0 the quotient is 1 and may be infinity over infinity
  const correction = where(x.greater(1e16), 1, x.div(where(lost, 1, rounded)))
  const y = where(lost, x, u.log().mul(correction))
  return y.withGradient([x], d => [d.div(x.add(1))])
}

/** exp(x) - 1, exact also for small x: (u - 1) x / log(u) with u = exp(x) as rounded (Kahan). */
export function expm1(x: Tensor): Tensor {
  const u = x.exp()
  const rounded = u.sub(1)
  // exp(x) is 1 to rounding: the answer is x. Far from 1 nothing cancels, and log(u) may be infinite.
  const far = rounded.abs().greater(0.5)
  const lost = rounded.equal(0)
  const near = rounded.mul(x).div(where(lost.logicalOr(far), 1, where(far, 2, u).log()))
  const y = where(lost, x, where(far, rounded, near))
  return y.withGradient([x], d => [d.mul(x.exp())])
}

export const tan: Unary = unary(
  'Tan',
  (d, _x, y) => d.mul(y.mul(y).add(1)),
  x => x.sin().div(x.cos()),
)

export const sinh: Unary = unary(
  'Sinh',
  (d, x) => d.mul(cosh(x)),
  x => x.tanh().mul(halfSum(x)),
)

export const cosh: Unary = unary('Cosh', (d, x) => d.mul(sinh(x)), halfSum)

function halfSum(x: Tensor): Tensor {
  return x.exp().add(x.neg().exp()).mul(0.5)
}

export const asinh: Unary = unary(
  'Asinh',
  (d, x) => d.div(x.mul(x).add(1).sqrt()),
  x => {
    const size = x.abs()
    const root = x.mul(x).add(1).sqrt()
    return x.sign().mul(log1p(size.add(x.mul(x).div(root.add(1)))))
  },
)

/** For x >= 1. */
export const acosh: Unary = unary(
  'Acosh',
  (d, x) => d.div(x.sub(1).mul(x.add(1)).sqrt()),
  x => log1p(x.sub(1).add(x.sub(1).mul(x.add(1)).sqrt())),
)

/** For |x| < 1. */
export const atanh: Unary = unary(
  'Atanh',
  (d, x) => d.div(x.neg().add(1).mul(x.add(1))),
  x => log1p(x.mul(2).div(x.neg().add(1))).mul(0.5),
)

/** Terms of the series of atan on [0, tan(pi / 16)]: the first one left out is below 1e-17 of the result. */
const terms = 12

/** atan by its series, after the argument is brought to [-1, 1] by the reciprocal and its angle is halved twice. */
function arcTangent(x: Tensor): Tensor {
  const steep = x.abs().greater(1)
  const halved = (t: Tensor) => t.div(t.mul(t).add(1).sqrt().add(1))
  const t = halved(halved(where(steep, where(steep, x, 1).reciprocal(), x)))
  const square = t.mul(t)
  let series = t.mul(0).add(1 / (2 * terms - 1))
  for (let k = terms - 2; k >= 0; k--) series = series.mul(square.neg()).add(1 / (2 * k + 1))
  const angle = series.mul(t).mul(4)
  return where(
    steep,
    x
      .sign()
      .mul(Math.PI / 2)
      .sub(angle),
    angle,
  )
}

export const atan: Unary = unary('Atan', (d, x) => d.div(x.mul(x).add(1)), arcTangent)

/** For |x| <= 1; the gradient is infinite at both ends. */
export const asin: Unary = unary(
  'Asin',
  (d, x) => d.div(x.neg().add(1).mul(x.add(1)).sqrt()),
  x => arcTangent(x.div(x.neg().add(1).mul(x.add(1)).sqrt())),
)

/** For |x| <= 1; the gradient is infinite at both ends. */
export const acos: Unary = unary(
  'Acos',
  (d, x) => d.div(x.neg().add(1).mul(x.add(1)).sqrt()).neg(),
  x => arcTangent(x.neg().add(1).div(x.add(1)).sqrt()).mul(2),
)
