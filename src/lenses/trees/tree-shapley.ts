import { rowsIn } from '../columns.ts'
import { gaussLegendre } from '../../statistics/index.ts'
import type { Columns } from '../predictor.ts'
import type { TreeNode } from './tree.ts'

/** A node below a split; the root of a tree stands below none. */
interface Place {
  node: TreeNode
  parent: number
  /** The place nearest above that asked the same column. */
  before: number
  isLeft: boolean
  /** Of the rows of the parent, and of those before any split of its column. */
  share: number
  kept: number
  /** Columns on the way. */
  asked: ReadonlyMap<number, number>
}

/**
 * Shapley values of a sum of trees in the path-dependent game, read off any number of rows once prepared. The game of a
 * leaf is a product over the columns on its way of share + x (passed - share), and the Shapley value is its derivative for
 * one column, integrated over x from 0 to 1: exactly so at half as many Gauss-Legendre points as there are columns. Products
 * are made on the way down and sums over leaves on the way up, O(nodes points) for a row (as Linear TreeSHAP, Yu et al.
 * 2022, with the integral in place of polynomial division).
 */
export class TreeShapley {
  /** The mean answer: what the values of a row are over. */
  readonly baseline: number
  private readonly points: number
  private readonly weights: Float64Array
  /** By place, the column it asks, -1 in a leaf, and its threshold or code. */
  private readonly columns: Int32Array
  private readonly cuts: Float64Array
  private readonly isNumber: Uint8Array
  private readonly parents: Int32Array
  private readonly befores: Int32Array
  private readonly isLeft: Uint8Array
  private readonly shares: Float64Array
  private readonly answers: Float64Array
  /** By place and whether its rows pass, what the product is multiplied by: [places, 2, points]. */
  private readonly factors: Float64Array
  /** As `factors`, what a sum over leaves counts for the column. */
  private readonly slopes: Float64Array

  constructor(trees: readonly TreeNode[], { output = 0 }: { output?: number } = {}) {
    const places = trees.reduce<Place[]>((all, tree) => {
      append(all, { node: tree, parent: -1, before: -1, isLeft: false, share: 1, kept: 1, asked: new Map() })
      return all
    }, [])
    const deepest = places.reduce((most, { asked }) => Math.max(most, asked.size), 1)
    const { nodes, weights } = gaussLegendre(Math.ceil(deepest / 2))
    this.points = nodes.length
    this.weights = weights
    const splits = places.map(({ node }) => node.branch?.split)
    this.columns = Int32Array.from(splits, split => split?.column ?? -1)
    this.cuts = Float64Array.from(splits, split => (split?.kind === 'number' ? split.threshold : (split?.code ?? 0)))
    this.isNumber = Uint8Array.from(splits, split => Number(split?.kind === 'number'))
    this.parents = Int32Array.from(places, place => place.parent)
    this.befores = Int32Array.from(places, place => place.before)
    this.isLeft = Uint8Array.from(places, place => Number(place.isLeft))
    this.shares = Float64Array.from(places, place => place.share)
    this.answers = Float64Array.from(places, ({ node }) => (node.branch ? 0 : node.value[output]!))
    this.factors = new Float64Array(2 * places.length * this.points)
    this.slopes = new Float64Array(2 * places.length * this.points)
    const reached = new Float64Array(places.length)
    let baseline = 0
    places.forEach(({ parent, share, kept, before }, c) => {
      reached[c] = parent < 0 ? 1 : reached[parent]! * share
      baseline += reached[c] * this.answers[c]!
      if (parent < 0) return
      const keptBefore = before < 0 ? 1 : places[before]!.kept
      nodes.forEach((x, q) => {
        const passing = keptBefore + x * (1 - keptBefore)
        const slope = (1 - keptBefore) / passing
        const now = kept + x * (1 - kept)
        const [failed, passed] = [2 * c * this.points + q, (2 * c + 1) * this.points + q]
        this.factors[passed] = now / passing
        this.slopes[passed] = (1 - kept) / now - slope
        this.factors[failed] = (kept * (1 - x)) / passing
        this.slopes[failed] = -1 / (1 - x) - slope
      })
    })
    this.baseline = baseline
  }

  /** [rows, columns] Shapley values. */
  values(columns: Columns): Float64Array {
    const rows = rowsIn(columns)
    const values = new Float64Array(rows * columns.length)
    const { parents, points } = this
    const products = new Float64Array(parents.length * points)
    const goes = new Uint8Array(parents.length)
    const passes = new Uint8Array(parents.length)
    for (let r = 0; r < rows; r++) {
      this.descend(columns, r, products, goes, passes)
      this.ascend(products, passes, values, r * columns.length)
    }
    return values
  }

  /** Products of the factors on the way to each place; at leaves times their answer. */
  private descend(columns: Columns, row: number, products: Float64Array, goes: Uint8Array, passes: Uint8Array): void {
    const { parents, befores, isLeft, shares, factors, answers, weights, points } = this
    for (let c = 0; c < parents.length; c++) {
      const parent = parents[c]!
      const to = c * points
      if (parent < 0) {
        for (let q = 0; q < points; q++) products[to + q] = weights[q]!
        passes[c] = 1
      } else {
        const before = befores[c]!
        const from = parent * points
        if (before >= 0 && passes[before] === 0) {
          const share = shares[c]!
          for (let q = 0; q < points; q++) products[to + q] = products[from + q]! * share
          passes[c] = 0
        } else {
          const passed = goes[parent] === isLeft[c] ? 1 : 0
          const at = (2 * c + passed) * points
          for (let q = 0; q < points; q++) products[to + q] = products[from + q]! * factors[at + q]!
          passes[c] = passed
        }
      }
      const column = this.columns[c]!
      if (column >= 0) goes[c] = this.goesLeft(c, columns[column]![row]!) ? 1 : 0
      else for (let q = 0; q < points; q++) products[to + q]! *= answers[c]!
    }
  }

  private goesLeft(place: number, cell: number): boolean {
    const cut = this.cuts[place]!
    return this.isNumber[place] === 1 ? cell <= cut : cell === cut
  }

  /** Sums over the leaves below each place, which what is left of its factor takes to the column. */
  private ascend(products: Float64Array, passes: Uint8Array, values: Float64Array, offset: number): void {
    const { parents, befores, columns, slopes, points } = this
    // a split's product is read by its children only: it is their sum from here on
    for (let c = 0; c < parents.length; c++)
      if (columns[c]! >= 0) for (let q = c * points; q < (c + 1) * points; q++) products[q] = 0
    for (let c = parents.length - 1; c >= 0; c--) {
      const parent = parents[c]!
      if (parent < 0) continue
      const [from, to] = [c * points, parent * points]
      const before = befores[c]!
      const at = (2 * c + passes[c]!) * points
      let value = 0
      for (let q = 0; q < points; q++) {
        const sum = products[from + q]!
        value += sum * slopes[at + q]!
        products[to + q]! += sum
      }
      if (before < 0 || passes[before] === 1) values[offset + columns[parent]!]! += value
    }
  }
}

/** A node and all below it, each after its parent. */
function append(places: Place[], place: Place): void {
  const own = places.length
  places.push(place)
  const { node, asked } = place
  if (!node.branch) return
  const { split, left, right } = node.branch
  const before = asked.get(split.column) ?? -1
  for (const child of [left, right]) {
    const share = child.weight / node.weight
    const kept = (before < 0 ? 1 : places[before]!.kept) * share
    const next = new Map(asked).set(split.column, places.length)
    append(places, { node: child, parent: own, before, isLeft: child === left, share, kept, asked: next })
  }
}
