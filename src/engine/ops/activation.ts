import { apply, normalAxis, type Operator, type Tensor } from '../tensor.ts'

const same = (x: Tensor) => ({ dtype: x.dtype, shape: x.shape })

const geluOperator: Operator = {
  name: 'Gelu',
  domain: 'com.microsoft',
  gradient: ({ inputs: [x] }, [d]) => {
    const distribution = x!.mul(Math.SQRT1_2).erf().add(1).mul(0.5)
    const density = x!
      .mul(x!)
      .mul(-0.5)
      .exp()
      .mul(1 / Math.sqrt(2 * Math.PI))
    return [d!.mul(distribution.add(x!.mul(density)))]
  },
  standard: ({ inputs: [x] }) => [x!.mul(x!.mul(Math.SQRT1_2).erf().add(1)).mul(0.5)],
}

/** x Phi(x), Phi the standard normal distribution function (the exact form, by erf). */
export const gelu = (x: Tensor): Tensor => apply(geluOperator, [x], {}, same(x))

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
