import { maskOf, setsOfSize } from '../bits.ts'
import { mostExactPlayers } from '../game.ts'
import { walsh } from '../transform.ts'
import { GrowingCholesky } from './cholesky.ts'
import { readMembers, type Draw } from './sampling.ts'

/** A polynomial of parities with its predictions of every drawn coalition, in the order of the draw. */
export interface ParityFit {
  sets: readonly (readonly number[])[]
  coefficients: Float64Array
  predictions: Float64Array
}

const ridge = 1e-9

/** values[r] signs[r]; a loop, as a callback for every element costs a hundred times as much. */
function signed(values: Float64Array, signs: Int8Array): Float64Array {
  const result = new Float64Array(values.length)
  for (let r = 0; r < result.length; r++) result[r] = values[r]! * signs[r]!
  return result
}

/** Sum of values[r] signs[r]. */
function along(values: Float64Array, signs: Int8Array): number {
  let sum = 0
  for (let r = 0; r < values.length; r++) sum += values[r]! * signs[r]!
  return sum
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
  private scratch?: Float64Array
  /** The parity of each set for every coalition, those learned from first. */
  private readonly columns: Int8Array[] = []
  private readonly products: number[] = []
  private readonly factor = new GrowingCholesky()
  private readonly known = new Set<number | string>()
  private readonly coalitions: Uint32Array
  private readonly order: Int32Array
  private readonly signs: Int8Array[]
  private readonly values: Float64Array
  private readonly weights: Float64Array
  private readonly total: number

  constructor(draw: Draw, values: Float64Array, weights: Float64Array, rows: Int32Array) {
    const held = new Set(rows)
    const others = Int32Array.from(values, (_, r) => r).filter(r => !held.has(r))
    this.order = new Int32Array(values.length)
    this.order.set(rows)
    this.order.set(others, rows.length)
    this.players = draw.players
    this.values = Float64Array.from(this.order, r => values[r]!)
    this.weights = Float64Array.from(rows, r => weights[r]!)
    this.total = this.weights.reduce((sum, weight) => sum + weight, 0)
    this.signs = Array.from({ length: draw.players }, () => new Int8Array(values.length))
    this.coalitions = draw.coalitions
    if (draw.players <= mostExactPlayers)
      this.sums = this.everyParity(this.weights, new Float64Array(2 ** draw.players))
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
    this.known.add(this.keyOf(set))
    const column = new Int8Array(this.values.length).fill(1)
    for (const p of set) {
      const sign = this.signs[p]!
      for (let r = 0; r < column.length; r++) column[r]! *= sign[r]!
    }
    if (!this.factor.append(this.innerProducts(set, column), this.total * (1 + ridge))) return
    this.sets.push(set)
    this.masks.push(maskOf(set))
    this.columns.push(column)
    let product = 0
    for (let r = 0; r < this.weights.length; r++) product += this.weights[r]! * column[r]! * this.values[r]!
    this.products.push(product)
  }

  /** With the sets before: the product of two parities is that of the players in one set only. */
  private innerProducts(set: readonly number[], column: Int8Array): Float64Array {
    const row = new Float64Array(this.columns.length)
    if (this.sums) {
      const mask = maskOf(set)
      for (let k = 0; k < row.length; k++) row[k] = this.sums[mask ^ this.masks[k]!]!
      return row
    }
    const weighted = signed(this.weights, column)
    for (let k = 0; k < row.length; k++) row[k] = along(weighted, this.columns[k]!)
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
    const residuals = this.residuals()
    const candidates = new Map<number | string, { set: number[]; score: number }>()
    const direct = this.size * this.players * residuals.length
    const all =
      this.sums && this.sums.length * this.players < direct
        ? this.everyParity(residuals, (this.scratch ??= new Float64Array(this.sums.length)))
        : undefined
    this.sets.forEach((set, k) => {
      if (set.length === 0) return
      const left = all ? undefined : signed(residuals, this.columns[k]!)
      for (let p = 0; p < this.players; p++) {
        if (set.includes(p)) continue
        const extended = inserted(set, p)
        const key = this.keyOf(extended)
        if (this.known.has(key) || candidates.has(key)) continue
        const score = Math.abs(left ? along(left, this.signs[p]!) : all![key as number]!)
        candidates.set(key, { set: extended, score })
      }
    })
    const ranked = [...candidates.values()].sort((a, b) => b.score - a.score)
    return ranked.slice(0, count).map(({ set }) => set)
  }

  private keyOf(set: readonly number[]): number | string {
    return this.players < 32 ? maskOf(set) : set.join()
  }

  private residuals(): Float64Array {
    const { predictions } = this.solve()
    const residuals = new Float64Array(this.weights.length)
    for (let r = 0; r < residuals.length; r++) residuals[r] = this.weights[r]! * (this.values[r]! - predictions[r]!)
    return residuals
  }

  /** By mask, the sum of a parity over the rows learned from, weighted; into `sums`. */
  private everyParity(weights: Float64Array, sums: Float64Array): Float64Array {
    sums.fill(0)
    for (let r = 0; r < weights.length; r++) sums[this.coalitions[this.order[r]!]!]! += weights[r]! * sums.length
    return walsh(sums)
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

function inserted(set: readonly number[], player: number): number[] {
  const at = set.findIndex(member => member > player)
  return at < 0 ? [...set, player] : [...set.slice(0, at), player, ...set.slice(at)]
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
