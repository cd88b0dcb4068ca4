import { einsum } from '../../ops/einsum.ts'
import { gemm, matmul } from '../../ops/matmul.ts'
import type { Tensor } from '../../tensor.ts'
import { align, same } from './symbols.ts'
import { Unread, type Reader } from './reading.ts'

const product: Reader = node => {
  const [a, b] = [node.tensor(0), node.tensor(1)]
  if (a.rank > 0 && b.rank > 0) same(a.shape.at(-1)!, b.shape.at(b.rank === 1 ? 0 : -2)!)
  align(a.shape.slice(0, -2), b.shape.slice(0, -2))
  return matmul(a, b)
}

/** alpha A B + beta C. */
const general: Reader = node => {
  const [a, b, c] = [node.tensor(0), node.tensor(1), node.optional(2)]
  const [alpha, beta] = [node.float('alpha', 1), node.float('beta', 1)]
  const transposed = { transposeA: node.int('transA', 0) !== 0, transposeB: node.int('transB', 0) !== 0 }
  if (alpha === 1 && beta === 1) return gemm(a, b, c, transposed)
  const scaled = (x: Tensor, factor: number) => (factor === 1 ? x : x.mul(factor))
  const y = scaled(gemm(a, b, undefined, transposed), alpha)
  return c ? y.add(scaled(c, beta)) : y
}

/** Letters of one operand after the other. */
const letters: Reader = node => {
  const equation = node.string('equation', '')
  if (equation.includes('.')) throw new Unread('with an ellipsis')
  return einsum(equation, ...node.tensors())
}

export const products: Record<string, Reader> = { MatMul: product, Gemm: general, Einsum: letters }
