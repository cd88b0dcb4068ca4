import { apply, constantValue, type Tensor } from '../../tensor.ts'
import type { DataType } from '../../dtype.ts'

/** Whether a product of matrices of this type can have the factor: ONNX keeps it in 32 bits. */
export const isFactor = (value: number, dtype: DataType): boolean => dtype !== 'float64' || Math.fround(value) === value

const fixedNumber = (x: Tensor): number | undefined => {
  const value = x.rank === 0 ? constantValue(x) : undefined
  return value && Number(value.data[0])
}

/** `x` without a fixed scalar factor, and that factor; looked for under a reshape too. */
export function unscaled(x: Tensor): [Tensor, number] {
  const { operator, inputs } = x.node
  if (operator.name === 'Reshape' && constantValue(inputs[1]!)) {
    const [base, factor] = unscaled(inputs[0]!)
    return base === inputs[0] ? [x, 1] : [base.reshape(x.shape), factor]
  }
  const [base, by] = operator.name === 'Mul' ? inputs : []
  const factor = by && fixedNumber(by)
  return factor === undefined ? [x, 1] : [base!, factor]
}

/** x times `by`; where that is one fixed number, a product of matrices has it as its own factor, without another pass. */
export function scaled(x: Tensor, by: Tensor): Tensor {
  const factor = fixedNumber(by)
  return (factor === undefined ? undefined : scaledProduct(x, factor)) ?? x.mul(by)
}

function scaledProduct(x: Tensor, factor: number): Tensor | undefined {
  const { operator, inputs, attributes } = x.node
  if (operator.name === 'Reshape' && constantValue(inputs[1]!))
    return scaledProduct(inputs[0]!, factor)?.reshape(x.shape)
  if (operator.name !== 'Gemm' || inputs[2]) return undefined
  const value = (attributes.alpha!.value as number) * factor
  if (!isFactor(value, x.dtype)) return undefined
  return apply(operator, inputs, { ...attributes, alpha: { type: 'float', value } }, x)
}
