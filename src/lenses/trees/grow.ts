import type { Random } from '../../random/index.ts'
import type { Columns } from '../predictor.ts'
import { goesLeft, type Split, type TreeNode } from './tree.ts'

export type ColumnKind = 'numeric' | 'categorical'

/** Rows to grow trees on, sorted once for all of them. */
export interface TreeRows {
  columns: Columns
  kinds: readonly ColumnKind[]
  rows: number
  /** By column the rows in the order of their cells. */
  sorted: readonly Int32Array[]
}

/** @param kinds a column of values holds codes from 0 */
export function treeRows(columns: Columns, kinds: readonly ColumnKind[]): TreeRows {
  const rows = columns[0]!.length
  const sorted = columns.map(column =>
    Int32Array.from({ length: rows }, (_, row) => row).sort((a, b) => column[a]! - column[b]! || a - b),
  )
  return { columns, kinds, rows, sorted }
}

/**
 * What a leaf answers to, by row: `sums` [rows, outputs] over `weights` [rows]. A mean of labels has labels over ones, a
 * Newton step of boosting has negative gradients over curvatures. A row of weight 0 takes no part.
 */
export interface TreeTargets {
  sums: Float64Array
  weights: Float64Array
  outputs: number
}

export interface GrowOptions {
  /** Leaves at most; the best split of any leaf comes first. */
  leaves?: number
  depth?: number
  /** Weight that either side of a split keeps. */
  leastWeight?: number
  /** Added to the weight of a leaf: shrinks what it answers. */
  lambda?: number
  /** A split that gains less is not made. */
  leastGain?: number
  /** Columns drawn for each split; all by default. */
  columnsTried?: number
  /** `drawn`: one threshold a column, uniform over its range in the node (Geurts et al. 2006). */
  thresholds?: 'best' | 'drawn'
  /** Needed where columns or thresholds are drawn. */
  random?: Random
}

interface Found {
  split: Split
  gain: number
}

interface Open {
  node: TreeNode
  depth: number
  /** By column the rows of the node in the order of their cells. */
  orders: readonly Int32Array[]
  best?: Found
}

/** Of the squared targets: a node whose targets spread less is pure. */
const pureSpread = 1e-12

/**
 * A binary tree by exact greedy search: the split with the greatest sum over outputs of sum^2 / (weight + lambda) on its two
 * sides. Of one-hot labels over ones that is the fall of the Gini impurity (CART, Breiman et al. 1984), of numbers the fall
 * of the squared error, of gradients over curvatures the gain of second-order boosting (Chen and Guestrin 2016, equation 7).
 */
export function growTree(rows: TreeRows, targets: TreeTargets, options: GrowOptions = {}): TreeNode {
  return new Grower(rows, targets, options).grow()
}

/** Their middle; the lower one where they are neighbours as numbers. */
const between = (low: number, high: number): number => {
  const middle = low + (high - low) / 2
  return middle < high ? middle : low
}

class Grower {
  private readonly left: Float64Array
  private readonly side: Uint8Array

  constructor(
    private readonly rows: TreeRows,
    private readonly targets: TreeTargets,
    private readonly options: GrowOptions,
  ) {
    this.left = new Float64Array(targets.outputs)
    this.side = new Uint8Array(rows.rows)
  }

  grow(): TreeNode {
    const { leaves = Infinity, depth: deepest = Infinity } = this.options
    const { weights } = this.targets
    const root = this.open(
      this.rows.sorted.map(order => order.filter(row => weights[row]! > 0)),
      0,
    )
    const waiting = [root]
    for (let count = 1; count < leaves; count++) {
      const ready = waiting.filter(each => each.best && each.depth < deepest)
      if (ready.length === 0) break
      const next = ready.reduce((best, each) => (each.best!.gain > best.best!.gain ? each : best))
      waiting.splice(waiting.indexOf(next), 1, ...this.split(next))
    }
    return root.node
  }

  private open(orders: readonly Int32Array[], depth: number): Open {
    const { sums, weights, outputs } = this.targets
    const { lambda = 0, depth: deepest = Infinity } = this.options
    const total = new Float64Array(outputs)
    let weight = 0
    let squares = 0
    for (const row of orders[0] ?? []) {
      weight += weights[row]!
      for (let o = 0; o < outputs; o++) {
        const own = sums[row * outputs + o]!
        total[o]! += own
        squares += own ** 2 / weights[row]!
      }
    }
    const node: TreeNode = { weight, value: total.map(sum => sum / (weight + lambda)) }
    const mean = total.reduce((sum, own) => sum + own ** 2, 0) / weight
    const pure = !(squares - mean > pureSpread * squares)
    return { node, depth, orders, best: pure || depth >= deepest ? undefined : this.best(orders, total, weight) }
  }

  private best(orders: readonly Int32Array[], total: Float64Array, weight: number): Found | undefined {
    const { leastGain = 0, columnsTried = orders.length, random } = this.options
    const columns =
      columnsTried < orders.length ? random!.permutation(orders.length).subarray(0, columnsTried) : orders.keys()
    let best: Found | undefined
    for (const column of columns) {
      const found = this.bestOf(column, orders[column]!, total, weight)
      if (found && (!best || found.gain > best.gain)) best = found
    }
    const slack = 1e-12 * (Math.abs(this.score(total, weight)) + 1)
    return best && best.gain >= leastGain - slack ? best : undefined
  }

  private bestOf(column: number, order: Int32Array, total: Float64Array, weight: number): Found | undefined {
    if (this.rows.kinds[column] === 'categorical') return this.bestValue(column, order, total, weight)
    return this.options.thresholds === 'drawn'
      ? this.drawnThreshold(column, order, total, weight)
      : this.bestThreshold(column, order, total, weight)
  }

  private bestThreshold(column: number, order: Int32Array, total: Float64Array, weight: number): Found | undefined {
    const cells = this.rows.columns[column]!
    const { left } = this
    left.fill(0)
    let leftWeight = 0
    let best: Found | undefined
    for (let i = 0; i + 1 < order.length; i++) {
      leftWeight += this.add(order[i]!)
      const [low, high] = [cells[order[i]!]!, cells[order[i + 1]!]!]
      if (low === high) continue
      const gain = this.gain(total, weight, leftWeight)
      if (gain === undefined || (best && gain <= best.gain)) continue
      best = { gain, split: { kind: 'number', column, threshold: between(low, high), low, high } }
    }
    return best
  }

  private drawnThreshold(column: number, order: Int32Array, total: Float64Array, weight: number): Found | undefined {
    const cells = this.rows.columns[column]!
    const [least, most] = [cells[order[0]!]!, cells[order.at(-1)!]!]
    if (least === most) return undefined
    const threshold = least + (most - least) * this.options.random!.uniform()
    this.left.fill(0)
    let leftWeight = 0
    let i = 0
    for (; cells[order[i]!]! <= threshold && i + 1 < order.length; i++) leftWeight += this.add(order[i]!)
    const gain = i === 0 ? undefined : this.gain(total, weight, leftWeight)
    if (gain === undefined) return undefined
    const [low, high] = [cells[order[i - 1]!]!, cells[order[i]!]!]
    return { gain, split: { kind: 'number', column, threshold, low, high } }
  }

  private bestValue(column: number, order: Int32Array, total: Float64Array, weight: number): Found | undefined {
    const cells = this.rows.columns[column]!
    let best: Found | undefined
    for (let start = 0; start < order.length;) {
      const code = cells[order[start]!]!
      this.left.fill(0)
      let leftWeight = 0
      let end = start
      for (; end < order.length && cells[order[end]!]! === code; end++) leftWeight += this.add(order[end]!)
      const whole = start === 0 && end === order.length
      const gain = whole ? undefined : this.gain(total, weight, leftWeight)
      if (gain !== undefined && (!best || gain > best.gain)) best = { gain, split: { kind: 'value', column, code } }
      start = end
    }
    return best
  }

  /** Adds a row to the left side; gives its weight. */
  private add(row: number): number {
    const { sums, weights, outputs } = this.targets
    for (let o = 0; o < outputs; o++) this.left[o]! += sums[row * outputs + o]!
    return weights[row]!
  }

  /** Undefined where a side would be too light. */
  private gain(total: Float64Array, weight: number, leftWeight: number): number | undefined {
    const { leastWeight = 1, lambda = 0 } = this.options
    const rightWeight = weight - leftWeight
    if (leftWeight < leastWeight || rightWeight < leastWeight) return undefined
    let gain = 0
    for (let o = 0; o < total.length; o++) {
      const own = this.left[o]!
      gain += own ** 2 / (leftWeight + lambda) + (total[o]! - own) ** 2 / (rightWeight + lambda)
    }
    return gain - this.score(total, weight)
  }

  private score(total: Float64Array, weight: number): number {
    let score = 0
    for (const sum of total) score += sum ** 2 / (weight + (this.options.lambda ?? 0))
    return score
  }

  private split({ node, depth, orders, best }: Open): [Open, Open] {
    const { split } = best!
    const cells = this.rows.columns[split.column]!
    for (const row of orders[0]!) this.side[row] = Number(goesLeft(split, cells[row]!))
    const [left, right] = [1, 0].map(wanted =>
      this.open(
        orders.map(order => order.filter(row => this.side[row] === wanted)),
        depth + 1,
      ),
    ) as [Open, Open]
    node.branch = { split, left: left.node, right: right.node }
    return [left, right]
  }
}
