import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Random } from '../../random/index.ts'
import { membersOf } from '../games/bits.ts'
import { exactIndex, valueOf } from '../games/exact.ts'
import { indices, type IndexName } from '../games/indices.ts'
import { boostTrees } from './ensemble.ts'
import { treeRows } from './grow.ts'
import { goesLeft, predictTree, type TreeNode } from './tree.ts'
import { treeIndex } from './tree-index.ts'

interface TreeArrays {
  children_left: number[]
  children_right: number[]
  features: number[]
  thresholds: number[]
  values: number[]
  node_sample_weight: number[]
}

const golden = JSON.parse(readFileSync(new URL('../../../fixtures/lenses/trees.json', import.meta.url), 'utf8')) as {
  trees: TreeArrays[]
  rows: number[][]
  shap: { values: number[]; interactions: number[] }
  shapiq: { SII: number[] }
}

function nodeOf(arrays: TreeArrays, k = 0): TreeNode {
  const node = { weight: arrays.node_sample_weight[k]!, value: Float64Array.of(arrays.values[k]!) }
  if (arrays.children_left[k]! < 0) return node
  const threshold = arrays.thresholds[k]!
  const split = { kind: 'number' as const, column: arrays.features[k]!, threshold, low: threshold, high: threshold }
  const [left, right] = [nodeOf(arrays, arrays.children_left[k]), nodeOf(arrays, arrays.children_right[k])]
  return { ...node, branch: { split, left, right } }
}

describe('three boosted trees on five columns', () => {
  const trees = golden.trees.map(tree => nodeOf(tree))
  const columns = golden.rows[0]!.map((_, c) => Float64Array.from(golden.rows, row => row[c]!))
  const pairs = Array.from({ length: 5 }, (_, i) => Array.from({ length: 4 - i }, (_, k) => [i, i + 1 + k])).flat()
  const valuesAt = (index: IndexName, order: number, wanted: readonly (readonly number[])[]) => {
    const { sets, values } = treeIndex(trees, columns, { index, order })
    return golden.rows.flatMap((_, r) => {
      const own = values.subarray(r * sets.length, (r + 1) * sets.length)
      return wanted.map(set => valueOf({ sets, values: own }, set) ?? 0)
    })
  }
  const expectNear = (values: readonly number[], expected: readonly number[]) => {
    expect(values).toHaveLength(expected.length)
    values.forEach((value, k) => expect(Math.abs(value - expected[k]!)).toBeLessThan(1e-6))
  }

  it('have the values and interactions of shap and shapiq', () => {
    const singles = columns.map((_, c) => [c])
    expectNear(valuesAt('SV', 1, singles), golden.shap.values)
    expectNear(valuesAt('SII', 2, pairs), golden.shap.interactions)
    expectNear(valuesAt('SII', 2, pairs), golden.shapiq.SII)
  })
})

describe('trees of numbers and values, columns asked again', () => {
  const [width, count] = [6, 150]
  const random = new Random(2, 'tree-index')
  const columns = Array.from({ length: width }, (_, c) =>
    new Float64Array(count).map(() => (c < 2 ? random.integer(3) : random.normal())),
  )
  const answers = columns[0]!.map((a, r) => a * columns[2]![r]! + columns[3]![r]! * columns[4]![r]! + columns[1]![r]!)
  const kinds = columns.map((_, c) => (c < 2 ? ('categorical' as const) : ('numeric' as const)))
  const trees = boostTrees(treeRows(columns, kinds), answers, 'value', { rounds: 2, depth: 5 }).rounds.flat()
  const first = columns.map(column => column.subarray(0, 3))

  /** The answer with the columns of a mask known, the others averaged over by the weights of the branches. */
  const expected = (node: TreeNode, row: number, mask: number): number => {
    if (!node.branch) return node.value[0]!
    const { split, left, right } = node.branch
    if ((mask >>> split.column) & 1)
      return expected(goesLeft(split, columns[split.column]![row]!) ? left : right, row, mask)
    return (left.weight * expected(left, row, mask) + right.weight * expected(right, row, mask)) / node.weight
  }

  it.each(Object.keys(indices) as IndexName[])('%s is that of the game of known columns, to order 3', index => {
    const { sets, values, baseline } = treeIndex(trees, first, { index, order: 3 })
    for (let r = 0; r < 3; r++) {
      const game = Float64Array.from({ length: 2 ** width }, (_, mask) =>
        trees.reduce((sum, tree) => sum + expected(tree, r, mask), 0),
      )
      expect(baseline).toBeCloseTo(game[0]!, 10)
      const own = { sets, values: values.subarray(r * sets.length, (r + 1) * sets.length) }
      const exact = exactIndex(game, index, 3)
      exact.sets.forEach((set, k) => expect(valueOf(own, set) ?? 0).toBeCloseTo(exact.values[k]!, 9))
    }
  })

  it('values of all rows add up to the answers', () => {
    const { sets, values, baseline } = treeIndex(trees, columns, { index: 'STII', order: 2 })
    const sums = new Float64Array(count).map((_, r) =>
      values.subarray(r * sets.length, (r + 1) * sets.length).reduce((sum, value) => sum + value, baseline),
    )
    const told = trees.map(tree => predictTree(tree, columns))
    sums.forEach((sum, r) => expect(sum).toBeCloseTo(told[0]![r]! + told[1]![r]!, 9))
  })

  it('lists no set that no leaf holds', () => {
    const { sets } = treeIndex(trees, first, { index: 'SII', order: 2 })
    const met = new Set<string>()
    const visit = (node: TreeNode, mask: number) => {
      if (node.branch)
        for (const child of [node.branch.left, node.branch.right]) visit(child, mask | (1 << node.branch.split.column))
      else membersOf(mask).forEach((a, k, all) => all.slice(k + 1).forEach(b => met.add(`${a},${b}`)))
    }
    trees.forEach(tree => visit(tree, 0))
    expect(sets.filter(set => set.length === 2).map(set => set.join())).toEqual([...met].sort())
  })
})

it('Shapley values of a way through 40 columns add up to its answer', () => {
  let tree: TreeNode = { weight: 1, value: Float64Array.of(1) }
  for (let column = 0; column < 40; column++) {
    const split = { kind: 'number' as const, column, threshold: 0, low: 0, high: 0 }
    const right = { weight: 1, value: Float64Array.of(0) }
    tree = { weight: tree.weight + 1, value: Float64Array.of(0), branch: { split, left: tree, right } }
  }
  const row = Array.from({ length: 40 }, () => Float64Array.of(0))
  const { values, baseline } = treeIndex([tree], row, { index: 'SV' })
  expect(baseline).toBeCloseTo(1 / 41, 12)
  expect(values.reduce((sum, value) => sum + value, baseline)).toBeCloseTo(1, 12)
})

it('refuses ways through more columns than a word has bits', () => {
  let tree: TreeNode = { weight: 1, value: Float64Array.of(1) }
  for (let column = 0; column < 32; column++) {
    const split = { kind: 'number' as const, column, threshold: 0, low: 0, high: 0 }
    tree = {
      weight: tree.weight + 1,
      value: Float64Array.of(0),
      branch: { split, left: tree, right: { weight: 1, value: Float64Array.of(0) } },
    }
  }
  expect(() =>
    treeIndex(
      [tree],
      Array.from({ length: 32 }, () => Float64Array.of(0)),
      { index: 'SII' },
    ),
  ).toThrow(expect.objectContaining({ code: 'lens/needs' }))
})
