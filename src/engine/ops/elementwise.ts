import { broadcastShapes, isStatic } from '../dimension.ts'
import { isFloat, type DataType } from '../dtype.ts'
import { InterplayError } from '../../errors/index.ts'
import { apply, asTensor, constantValue, type Operator, type Tensor, type TensorLike } from '../tensor.ts'
import { rectifiedGradient } from './lowering/mask.ts'
import { scaled } from './lowering/scalar-factor.ts'

type BinaryRule = (d: Tensor, a: Tensor, b: Tensor, y: Tensor) => [Tensor | undefined, Tensor | undefined]
type Unary = (x: Tensor) => Tensor
type Binary = (a: TensorLike, b: TensorLike) => Tensor
type UnaryRule = (d: Tensor, x: Tensor, y: Tensor) => Tensor

function pair(operator: string, a: TensorLike, b: TensorLike): [Tensor, Tensor] {
  const dtype: DataType = typeof a !== 'number' ? a.dtype : typeof b !== 'number' ? b.dtype : 'float32'
  const left = asTensor(a, dtype)
  const right = asTensor(b, dtype)
  if (left.dtype !== right.dtype) {
    throw new InterplayError('shape/mismatch', `${operator}: ${left.dtype} by ${right.dtype}; cast one of them`)
  }
  return [left, right]
}

/** A broadcasting operator of two tensors; its rule's products are summed back to the inputs' shapes. */
function binary(name: string, rule: BinaryRule): Binary {
  const operator: Operator = {
    name,
    gradient: ({ inputs, outputs }, [d]) => {
      const [a, b] = inputs as [Tensor, Tensor]
      const [da, db] = rule(d!, a, b, outputs[0]!)
      return [da?.sumTo(a.shape), db?.sumTo(b.shape)]
    },
  }
  return (a, b) => {
    const [left, right] = pair(name, a, b)
    return apply(
      operator,
      [left, right],
      {},
      { dtype: left.dtype, shape: broadcastShapes(name, left.shape, right.shape) },
    )
  }
}

function unary(name: string, rule: UnaryRule): Unary {
  const operator: Operator = { name, gradient: ({ inputs, outputs }, [d]) => [rule(d!, inputs[0]!, outputs[0]!)] }
  return x => apply(operator, [x], {}, { dtype: x.dtype, shape: x.shape })
}

/** An operator of whose output no part moves smoothly with its input. */
function step(name: string, why = 'piecewise constant'): Unary {
  const operator: Operator = { name, notDifferentiable: why }
  return x => apply(operator, [x], {}, { dtype: x.dtype, shape: x.shape })
}

function comparison(name: string): Binary {
  const operator: Operator = { name, notDifferentiable: 'its output is boolean' }
  return (a, b) => {
    const [left, right] = pair(name, a, b)
    return apply(operator, [left, right], {}, { dtype: 'bool', shape: broadcastShapes(name, left.shape, right.shape) })
  }
}

function test(name: string): Unary {
  const operator: Operator = { name, notDifferentiable: 'its output is boolean' }
  return x => apply(operator, [x], {}, { dtype: 'bool', shape: x.shape })
}

const modOperator: Operator = { name: 'Mod', notDifferentiable: 'remainders of integers are integers' }

function integerMod(a: Tensor, b: Tensor): Tensor {
  const [left, right] = pair('Mod', a, b)
  const shape = broadcastShapes('Mod', left.shape, right.shape)
  return apply(modOperator, [left, right], {}, { dtype: left.dtype, shape })
}

/** Ties share the gradient equally. Selected and not multiplied by 0, so that an infinite one does not reach the other side. */
const chosen = (d: Tensor, a: Tensor, b: Tensor, y: Tensor): [Tensor, Tensor] => {
  const [first, second] = [a.equal(y), b.equal(y)]
  const share = d.div(first.cast(d.dtype).add(second.cast(d.dtype)))
  return [where(first, share, 0), where(second, share, 0)]
}

export const add: Binary = binary('Add', d => [d, d])
export const sub: Binary = binary('Sub', d => [d, d.neg()])
export const mul: Binary = binary('Mul', (d, a, b) => [scaled(d, b), scaled(d, a)])
export const div: Binary = binary('Div', (d, _a, b, y) => [d.div(b), d.mul(y).div(b).neg()])
/** Elementwise larger; where both are equal each gets half the gradient. */
export const maximum: Binary = binary('Max', chosen)
/** Elementwise smaller; where both are equal each gets half the gradient. */
export const minimum: Binary = binary('Min', chosen)

const power: Binary = binary('Pow', (d, a, b, y) => [
  d.mul(b).mul(pow(a, lowered(a, b))),
  // d/db a^b = a^b ln a, whose limit at a = 0 is 0 for b > 0
  d.mul(y).mul(where(a.greater(0), a, a.onesLike()).log()),
])

/** The exponent in b a^(b - 1); where b is 0 any finite power does at a = 0, where that would be 0 times infinity. */
function lowered(a: Tensor, b: Tensor): TensorLike {
  const fixed = b.rank === 0 ? constantValue(b) : undefined
  if (!fixed) return where(b.equal(0).logicalAnd(a.equal(0)), b, b.sub(1))
  const value = Number(fixed.data[0])
  return value === 0 ? 0 : value - 1
}

/** a^b. Squares and square roots take the runtime's fast paths (Pow by 0.5 costs 60 Muls). */
export function pow(a: Tensor, b: TensorLike): Tensor {
  if (b === 1) return a
  if (b === 2) return mul(a, a)
  if (b === 0.5) return sqrt(a)
  if (b === -1) return reciprocal(a)
  return power(a, b)
}

export const square = (x: Tensor): Tensor => mul(x, x)
export const neg: Unary = unary('Neg', d => d.neg())
export const exp: Unary = unary('Exp', (d, _x, y) => d.mul(y))
export const log: Unary = unary('Log', (d, x) => d.div(x))
export const sqrt: Unary = unary('Sqrt', (d, _x, y) => d.mul(0.5).div(y))
export const reciprocal: Unary = unary('Reciprocal', (d, _x, y) => d.mul(y.mul(y)).neg())
export const abs: Unary = unary('Abs', (d, x) => d.mul(x.sign().stopGradient()))
export const sin: Unary = unary('Sin', (d, x) => d.mul(x.cos()))
export const cos: Unary = unary('Cos', (d, x) => d.mul(x.sin()).neg())
export const tanh: Unary = unary('Tanh', (d, _x, y) => d.mul(y.mul(y).neg().add(1)))
export const sigmoid: Unary = unary('Sigmoid', (d, _x, y) => d.mul(y.mul(y.neg().add(1))))
export const relu: Unary = unary('Relu', (d, _x, y) => rectifiedGradient(d, y))
export const sign: Unary = step('Sign')
export const floor: Unary = step('Floor')
export const ceil: Unary = step('Ceil')
/** Nearest whole number, halves to even. */
export const round: Unary = step('Round')

export const equal: Binary = comparison('Equal')
export const greater: Binary = comparison('Greater')
export const greaterOrEqual: Binary = comparison('GreaterOrEqual')
export const less: Binary = comparison('Less')
export const lessOrEqual: Binary = comparison('LessOrEqual')
export const logicalAnd: Binary = comparison('And')
export const logicalOr: Binary = comparison('Or')
export const logicalXor: Binary = comparison('Xor')
export const isNaN: Unary = test('IsNaN')
export const isInfinite: Unary = test('IsInf')
export const notEqual: Binary = (a, b) => logicalNot(equal(a, b))

/** a - b floor(a / b): the remainder with the sign of `b`. */
export function mod(a: Tensor, b: TensorLike): Tensor {
  const divisor = asTensor(b, a.dtype)
  if (!isFloat(a.dtype)) return integerMod(a, divisor)
  return sub(a, mul(divisor, floor(div(a, divisor)).stopGradient()))
}

/** `value` where the mask holds, else `x`. */
export const maskedFill = (x: Tensor, mask: Tensor, value: number): Tensor => where(mask, value, x)

const notOperator: Operator = { name: 'Not', notDifferentiable: 'its output is boolean' }
export const logicalNot = (x: Tensor): Tensor => apply(notOperator, [x], {}, { dtype: 'bool', shape: x.shape })

const whereOperator: Operator = {
  name: 'Where',
  gradient: ({ inputs }, [d]) => {
    const [condition, a, b] = inputs as [Tensor, Tensor, Tensor]
    return [undefined, where(condition, d!, 0).sumTo(a.shape), where(condition, 0, d!).sumTo(b.shape)]
  },
}

/** `a` where the condition holds, else `b`; all three broadcast. */
export function where(condition: Tensor, a: TensorLike, b: TensorLike): Tensor {
  const [left, right] = pair('Where', a, b)
  const shape = broadcastShapes('Where', condition.shape, left.shape, right.shape)
  return apply(whereOperator, [condition, left, right], {}, { dtype: left.dtype, shape })
}

const castOperator: Operator = {
  name: 'Cast',
  gradient: ({ inputs }, [d]) => [isFloat(inputs[0]!.dtype) ? d!.cast(inputs[0]!.dtype) : undefined],
}

const elementTypes: Record<DataType, number> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
}

/** The same values in another element type; differentiable between floating types. */
export function cast(x: Tensor, dtype: DataType): Tensor {
  if (x.dtype === dtype) return x
  return apply(castOperator, [x], { to: { type: 'int', value: elementTypes[dtype] } }, { dtype, shape: x.shape })
}

const clipOperator: Operator = {
  name: 'Clip',
  gradient: ({ inputs: [x], outputs: [y] }, [d]) => [where(x!.equal(y!), d!, 0), undefined, undefined],
}

/** Limits to [low, high]; the gradient is 1 within, bounds included, and 0 outside. */
export function clip(x: Tensor, low: number, high: number): Tensor {
  const bounds = [low, high].map(bound => asTensor(bound, x.dtype))
  return apply(clipOperator, [x, ...bounds], {}, { dtype: x.dtype, shape: x.shape })
}

/** Zeros of the shape of `x`, also where its shape has symbols. */
export const zerosLike = (x: Tensor, dtype: DataType = x.dtype): Tensor => filledLike(x, 0, dtype)
/** Ones of the shape of `x`, also where its shape has symbols. */
export const onesLike = (x: Tensor, dtype: DataType = x.dtype): Tensor => filledLike(x, 1, dtype)

function filledLike(x: Tensor, value: number, dtype: DataType): Tensor {
  const scalar = asTensor(value, dtype)
  return isStatic(x.shape) && x.shape.length === 0 ? scalar : scalar.expandLike(x)
}
