import { isFloat } from '../../dtype.ts'
import { where } from '../../ops/elementwise.ts'
import type { Tensor } from '../../tensor.ts'
import { foldCast, foldScalars } from './fold.ts'
import { castType, Unread, type Reader, type Reading } from './reading.ts'
import { align } from './symbols.ts'
import { Value } from './value.ts'

/** A reader that follows known elements, as the operator's or another rule has them, and otherwise builds. */
export const folding =
  (build: (node: Reading) => Tensor, rule?: string): Reader =>
  node => {
    const known = node.known()
    const folded = known && foldScalars(rule ?? node.node.op, known, i => node.symbol(i))
    return folded ? Value.known(folded, () => build(node)) : build(node)
  }

const unary = (build: (x: Tensor) => Tensor): Reader => folding(node => build(node.tensor(0)))

const binary = (build: (a: Tensor, b: Tensor) => Tensor): Reader =>
  folding(node => {
    const [a, b] = [node.tensor(0), node.tensor(1)]
    align(a.shape, b.shape)
    return build(a, b)
  })

/** Any number of operands. */
const folded = (build: (a: Tensor, b: Tensor) => Tensor): Reader =>
  folding(node => {
    const operands = node.tensors()
    align(...operands.map(operand => operand.shape))
    return operands.slice(1).reduce(build, operands[0]!)
  })

/** Small whole exponents are products: the runtime's Pow costs 60 of them. */
const power: Reader = folding(node => {
  const [base, exponent] = [node.tensor(0), node.value(1)]
  const fixed =
    exponent.shape.length === 0 || exponent.shape.every(extent => extent === 1) ? exponent.numbers?.[0] : undefined
  const widens = exponent.shape.length > base.rank
  if (fixed === 3 && !widens) return base.mul(base).mul(base)
  if (fixed !== undefined && !widens) return base.pow(fixed)
  align(base.shape, exponent.shape)
  return base.pow(exponent.tensor.cast(base.dtype))
})

const clip: Reader = node => {
  const x = node.tensor(0)
  const [low, high] = [1, 2].map(i => (node.has(i) ? node.value(i) : undefined))
  const [floor, ceiling] = [low, high].map(bound => bound?.numbers?.[0])
  const fixed = (!low || floor !== undefined) && (!high || ceiling !== undefined)
  if (isFloat(x.dtype) && fixed) return x.clip(floor ?? -Infinity, ceiling ?? Infinity)
  const raised = low ? x.maximum(low.tensor) : x
  return high ? raised.minimum(high.tensor) : raised
}

const cast: Reader = node => castTo(node, castType(node.int('to', 0)))

function castTo(node: Reading, dtype: Tensor['dtype']): Value | Tensor {
  const value = node.value(0)
  const known = value.known && foldCast(value.known, dtype)
  return known ? Value.known(known, () => value.tensor.cast(dtype)) : value.tensor.cast(dtype)
}

const choice: Reader = folding(node => {
  const [condition, a, b] = node.tensors() as [Tensor, Tensor, Tensor]
  align(condition.shape, a.shape, b.shape)
  return where(condition, a, b)
})

/** Floor division's remainder: the sign of the divisor. */
const floored = binary((a, b) => a.mod(b))

/** C's remainder: the sign of the dividend. */
const truncated: Reader = folding(node => {
  const [a, b] = node.tensors() as [Tensor, Tensor]
  align(a.shape, b.shape)
  if (!isFloat(a.dtype)) throw new Unread('of integers with the sign of the dividend')
  const quotient = a.div(b)
  const whole = quotient.abs().floor().mul(quotient.sign()).stopGradient()
  return a.sub(whole.mul(b))
}, 'Mod with fmod')

const remainder: Reader = node => (node.int('fmod', 0) === 0 ? floored : truncated)(node)

const infinite: Reader = node => {
  const sides = [node.int('detect_negative', 1), node.int('detect_positive', 1)]
  if (sides.includes(0)) throw new Unread('of one sign')
  return node.tensor(0).isInfinite()
}

export const elementwise: Record<string, Reader> = {
  Add: binary((a, b) => a.add(b)),
  Sub: binary((a, b) => a.sub(b)),
  Mul: binary((a, b) => a.mul(b)),
  Div: binary((a, b) => a.div(b)),
  Pow: power,
  Mod: remainder,
  Min: folded((a, b) => a.minimum(b)),
  Max: folded((a, b) => a.maximum(b)),
  Sum: folded((a, b) => a.add(b)),
  Mean: node => {
    const operands = node.tensors()
    align(...operands.map(operand => operand.shape))
    return operands
      .slice(1)
      .reduce((a, b) => a.add(b), operands[0]!)
      .div(operands.length)
  },
  Neg: unary(x => x.neg()),
  Abs: unary(x => x.abs()),
  Sign: unary(x => x.sign()),
  Exp: unary(x => x.exp()),
  Log: unary(x => x.log()),
  Sqrt: unary(x => x.sqrt()),
  Reciprocal: unary(x => x.reciprocal()),
  Sin: unary(x => x.sin()),
  Cos: unary(x => x.cos()),
  Tan: unary(x => x.tan()),
  Asin: unary(x => x.asin()),
  Acos: unary(x => x.acos()),
  Atan: unary(x => x.atan()),
  Sinh: unary(x => x.sinh()),
  Cosh: unary(x => x.cosh()),
  Asinh: unary(x => x.asinh()),
  Acosh: unary(x => x.acosh()),
  Atanh: unary(x => x.atanh()),
  IsNaN: unary(x => x.isNaN()),
  IsInf: infinite,
  Erf: unary(x => x.erf()),
  Floor: unary(x => x.floor()),
  Ceil: unary(x => x.ceil()),
  Round: unary(x => x.round()),
  Equal: binary((a, b) => a.equal(b)),
  Greater: binary((a, b) => a.greater(b)),
  GreaterOrEqual: binary((a, b) => a.greaterOrEqual(b)),
  Less: binary((a, b) => a.less(b)),
  LessOrEqual: binary((a, b) => a.lessOrEqual(b)),
  And: binary((a, b) => a.logicalAnd(b)),
  Or: binary((a, b) => a.logicalOr(b)),
  Xor: binary((a, b) => a.logicalXor(b)),
  Not: unary(x => x.logicalNot()),
  Where: choice,
  Clip: clip,
  Cast: cast,
  CastLike: node => castTo(node, node.value(1).dtype),
  Identity: node => node.value(0),
}
