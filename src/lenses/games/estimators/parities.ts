import { maskOf, setsOfSize } from '../bits.ts'
import { mostExactPlayers } from '../game.ts'
import { walsh } from '../transform.ts'
import { dot, GrowingCholesky } from './cholesky.ts'
import { readMembers, type Draw } from './sampling.ts'

/** A polynomial of parities with its predictions of every drawn coalition, in the order of the draw. */
export interface ParityFit {
  sets: readonly (readonly number[])[]
  coefficients: Float64Array
  predictions: Float64Array
}

const ridge = 1e-9

/** a[r] b[r] for the rows of `a`; a loop, as a callback for every element costs a hundred times as much. */
function product(a: Float64Array, b: Float64Array): Float64Array {
  const result = new Float64Array(a.length)
  for (let r = 0; r < result.length; r++) result[r] = a[r]! * b[r]!
  return result
}

/**
 * Weighted least squares on parities - the products of +1 (absent) and -1 (present) over a set of players - that can be
 * grown by further sets. Learns from the `rows` given and predicts all of the draw.
 */
export class ParityModel {
  readonly players: number
  private readonly sets: (readonly number[])[] = []
  private readonly masks: number[] = []
  /** Weighted sum of the parity of each mask over the rows learned from, while 2^players of them can be held. */
  private readonly sums?: Float64Array
  /** The parity of each set for every coalition, those learned from first. */
  private readonly columns: Float64Array[] = []
  private readonly products: number[] = []
  private readonly factor = new GrowingCholesky()
  private readonly known = new Set<string>()
  private readonly order: Int32Array
  private readonly signs: Float64Array[]
  private readonly values: Float64Array
  private readonly weights: Float64Array

  constructor(draw: Draw, values: Float64Array, weights: Float64Array, rows: Int32Array) {
    const held = new Set(rows)
    const others = Int32Array.from(values, (_, r) => r).filter(r => !held.has(r))
    this.order = new Int32Array(values.length)
    this.order.set(rows)
    this.order.set(others, rows.length)
    this.players = draw.players
    this.values = Float64Array.from(this.order, r => values[r]!)
    this.weights = Float64Array.from(rows, r => weights[r]!)
    this.signs = Array.from({ length: draw.players }, () => new Float64Array(values.length))
    if (draw.players <= mostExactPlayers) {
      this.sums = new Float64Array(2 ** draw.players)
      rows.forEach((row, r) => (this.sums![draw.coalitions[row]!]! += this.weights[r]! * this.sums!.length))
      walsh(this.sums)
    }
    const present = new Uint8Array(draw.players)
    this.order.forEach((row, r) => {
      readMembers(draw.coalitions, row, present)
      for (let p = 0; p < draw.players; p++) this.signs[p]![r] = 1 - 2 * present[p]!
    })
  }

  get size(): number {
    return this.sets.length
  }

  /** Adds a set, unless the rows learned from cannot tell its parity from those of the sets before it. */
  add(set: readonly number[]): void {
    this.known.add(set.join())
    const column = new Float64Array(this.values.length).fill(1)
    for (const p of set) {
      const sign = this.signs[p]!
      for (let r = 0; r < column.length; r++) column[r]! *= sign[r]!
    }
    const weighted = product(this.weights, column)
    const row = this.innerProducts(set, weighted)
    if (!this.factor.append(row, dot(weighted, column) * (1 + ridge))) return
    this.sets.push(set)
    this.masks.push(maskOf(set))
    this.columns.push(column)
    this.products.push(dot(weighted, this.values))
  }

  /** With the sets before: the product of two parities is that of the players in one set only. */
  private innerProducts(set: readonly number[], weighted: Float64Array): Float64Array {
    const row = new Float64Array(this.columns.length)
    const mask = maskOf(set)
    for (let k = 0; k < row.length; k++)
      row[k] = this.sums ? this.sums[mask ^ this.masks[k]!]! : dot(weighted, this.columns[k]!)
    return row
  }

  fit(): ParityFit {
    const { coefficients, predictions } = this.solve()
    const inOrder = new Float64Array(predictions.length)
    this.order.forEach((row, r) => (inOrder[row] = predictions[r]!))
    return { sets: this.sets.slice(), coefficients, predictions: inOrder }
  }

  /**
   * The `count` sets most worth adding - a set already in with one more player - by how much the residuals of the rows
   * learned from go with their parity.
   */
  promising(count: number): (readonly number[])[] {
    const { predictions } = this.solve()
    const residuals = new Float64Array(this.weights.length)
    for (let r = 0; r < residuals.length; r++) residuals[r] = this.weights[r]! * (this.values[r]! - predictions[r]!)
    const scores = new Map<string, { set: number[]; score: number }>()
    this.sets.forEach((set, k) => {
      if (set.length === 0) return
      const along = product(residuals, this.columns[k]!)
      for (let p = 0; p < this.players; p++) {
        if (set.includes(p)) continue
        const extended = [...set, p].sort((a, b) => a - b)
        const key = extended.join()
        if (this.known.has(key) || scores.has(key)) continue
        scores.set(key, { set: extended, score: Math.abs(dot(along, this.signs[p]!)) })
      }
    })
    const ranked = [...scores].sort(([a, x], [b, y]) => y.score - x.score || (a < b ? -1 : 1))
    return ranked.slice(0, count).map(([, { set }]) => set)
  }

  private solve(): { coefficients: Float64Array; predictions: Float64Array } {
    const coefficients = this.factor.solve(this.products)
    const predictions = new Float64Array(this.values.length)
    this.columns.forEach((column, k) => {
      const coefficient = coefficients[k]!
      for (let r = 0; r < column.length; r++) predictions[r]! += coefficient * column[r]!
    })
    return { coefficients, predictions }
  }
}

/** Moebius coefficients of a polynomial of parities: a parity of S is the sum over R in S of (-2)^|R| u_R. */
export function moebiusOfParities(
  sets: readonly (readonly number[])[],
  coefficients: ArrayLike<number>,
): [number[], number][] {
  const terms = new Map<string, [number[], number]>()
  sets.forEach((set, k) => {
    for (const chosen of setsOfSize(set.length, 0, set.length)) {
      const part = chosen.map(i => set[i]!)
      const key = part.join()
      const term = terms.get(key) ?? [part, 0]
      term[1] += coefficients[k]! * (-2) ** part.length
      terms.set(key, term)
    }
  })
  return [...terms.values()]
}
