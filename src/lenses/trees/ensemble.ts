import { Random } from '../../random/index.ts'
import type { Columns } from '../predictor.ts'
import { growTree, type GrowOptions, type TreeRows, type TreeTargets } from './grow.ts'
import { predictTree, type TreeNode } from './tree.ts'

export interface ForestOptions {
  trees?: number
  /** Rows and columns drawn anew for each tree and split (Breiman 2001), or thresholds drawn and all rows kept (Geurts et al. 2006). */
  kind?: 'random forest' | 'extremely randomised'
  leastWeight?: number
  seed?: number
}

/** Trees on drawn rows, columns or thresholds, each column kept with the root of their number at every split. */
export function growForest(rows: TreeRows, targets: TreeTargets, options: ForestOptions = {}): TreeNode[] {
  const { trees = 300, kind = 'random forest', leastWeight = 1, seed = 1 } = options
  const columnsTried = Math.max(1, Math.floor(Math.sqrt(rows.columns.length)))
  const { sums, weights, outputs } = targets
  return Array.from({ length: trees }, (_, t) => {
    const random = new Random(seed, kind, t)
    const grow: GrowOptions = { columnsTried, leastWeight, random }
    if (kind === 'extremely randomised') return growTree(rows, targets, { ...grow, thresholds: 'drawn' })
    const drawn = new Float64Array(rows.rows)
    for (let r = 0; r < rows.rows; r++) drawn[random.integer(rows.rows)]!++
    const own = {
      sums: sums.map((sum, i) => sum * drawn[Math.floor(i / outputs)]!),
      weights: weights.map((weight, r) => weight * drawn[r]!),
      outputs,
    }
    return growTree(rows, own, grow)
  })
}

/** [rows, outputs] the mean of the trees. */
export function predictForest(forest: readonly TreeNode[], columns: Columns): Float64Array {
  const sum = new Float64Array(columns[0]!.length * forest[0]!.value.length)
  for (const tree of forest) predictTree(tree, columns).forEach((value, i) => (sum[i]! += value / forest.length))
  return sum
}

export interface BoostingOptions {
  rounds?: number
  depth?: number
  rate?: number
  lambda?: number
  /** Curvature that a leaf keeps. */
  leastWeight?: number
}

export interface Boosted {
  kind: 'classes' | 'value'
  outputs: number
  base: Float64Array
  rate: number
  /** By round, a tree an output; two classes share one, of the second. */
  rounds: TreeNode[][]
}

/** A split must gain as much, as in xgboost. */
const leastGain = 1e-6

/**
 * Second-order boosting by exact greedy trees (Chen and Guestrin 2016). `answers` [rows, outputs] are class probabilities,
 * which may be soft, or numbers; two classes are one logit, more are a softmax with its curvature doubled, as in xgboost.
 */
export function boostTrees(
  rows: TreeRows,
  answers: Float64Array,
  kind: Boosted['kind'],
  options: BoostingOptions = {},
): Boosted {
  const { rounds = 300, depth = 4, rate = 0.1, lambda = 1, leastWeight = 1 } = options
  const outputs = answers.length / rows.rows
  const scores = kind === 'classes' && outputs === 2 ? 1 : outputs
  const base = new Float64Array(scores)
  if (kind === 'value') for (const answer of answers) base[0]! += answer / answers.length
  const boosted: Boosted = { kind, outputs, base, rate, rounds: [] }
  const current = new Float64Array(rows.rows * scores).map((_, i) => base[i % scores]!)
  const weights = new Float64Array(rows.rows)
  const sums = new Float64Array(rows.rows)
  for (let round = 0; round < rounds; round++) {
    const now = linked(boosted, current)
    const trees = Array.from({ length: scores }, (_, score) => {
      const output = scores < outputs ? 1 : score
      for (let r = 0; r < rows.rows; r++) {
        const p = now[r * outputs + output]!
        sums[r] = answers[r * outputs + output]! - p
        weights[r] = kind === 'value' ? 1 : Math.max(1e-16, p * (1 - p)) * (scores > 1 ? 2 : 1)
      }
      return growTree(rows, { sums, weights, outputs: 1 }, { depth, lambda, leastWeight, leastGain })
    })
    if (trees.every(tree => !tree.branch)) break
    boosted.rounds.push(trees)
    addRound(boosted, trees, rows.columns, current)
  }
  return boosted
}

function addRound({ rate }: Boosted, trees: readonly TreeNode[], columns: Columns, scores: Float64Array): void {
  trees.forEach((tree, s) =>
    predictTree(tree, columns).forEach((value, r) => (scores[r * trees.length + s]! += rate * value)),
  )
}

/** [rows, outputs] probabilities or numbers of scores. */
function linked({ kind, outputs, base }: Boosted, scores: Float64Array): Float64Array {
  if (kind === 'value') return scores
  const rows = scores.length / base.length
  const answers = new Float64Array(rows * outputs)
  for (let r = 0; r < rows; r++) {
    if (base.length === 1) {
      const p = 1 / (1 + Math.exp(-scores[r]!))
      answers.set([1 - p, p], r * outputs)
      continue
    }
    const own = scores.subarray(r * outputs, (r + 1) * outputs)
    const most = Math.max(...own)
    const powers = own.map(score => Math.exp(score - most))
    const total = powers.reduce((sum, power) => sum + power, 0)
    powers.forEach((power, o) => (answers[r * outputs + o] = power / total))
  }
  return answers
}

/** [rows, outputs] */
export function predictBoosted(boosted: Boosted, columns: Columns): Float64Array {
  const width = boosted.base.length
  const scores = new Float64Array(columns[0]!.length * width).map((_, i) => boosted.base[i % width]!)
  for (const trees of boosted.rounds) addRound(boosted, trees, columns, scores)
  return linked(boosted, scores)
}
