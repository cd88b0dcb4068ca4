import { InterplayError } from '../errors/index.ts'
import { isStatic, sizeOf, spellShape } from './dimension.ts'
import { grad, vjp } from './gradient.ts'
import { concat } from './ops/shape.ts'
import { constant, type Tensor } from './tensor.ts'

/**
 * All derivatives of `output` with respect to `input`, both of known extents: [...output, ...input]. One reverse pass for
 * each row or, through the transposed pass, for each column, whichever are fewer.
 */
export function jacobian(output: Tensor, input: Tensor): Tensor {
  const [rows, columns] = [countOf(output), countOf(input)]
  const shape = [...output.shape, ...input.shape]
  if (rows <= columns) {
    const products = units(output, rows).map(unit => vjp([output], [input], [unit])[0]!.reshape([1, columns]))
    return concat(products, 0).reshape(shape)
  }
  const cotangent = output.zerosLike().named('cotangent')
  const pulled = vjp([output], [input], [cotangent])
  const products = units(input, columns).map(unit => vjp(pulled, [cotangent], [unit])[0]!.reshape([rows, 1]))
  return concat(products, 1).reshape(shape)
}

/** All second derivatives of a scalar: [...input, ...input]. */
export const hessian = (loss: Tensor, input: Tensor): Tensor => jacobian(grad(loss, input), input)

function countOf(x: Tensor): number {
  if (isStatic(x.shape)) return sizeOf(x.shape) as number
  throw new InterplayError('shape/mismatch', `jacobian: needs known extents, got ${spellShape(x.shape)}`, {
    try: 'perExampleGradients, or vjp and jvp for single rows and columns',
  })
}

const units = (x: Tensor, count: number): Tensor[] =>
  Array.from({ length: count }, (_, i) => {
    const one = new Float64Array(count)
    one[i] = 1
    return constant(one, [count]).cast(x.dtype).reshape(x.shape)
  })
