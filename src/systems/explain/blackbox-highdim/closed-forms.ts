import {
  functionPredictor,
  growTree,
  leafOf,
  parseRule,
  predictTree,
  ruleMeasures,
  treeIndex,
  treeRows,
  type Predictor,
  type Rule,
  type RuleRows,
  type Surrogate,
  type TreeNode,
  goesLeft,
} from '../../../lenses/index.ts'
import { Random } from '../../../random/index.ts'
import { plantedScore, type WideRows } from './worlds.ts'

/** Rows of the table of exclusive or that a tree of depth 2 answers wrongly. */
export function xorErrors(): number {
  const columns = [Float64Array.of(0, 0, 1, 1), Float64Array.of(0, 1, 0, 1)]
  const labels = Float64Array.of(0, 1, 1, 0)
  const rows = treeRows(columns, ['numeric', 'numeric'])
  const tree = growTree(rows, { sums: labels, weights: new Float64Array(4).fill(1), outputs: 1 }, { depth: 2 })
  return predictTree(tree, columns).filter((answer, r) => answer !== labels[r]).length
}

export interface ShapleyForm {
  /** Largest distance of the sum of the values from the answer less the mean. */
  sum: number
  /** Largest distance from the sum over all subsets. */
  brute: number
}

/** Path-dependent Shapley values of a deep tree on ten columns beside the sum over all 2^10 subsets. */
export function shapleyForm(seed: number, rowsTried = 3): ShapleyForm {
  const random = new Random(seed, 'blackbox-highdim.shapley')
  const width = 10
  const columns = Array.from({ length: width }, () => new Float64Array(200).map(() => random.normal()))
  const sums = new Float64Array(200).map((_, r) =>
    columns.reduce((product, x, c) => (c % 3 === 0 ? product * x[r]! : product + x[r]!), 1),
  )
  const rows = treeRows(
    columns,
    columns.map(() => 'numeric'),
  )
  const tree = growTree(rows, { sums, weights: new Float64Array(200).fill(1), outputs: 1 }, { leaves: 40 })
  const form: ShapleyForm = { sum: 0, brute: 0 }
  const first = columns.map(column => column.subarray(0, rowsTried))
  const { values: all } = treeIndex([tree], first, { index: 'SV' })
  for (let r = 0; r < rowsTried; r++) {
    const cells = (c: number) => columns[c]![r]!
    const values = all.subarray(r * width, (r + 1) * width)
    const game = Float64Array.from({ length: 2 ** width }, (_, mask) => expected(tree, cells, mask))
    const total = values.reduce((sum, value) => sum + value, 0)
    form.sum = Math.max(form.sum, Math.abs(total - (leafOf(tree, cells).value[0]! - tree.value[0]!)))
    values.forEach((value, c) => (form.brute = Math.max(form.brute, Math.abs(value - shapleyOf(game, c, width)))))
  }
  return form
}

/** The tree's answer with the columns of a mask known, the others averaged over by the weights of the branches. */
function expected(node: TreeNode, cells: (column: number) => number, mask: number): number {
  if (!node.branch) return node.value[0]!
  const { split, left, right } = node.branch
  if ((mask >>> split.column) & 1) return expected(goesLeft(split, cells(split.column)) ? left : right, cells, mask)
  return (left.weight * expected(left, cells, mask) + right.weight * expected(right, cells, mask)) / node.weight
}

function shapleyOf(game: Float64Array, player: number, players: number): number {
  let value = 0
  for (let mask = 0; mask < game.length; mask++) {
    if ((mask >>> player) & 1) continue
    let size = 0
    for (let rest = mask; rest > 0; rest &= rest - 1) size++
    let weight = 1 / players
    for (let k = 1; k <= size; k++) weight *= k / (players - k)
    value += weight * (game[mask | (1 << player)]! - game[mask]!)
  }
  return value
}

/** The planted world's own log-odds as the model. */
export const plantedModel = ({ fields }: WideRows): Predictor =>
  functionPredictor(plantedScore, { name: 'planted', fields, output: { kind: 'logit', names: ['y'] } })

/** Rows of measured rules, as `surrogateOf` measured them. */
export function testedRows({ seen, answers, parts: { test } }: Surrogate, truth?: ArrayLike<number>): RuleRows {
  return {
    columns: seen.map(column => ({ ...column, cells: Float64Array.from(test, row => column.cells[row]!) })),
    sides: test.map(row => answers.sides[row]!),
    truth: truth && test.map(row => truth[row]!),
  }
}

/** Rules whose numbers, computed again from what their text says, are not those that were told. */
export function misread(rules: readonly Rule[], classes: readonly string[], rows: RuleRows): number {
  return rules.filter(rule => {
    const { conditions, answer } = parseRule(rule.text)
    const again = ruleMeasures(conditions, classes.indexOf(answer), rows)
    return (['support', 'coverage', 'precision', 'truth'] as const).some(key => again[key] !== rule[key])
  }).length
}
