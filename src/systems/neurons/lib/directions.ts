import { dense, multiply, symmetricEigen, transposed, type Dense } from '../../../linear-algebra/index.ts'
import type { Moments, Ways } from '../../../lenses/network/index.ts'

/** Directions of one layer. Features come with a constant 1 behind them, which centring makes the first direction. */
export interface Basis extends Ways {
  /** The first direction is the constant. */
  constant: boolean
  /** Lambda: how much of what the next layer sends on comes from a direction; of the other bases, the variance. */
  importance: Float64Array
}

/** W = Y U and R = W D^(-1/2), with their inverses: directions of variance above the threshold (section 3). */
export interface Whitening {
  rotation: Ways
  whitened: Ways
  /** D, descending behind the constant. */
  variances: Float64Array
  constant: boolean
}

/**
 * The principal directions of a layer. Centred, the constant is split off by itself: in these coordinates the second
 * moment is the covariance and a 1.
 */
export function whiteningOf({ mean, gram, centre }: Moments, centred: boolean, threshold: number): Whitening {
  const width = mean.length
  const whole = centred ? gram : withConstant(gram, mean)
  const { values, vectors } = descending(whole)
  const kept = values.filter(value => value > threshold).length
  const shift = centred ? 1 : 0
  const rotation = { into: dense(width + 1, kept + shift), back: dense(kept + shift, width + 1) }
  for (let k = 0; k < kept; k++) {
    const column = k + shift
    let moved = 0
    for (let i = 0; i < vectors.rows; i++) {
      const value = at(vectors, i, k)
      set(rotation.into, i, column, value)
      set(rotation.back, column, i, value)
      if (centred) moved -= value * centre[i]!
    }
    if (centred) set(rotation.into, width, column, moved)
  }
  if (centred) {
    set(rotation.into, width, 0, 1)
    centre.forEach((value, i) => set(rotation.back, 0, i, value))
    set(rotation.back, 0, width, 1)
  }
  const variances = Float64Array.of(...(centred ? [1] : []), ...values.subarray(0, kept))
  const deviations = variances.map(Math.sqrt)
  return {
    rotation,
    whitened: scaled(
      rotation,
      deviations.map(each => 1 / each),
    ),
    variances,
    constant: centred,
  }
}

/** The principal directions themselves: C = W. */
export const principal = ({ rotation, variances, constant }: Whitening): Basis => ({
  ...rotation,
  importance: variances,
  constant,
})

/** The features themselves, behind the constant. */
export function neurons({ gram }: Moments): Basis {
  const width = gram.rows
  const into = dense(width + 1, width + 1)
  set(into, width, 0, 1)
  for (let i = 0; i < width; i++) set(into, i, i + 1, 1)
  const importance = Float64Array.from({ length: width + 1 }, (_, j) => (j === 0 ? 1 : at(gram, j - 1, j - 1)))
  return { into, back: transposed(into), importance, constant: true }
}

/** The features of the last layer as they are, without a constant. */
export function asTheyAre(width: number): Basis {
  const into = dense(width + 1, width)
  for (let i = 0; i < width; i++) set(into, i, i, 1)
  return { into, back: transposed(into), importance: new Float64Array(width).fill(1), constant: false }
}

/**
 * C = R V Lambda^(1/2) for M = R^+ M' R^+T = V Lambda V^T, the most important directions first, the constant by itself and
 * before them; those below the threshold are dropped (section 3). The older formulas have Lambda = |diag(V^T R^+ Lambda' R V)|,
 * `effect` being Lambda'.
 */
export function interactionBasis(
  { whitened, constant }: Whitening,
  moment: Dense,
  threshold: number,
  effect?: Dense,
): Basis {
  const whole = symmetric(multiply(multiply(whitened.back, moment), transposed(whitened.back)))
  const seen = effect && multiply(multiply(whitened.back, effect), whitened.into)
  const fixed = constant ? 1 : 0
  const { values, vectors } = descending(cut(whole, fixed))
  const lambdas = seen ? quadraticForms(cut(seen, fixed), vectors) : values
  const order = [...lambdas.keys()].filter(k => lambdas[k]! >= threshold).sort((j, k) => lambdas[k]! - lambdas[j]!)
  const rotation = dense(whole.rows, order.length + fixed)
  if (constant) set(rotation, 0, 0, 1)
  order.forEach((from, k) => {
    for (let i = 0; i < vectors.rows; i++) set(rotation, i + fixed, k + fixed, at(vectors, i, from))
  })
  const first = constant ? [Math.abs((seen ?? whole).data[0]!)] : []
  const importance = Float64Array.of(...first, ...order.map(k => lambdas[k]!))
  const roots = importance.map((value, k) => (constant && k === 0 && value < threshold ? 1 : Math.sqrt(value)))
  const turned = { into: multiply(whitened.into, rotation), back: multiply(transposed(rotation), whitened.back) }
  return { ...scaled(turned, roots), importance, constant }
}

/** |v^T a v| of every column v. */
function quadraticForms(a: Dense, vectors: Dense): Float64Array {
  const turned = multiply(transposed(vectors), multiply(a, vectors))
  return Float64Array.from({ length: turned.rows }, (_, k) => Math.abs(at(turned, k, k)))
}

/** Eigenvalues made absolute and descending, with their vectors. */
function descending(a: Dense): { values: Float64Array; vectors: Dense } {
  if (a.rows === 0) return { values: new Float64Array(), vectors: a }
  const { values, vectors } = symmetricEigen(symmetric(a))
  const order = [...values.keys()].sort((i, j) => Math.abs(values[j]!) - Math.abs(values[i]!))
  const sorted = dense(a.rows, a.rows)
  order.forEach((from, to) => {
    for (let i = 0; i < a.rows; i++) set(sorted, i, to, at(vectors, i, from))
  })
  return { values: Float64Array.from(order, i => Math.abs(values[i]!)), vectors: sorted }
}

/** Each direction times a factor, its inverse divided by it. */
function scaled({ into, back }: Ways, factors: ArrayLike<number>): Ways {
  return {
    into: { ...into, data: into.data.map((value, i) => value * factors[i % into.columns]!) },
    back: { ...back, data: back.data.map((value, i) => value / factors[Math.floor(i / back.columns)]!) },
  }
}

/** [x^T x, x^T 1; 1^T x, 1]. */
function withConstant(gram: Dense, mean: Float64Array): Dense {
  const width = gram.rows
  const whole = dense(width + 1, width + 1)
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < width; j++) set(whole, i, j, at(gram, i, j))
    set(whole, i, width, mean[i]!)
    set(whole, width, i, mean[i]!)
  }
  set(whole, width, width, 1)
  return whole
}

/** Without its first rows and columns. */
function cut(a: Dense, first: number): Dense {
  const rest = dense(a.rows - first, a.rows - first)
  for (let i = first; i < a.rows; i++) for (let j = first; j < a.rows; j++) set(rest, i - first, j - first, at(a, i, j))
  return rest
}

function symmetric(a: Dense): Dense {
  const flipped = transposed(a)
  return { ...a, data: a.data.map((value, i) => (value + flipped.data[i]!) / 2) }
}

const at = ({ columns, data }: Dense, i: number, j: number): number => data[i * columns + j]!

function set({ columns, data }: Dense, i: number, j: number, value: number): void {
  data[i * columns + j] = value
}
