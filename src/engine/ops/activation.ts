import { apply, constant, normalAxis, type Operator, type Tensor } from '../tensor.ts'
import { shapeMismatch } from '../dimension.ts'

const same = (x: Tensor) => ({ dtype: x.dtype, shape: x.shape })

const geluOperator: Operator = {
  name: 'Gelu',
  domain: 'com.microsoft',
  gradient: ({ inputs: [x] }, [d]) => {
    // with s = x / sqrt(2): Phi(x) + x phi(x) = (1 + erf(s) + s exp(log(2 / sqrt(pi)) - s^2)) / 2; the half goes to the
    // next product
    const s = x!.mul(Math.SQRT1_2)
    const slope = s.mul(
      constant(Math.log(2 / Math.sqrt(Math.PI)), [], s.dtype)
        .sub(s.mul(s))
        .exp(),
    )
    return [d!.mul(s.erf().add(slope).add(1)).mul(0.5)]
  },
  standard: ({ inputs: [x] }) => [x!.mul(x!.mul(Math.SQRT1_2).erf().add(1)).mul(0.5)],
}

/** x Phi(x), Phi the standard normal distribution function (the exact form, by erf). */
export function gelu(x: Tensor): Tensor {
  if (x.dtype === 'float64') return x.mul(x.mul(Math.SQRT1_2).erf().add(1)).mul(0.5)
  return apply(geluOperator, [x], {}, same(x))
}

/** The form of gelu by tanh: x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2. */
export function geluTanh(x: Tensor): Tensor {
  const inner = x
    .mul(x)
    .mul(0.044715)
    .add(1)
    .mul(x)
    .mul(Math.sqrt(2 / Math.PI))
  return x.mul(inner.tanh().add(1)).mul(0.5)
}

/** log(1 + exp(x)) without overflow, as max(x, 0) + log(1 + exp(-|x|)): a quarter of the Softplus kernel's time. */
export const softplus = (x: Tensor): Tensor =>
  x
    .relu()
    .add(x.abs().neg().exp().add(1).log())
    .withGradient([x], d => [d.mul(x.sigmoid())])

/** x sigmoid(x), also called swish. */
export const silu = (x: Tensor): Tensor => x.mul(x.sigmoid())

/** x tanh(softplus(x)). */
export const mish = (x: Tensor): Tensor => x.mul(x.softplus().tanh())

/** x where x > 0, else slope x. */
export const leakyRelu = (x: Tensor, slope = 0.01): Tensor => x.greater(0).where(x, x.mul(slope))

/** x where x > 0, else alpha (exp(x) - 1). */
export const elu = (x: Tensor, alpha = 1): Tensor => x.greater(0).where(x, x.minimum(0).exp().sub(1).mul(alpha))

/** elu whose slope is continuous at 0 for every alpha: x where x > 0, else alpha (exp(x / alpha) - 1). */
export const celu = (x: Tensor, alpha = 1): Tensor =>
  x.greater(0).where(
    x,
    x
      .minimum(0)
      .mul(1 / alpha)
      .exp()
      .sub(1)
      .mul(alpha),
  )

/** elu with the constants that keep mean 0 and variance 1 from layer to layer (Klambauer et al. 2017, equation 14). */
export function selu(x: Tensor): Tensor {
  const [alpha, scale] = [1.6732632423543772, 1.0507009873554805]
  return elu(x, alpha).mul(scale)
}

/** x where x > 0, else slope x, with slopes that are learned; they broadcast, or stand for the channels of axis 1. */
export function prelu(x: Tensor, slope: Tensor): Tensor {
  if (slope.rank === 1 && x.rank > 2) {
    if (slope.shape[0] !== 1 && slope.shape[0] !== x.shape[1])
      throw shapeMismatch('PRelu', [x.shape, slope.shape], 'the slopes are neither one nor one a channel')
    return prelu(x, slope.reshape([slope.shape[0]!, ...Array<number>(x.rank - 2).fill(1)]))
  }
  return x.greater(0).where(x, x.mul(slope))
}

/** clip(x / 6 + 1/2, 0, 1). */
export const hardSigmoid = (x: Tensor): Tensor =>
  x
    .mul(1 / 6)
    .add(0.5)
    .clip(0, 1)

/** x hardSigmoid(x). */
export const hardSwish = (x: Tensor): Tensor => x.mul(hardSigmoid(x))

/** x / (1 + |x|). */
export const softsign = (x: Tensor): Tensor => x.div(x.abs().add(1))

/** log sigmoid(x) = -softplus(-x). */
export const logSigmoid = (x: Tensor): Tensor => softplus(x.neg()).neg()

const softmaxOperator: Operator = {
  name: 'Softmax',
  gradient: ({ outputs: [y], attributes: { axis } }, [d]) => {
    const t = d!.mul(y!)
    return [t.sub(y!.mul(t.sum(axis!.value as number, { keep: true })))]
  },
}

/** exp(x) / sum exp(x) along one axis. */
export function softmax(x: Tensor, axis = -1): Tensor {
  return apply(softmaxOperator, [x], { axis: { type: 'int', value: normalAxis('Softmax', axis, x.rank) } }, same(x))
}

const logSoftmaxOperator: Operator = {
  name: 'LogSoftmax',
  gradient: ({ outputs: [y], attributes: { axis } }, [d]) => [
    d!.sub(y!.exp().mul(d!.sum(axis!.value as number, { keep: true }))),
  ],
}

/** log softmax(x) along one axis. */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  return apply(
    logSoftmaxOperator,
    [x],
    { axis: { type: 'int', value: normalAxis('LogSoftmax', axis, x.rank) } },
    same(x),
  )
}
