import { InterplayError } from '../../errors/index.ts'
import { rowsIn } from '../columns.ts'
import { setsOfSize } from '../games/bits.ts'
import { weightsOf } from '../games/exact.ts'
import { sizesOf, type IndexName } from '../games/indices.ts'
import type { Columns } from '../predictor.ts'
import { TreeShapley } from './tree-shapley.ts'
import { goesLeft, type TreeNode } from './tree.ts'

export interface TreeIndexOptions {
  index?: IndexName
  /** Largest set that gets a value. */
  order?: number
  /** Which answer of the leaves. */
  output?: number
}

export interface TreeIndex {
  /** Every column, and the larger sets of columns that lie on the way to one leaf; all others are worth 0. */
  sets: readonly (readonly number[])[]
  /** [rows, sets], row-major. */
  values: Float64Array
  /** The mean answer: what the values of a row are over. */
  baseline: number
}

/** A leaf's way: the columns asked, and the share of rows that each lets pass. */
interface Way {
  columns: readonly number[]
  shares: readonly number[]
}

/** Columns asked on the way to one leaf; their answers are bits of a word. */
const mostColumns = 31
/** Numbers of a leaf that are kept by the pattern of its row. */
const mostKept = 1 << 20

/**
 * An interaction index of a sum of trees at each row, exactly; an absent column is averaged over by the weights of the
 * branches (the path-dependent game of TreeSHAP, Lundberg et al. 2020; of any order, Muschalik et al. 2024). Each leaf is a
 * product of one factor a column on its way, so that its Moebius coefficients are products, and a weighted sum of them over
 * the sets that contain S is a polynomial's. A leaf's values follow from which of its columns let the row pass: they are
 * found once for each such pattern, and O(leaves depth^order) is added for a row. Shapley values are those of
 * `TreeShapley`, which prepares a model once for many calls.
 *
 * @throws InterplayError `lens/needs` where a leaf lies below splits of more than 31 columns, but for Shapley values
 */
export function treeIndex(
  trees: readonly TreeNode[],
  columns: Columns,
  { index = 'SV', order = 2, output = 0 }: TreeIndexOptions = {},
): TreeIndex {
  if (index === 'SV') {
    const shapley = new TreeShapley(trees, { output })
    const sets = setsOfSize(columns.length, 1, 1)
    return { sets, values: shapley.values(columns), baseline: shapley.baseline }
  }
  const rows = rowsIn(columns)
  const [least, most] = sizesOf(index, order)
  const ways = new Map<string, Way>()
  trees.forEach(tree => eachWay(tree, way => ways.set(way.columns.join(), way)))
  const deepest = Math.max(0, ...[...ways.values()].map(way => way.columns.length))
  if (deepest > mostColumns)
    throw new InterplayError(
      'lens/needs',
      `a leaf lies below splits of ${deepest} columns, at most ${mostColumns} are read`,
    )
  const sets = setsMet([...ways.values()], columns.length, least, most)
  const positions = new Map(sets.map((set, k) => [set.join(), k]))
  const weights = Array.from({ length: most + 1 }, (_, size) =>
    size < least ? undefined : weightsOf(index, size, deepest, most),
  )
  const plans = new Map([...ways].map(([key, way]) => [key, planOf(way.columns, least, most, positions)]))

  const values = new Float64Array(rows * sets.length)
  let baseline = 0
  const goes: Uint8Array[] = []
  const patterns: Uint32Array[] = [new Uint32Array(rows)]
  const visit = (node: TreeNode, depth: number, way: Way) => {
    const own = patterns[depth]!
    if (!node.branch) {
      const answer = node.value[output]!
      baseline += way.shares.reduce((product, share) => product * share, answer)
      addLeaf({ answer, shares: way.shares, plan: plans.get(way.columns.join())!, weights }, own, values, sets.length)
      return
    }
    const { split, left, right } = node.branch
    const side = (goes[depth] ??= new Uint8Array(rows))
    const next = (patterns[depth + 1] ??= new Uint32Array(rows))
    const cells = columns[split.column]!
    for (let r = 0; r < rows; r++) side[r] = Number(goesLeft(split, cells[r]!))
    const known = way.columns.indexOf(split.column)
    const bit = 1 << (known < 0 ? way.columns.length : known)
    for (const child of [left, right]) {
      const passes = Number(child === left)
      if (known < 0) for (let r = 0; r < rows; r++) next[r] = side[r] === passes ? own[r]! | bit : own[r]!
      else for (let r = 0; r < rows; r++) next[r] = side[r] === passes ? own[r]! : own[r]! & ~bit
      visit(child, depth + 1, stepOf(way, split.column, child.weight / node.weight))
    }
  }
  for (const tree of trees) visit(tree, 0, start)
  return { sets, values, baseline }
}

const start: Way = { columns: [], shares: [] }

/** A column asked again lets pass a share of what it did. */
function stepOf({ columns, shares }: Way, column: number, share: number): Way {
  const known = columns.indexOf(column)
  if (known < 0) return { columns: [...columns, column], shares: [...shares, share] }
  return { columns, shares: shares.map((each, k) => (k === known ? each * share : each)) }
}

function eachWay(tree: TreeNode, visit: (way: Way) => void, way: Way = start): void {
  if (!tree.branch) return visit(way)
  const { split, left, right } = tree.branch
  for (const child of [left, right]) eachWay(child, visit, stepOf(way, split.column, child.weight / tree.weight))
}

/** By size, then in lexicographic order. */
function setsMet(ways: readonly Way[], width: number, least: number, most: number): number[][] {
  const met = new Map<string, number[]>()
  for (const set of setsOfSize(width, least, 1)) met.set(set.join(), set)
  for (const { columns } of ways) {
    const ordered = [...columns].sort((a, b) => a - b)
    for (const chosen of setsOfSize(ordered.length, 2, most)) {
      const set = chosen.map(k => ordered[k]!)
      met.set(set.join(), set)
    }
  }
  return [...met.values()].sort((a, b) => a.length - b.length || firstDifference(a, b))
}

function firstDifference(a: readonly number[], b: readonly number[]): number {
  const k = a.findIndex((column, k) => column !== b[k])
  return k < 0 ? 0 : a[k]! - b[k]!
}

/** The sets of a way's columns: bits of their places on it, and where their values are added. */
interface Plan {
  masks: Int32Array
  positions: Int32Array
}

function planOf(columns: readonly number[], least: number, most: number, positions: ReadonlyMap<string, number>): Plan {
  const chosen = setsOfSize(columns.length, least, most)
  const place = (set: number[]) =>
    positions.get(
      set
        .map(k => columns[k]!)
        .sort((a, b) => a - b)
        .join(),
    )!
  return {
    masks: Int32Array.from(chosen, set => set.reduce((mask, k) => mask | (1 << k), 0)),
    positions: Int32Array.from(chosen, place),
  }
}

interface Leaf {
  answer: number
  shares: readonly number[]
  plan: Plan
  /** By the size of a set, then of those that contain it. */
  weights: readonly (Float64Array | undefined)[]
}

/** Adds what a leaf is worth to the sets of every row; `patterns` has the columns of its way that let the row pass. */
function addLeaf(leaf: Leaf, patterns: Uint32Array, values: Float64Array, width: number): void {
  const { positions } = leaf.plan
  const count = positions.length
  const all = 2 ** leaf.shares.length
  const kept = all * count <= mostKept
  const table = new Float64Array((kept ? all : 1) * count)
  const known = new Uint8Array(kept ? all : 1)
  for (let r = 0; r < patterns.length; r++) {
    const pattern = patterns[r]!
    const slot = kept ? pattern : 0
    const from = slot * count
    if (!kept || known[slot] === 0) {
      leafValues(leaf, pattern, table, from)
      known[slot] = 1
    }
    const to = r * width
    for (let k = 0; k < count; k++) values[to + positions[k]!]! += table[from + k]!
  }
}

/** Into `table`: answer times, for each set, its factors' product and the weighted coefficients of the others' polynomial. */
function leafValues({ answer, shares, plan, weights }: Leaf, pattern: number, table: Float64Array, from: number): void {
  const { masks } = plan
  const places = shares.length
  const coefficients = new Float64Array(places + 1)
  for (let k = 0; k < masks.length; k++) {
    const mask = masks[k]!
    let [product, size, degree] = [answer, 0, 0]
    coefficients[0] = 1
    for (let place = 0; place < places; place++) {
      const share = shares[place]!
      const difference = ((pattern >>> place) & 1) - share
      if ((mask >>> place) & 1) {
        product *= difference
        size++
        continue
      }
      coefficients[degree + 1] = 0
      for (let d = degree; d >= 0; d--) {
        coefficients[d + 1]! += coefficients[d]! * difference
        coefficients[d]! *= share
      }
      degree++
    }
    const weight = weights[size]!
    let sum = 0
    for (let d = 0; d <= degree; d++) sum += weight[size + d]! * coefficients[d]!
    table[from + k] = product * sum
  }
}
