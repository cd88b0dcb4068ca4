import { expect, it } from 'vitest'
import { growForest } from './ensemble.ts'
import { growTree, treeRows } from './grow.ts'
import { impurityFalls } from './importance.ts'
import { Random } from '../../random/index.ts'

const targetsOf = (labels: readonly number[]) => ({
  sums: Float64Array.from(labels),
  weights: new Float64Array(labels.length).fill(1),
  outputs: 1,
})

it('the falls of a whole tree add up to the squared error of the mean', () => {
  const columns = [Float64Array.of(0, 0, 1, 1, 0, 1), Float64Array.of(0, 1, 0, 1, 2, 2)]
  const labels = [0, 0, 1, 1, 0, 0]
  const tree = growTree(treeRows(columns, ['numeric', 'numeric']), targetsOf(labels))
  const falls = impurityFalls([tree], 2)
  // of 6 labels with mean 1/3: 6 * 1/3 * 2/3; the first split is on column 0, {0, 0, 0} and {1, 1, 0}: 4/3 - 2/3
  expect(falls[0]! + falls[1]!).toBeCloseTo(4 / 3, 12)
  expect(falls[0]).toBeCloseTo(2 / 3, 12)
})

it('noise of many values falls more than noise of two', () => {
  const random = new Random(1, 'importance')
  const drawn = (values: number) => Float64Array.from({ length: 400 }, () => random.integer(values))
  const rows = treeRows([drawn(2), drawn(1e9)], ['numeric', 'numeric'])
  const falls = impurityFalls(growForest(rows, targetsOf([...drawn(2)]), { trees: 20 }), 2)
  expect(falls[1]).toBeGreaterThan(3 * falls[0]!)
})
