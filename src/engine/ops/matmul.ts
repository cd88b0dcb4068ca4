import {
  broadcastShapes,
  multiplyDimensions,
  sameShape,
  shapeMismatch,
  type Dimension,
  type Shape,
} from '../dimension.ts'
import { apply, type GradientRule, type Operator, type Tensor } from '../tensor.ts'
import { isFactor, unscaled } from './lowering/scalar-factor.ts'

const flag = (value: boolean) => ({ type: 'int', value: Number(value) }) as const

const gemmOperator: Operator = {
  name: 'Gemm',
  gradient: ({ inputs: [a, b, c], attributes: { transA, transB, alpha } }, [d]) => {
    const factor = alpha!.value as number
    return [
      transA!.value
        ? gemm(b!, d!, undefined, { transposeA: !!transB!.value, transposeB: true, factor })
        : gemm(d!, b!, undefined, { transposeB: !transB!.value, factor }),
      transB!.value
        ? gemm(d!, a!, undefined, { transposeA: true, transposeB: !!transA!.value, factor })
        : gemm(a!, d!, undefined, { transposeA: !transA!.value, factor }),
      c && d!.sumTo(c.shape),
    ]
  },
  written: node => {
    const { inputs, attributes } = node
    const [a, p] = unscaled(inputs[0]!)
    const [b, q] = unscaled(inputs[1]!)
    const factor = (attributes.alpha!.value as number) * p * q
    if (!isFactor(factor, a.dtype)) return node
    return {
      inputs: [a, b, ...inputs.slice(2)],
      attributes: { ...attributes, alpha: { type: 'float', value: factor } },
    }
  },
}

export interface Transposed {
  /** Use the first matrix with its last two axes swapped, without materialising that. */
  transposeA?: boolean
  transposeB?: boolean
}

/** Which of a batched product's matrices have their rows as first axis, [rows, ...batch, columns], and stay where they are. */
export interface RowsFirst {
  firstA?: boolean
  firstB?: boolean
  firstY?: boolean
}

/**
 * factor a b + c of matrices, a: [m, k], b: [k, n], c broadcast to [m, n]; either may be read transposed. When it runs, a
 * matrix that is itself a product with one fixed number gives that number to the factor: no pass of its own.
 */
export function gemm(
  a: Tensor,
  b: Tensor,
  c?: Tensor,
  { transposeA = false, transposeB = false, factor = 1 }: Transposed & { factor?: number } = {},
): Tensor {
  if (!isFactor(factor, a.dtype)) return gemm(a.mul(factor), b, c, { transposeA, transposeB })
  const [m, k] = transposeA ? [a.shape[1]!, a.shape[0]!] : [a.shape[0]!, a.shape[1]!]
  const [inner, n] = transposeB ? [b.shape[1]!, b.shape[0]!] : [b.shape[0]!, b.shape[1]!]
  if (a.rank !== 2 || b.rank !== 2 || k !== inner)
    throw shapeMismatch('MatMul', [a.shape, b.shape], `${k} is not ${inner}`)
  const alpha = { type: 'float', value: factor } as const
  const attributes = { transA: flag(transposeA), transB: flag(transposeB), alpha }
  return apply(gemmOperator, c ? [a, b, c] : [a, b], attributes, { dtype: a.dtype, shape: [m, n] })
}

const productGradient: GradientRule = ({ inputs: [a, b], attributes }, [d]) => {
  const [ta, tb] = [!!attributes.transA?.value, !!attributes.transB?.value]
  const da = ta ? product(b!, d!, { transposeA: tb, transposeB: true }) : product(d!, b!, { transposeB: !tb })
  const db = tb ? product(d!, a!, { transposeA: true, transposeB: ta }) : product(a!, d!, { transposeA: !ta })
  return [da.sumTo(a!.shape), db.sumTo(b!.shape)]
}

const matmulOperator: Operator = { name: 'MatMul', gradient: productGradient }

/** The runtime's batched product with either side read transposed, three times faster than a materialised transpose. */
const fusedOperator: Operator = {
  name: 'FusedMatMul',
  domain: 'com.microsoft',
  gradient: productGradient,
  standard: ({ inputs: [a, b], attributes: { transA, transB, transBatchA, transBatchB } }) => {
    const placed = (x: Tensor, first: unknown, swapped: unknown) => {
      const batched = first ? rowsToPlace(x) : x
      return swapped ? batched.transpose() : batched
    }
    return [product(placed(a!, transBatchA?.value, transA!.value), placed(b!, transBatchB?.value, transB!.value), {})]
  },
}

/** [rows, ...batch, columns] -> [...batch, rows, columns]. */
const rowsToPlace = (x: Tensor): Tensor =>
  x.transpose([...x.shape.slice(1, -1).keys()].map(axis => axis + 1).concat(0, x.rank - 1))

/** [...batch, rows, columns] -> [rows, ...batch, columns]. */
const rowsToFront = (x: Tensor): Tensor => x.transpose([x.rank - 2, ...x.shape.slice(0, -2).keys(), x.rank - 1])

/**
 * Products of as many matrices a and b as their batch axes hold, some with their rows as first axis: a layout in which a
 * linear map of all rows leaves the matrices of every batch and head apart, so that none of them is moved for its product.
 */
export function productRowsFirst(a: Tensor, b: Tensor, options: Transposed & RowsFirst): Tensor {
  const { transposeA = false, transposeB = false, firstA = false, firstB = false, firstY = false } = options
  const [m, k, left] = matrixOf(a, firstA, transposeA)
  const [inner, n, right] = matrixOf(b, firstB, transposeB)
  if (k !== inner || !sameShape(left, right))
    throw shapeMismatch('MatMul', [a.shape, b.shape], `${k} is not ${inner}, or batches differ`)
  const attributes = {
    transA: flag(transposeA),
    transB: flag(transposeB),
    transBatchA: flag(firstA),
    transBatchB: flag(firstB),
  }
  const y = apply(fusedOperator, [a, b], attributes, { dtype: a.dtype, shape: [...left, m, n] })
  return (firstY ? rowsToFront(y) : y).withGradient([a, b], d => {
    const ofA = transposeA
      ? { transposeA: transposeB, transposeB: true, firstA: firstB, firstB: firstY, firstY: firstA }
      : { transposeB: !transposeB, firstA: firstY, firstB, firstY: firstA }
    const ofB = transposeB
      ? { transposeA: true, transposeB: transposeA, firstA: firstY, firstB: firstA, firstY: firstB }
      : { transposeA: !transposeA, firstA, firstB: firstY, firstY: firstB }
    return [
      transposeA ? productRowsFirst(b, d, ofA) : productRowsFirst(d, b, ofA),
      transposeB ? productRowsFirst(d, a, ofB) : productRowsFirst(a, d, ofB),
    ]
  })
}

/** Rows, columns and batch axes of the matrices that a product reads. */
function matrixOf(x: Tensor, first: boolean, swapped: boolean): [Dimension, Dimension, Shape] {
  const rows = x.shape.at(first ? 0 : -2)!
  const columns = x.shape.at(-1)!
  const batch = first ? x.shape.slice(1, -1) : x.shape.slice(0, -2)
  return swapped ? [columns, rows, batch] : [rows, columns, batch]
}

/**
 * Whether A^T B of a wide A is faster as (B^T A)^T: the runtime packs the matrix that it reads transposed, and the narrow one
 * is quicker to pack. Measured: 256 x 256 by 12 columns in half the time, from a quarter of the width no faster.
 */
const isNarrow = (width: Dimension, height: Dimension): boolean =>
  typeof width === 'number' && typeof height === 'number' && 4 * width <= height

function product(a: Tensor, b: Tensor, { transposeA = false, transposeB = false }: Transposed): Tensor {
  const height = a.shape.at(transposeA ? -1 : -2)!
  const k = a.shape.at(transposeA ? -2 : -1)!
  const inner = b.shape.at(transposeB ? -1 : -2)!
  const width = b.shape.at(transposeB ? -2 : -1)!
  if (k !== inner) throw shapeMismatch('MatMul', [a.shape, b.shape], `${k} is not ${inner}`)
  if (a.rank === 2 && b.rank === 2) return gemm(a, b, undefined, { transposeA, transposeB })
  const batch = broadcastShapes('MatMul', a.shape.slice(0, -2), b.shape.slice(0, -2))
  const type = { dtype: a.dtype, shape: [...batch, height, width] }
  if (transposeA && !transposeB && isNarrow(width, height)) return product(b, a, { transposeA: true }).transpose()
  if (!transposeA && !transposeB) return apply(matmulOperator, [a, b], {}, type)
  return apply(fusedOperator, [a, b], { transA: flag(transposeA), transB: flag(transposeB) }, type)
}

/**
 * Matrix product over the last two axes, leading axes broadcast (NumPy's rule for vectors too). Leading axes of `a` are
 * folded into its rows where `b` is one matrix, so that the runtime sees a single large product.
 */
export function matmul(a: Tensor, b: Tensor, options: Transposed = {}): Tensor {
  if (a.dtype !== b.dtype) throw shapeMismatch('MatMul', [a.shape, b.shape], `${a.dtype} is not ${b.dtype}`)
  if (a.rank === 1) return matmul(a.unsqueeze(0), b, options).squeeze(b.rank === 1 ? -1 : -2)
  if (b.rank === 1) return matmul(a, b.unsqueeze(1), options).squeeze(-1)
  if (a.rank > 2 && b.rank === 2 && !options.transposeA) {
    const y = product(rows(a), b, options)
    return y.reshape([...a.shape.slice(0, -1), y.shape[1]!], [a])
  }
  return product(a, b, options)
}

/** All axes but the last folded into one. */
const rows = (x: Tensor): Tensor => x.reshape([x.shape.slice(0, -1).reduce(multiplyDimensions, 1), x.shape.at(-1)!])

/** x W^T + b over the last axis: `weight` is [out, in], `bias` [out]. */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  if (x.shape.at(-1) !== weight.shape[1]) {
    throw shapeMismatch('Linear', [x.shape, weight.shape], `${x.shape.at(-1)} is not ${weight.shape[1]}`)
  }
  const y = gemm(x.rank === 2 ? x : rows(x), weight, bias, { transposeB: true })
  const shape: Shape = [...x.shape.slice(0, -1), weight.shape[0]!]
  return x.rank === 2 ? y : y.reshape(shape, [x])
}

/** |a_i - b_j|^2 of all pairs of rows, never negative: [..., m, d] by [..., n, d] -> [..., m, n]. */
export function squaredDistances(a: Tensor, b: Tensor): Tensor {
  const squares = (x: Tensor) => x.mul(x).sum(-1, { keep: true })
  const y = squares(a)
    .add(squares(b).transpose())
    .sub(matmul(a, b, { transposeB: true }).mul(2))
  return y.relu().withGradient([y], d => [d])
}
