import type { Columns } from '../predictor.ts'

/** What tells the rows that go left: a number up to a threshold, or one value of a column of values. */
export type Split =
  | {
      kind: 'number'
      column: number
      /** Midway between `low` and `high`, or drawn between them. */
      threshold: number
      /** The largest cell that goes left and the smallest that goes right. */
      low: number
      high: number
    }
  | { kind: 'value'; column: number; code: number }

export interface TreeNode {
  /** Sum of the weights of its rows. */
  weight: number
  /** [outputs] what it answers. */
  value: Float64Array
  /** Absent in a leaf. */
  branch?: { split: Split; left: TreeNode; right: TreeNode }
}

export const goesLeft = (split: Split, cell: number): boolean =>
  split.kind === 'number' ? cell <= split.threshold : cell === split.code

/** The leaf that a row falls into; `cells` by column. */
export function leafOf(tree: TreeNode, cells: (column: number) => number): TreeNode {
  let node = tree
  while (node.branch) {
    const { split, left, right } = node.branch
    node = goesLeft(split, cells(split.column)) ? left : right
  }
  return node
}

/** [rows, outputs] what a tree answers. */
export function predictTree(tree: TreeNode, columns: Columns): Float64Array {
  const rows = columns[0]!.length
  const outputs = tree.value.length
  const answers = new Float64Array(rows * outputs)
  for (let row = 0; row < rows; row++) answers.set(leafOf(tree, c => columns[c]![row]!).value, row * outputs)
  return answers
}

export function leavesOf(tree: TreeNode): TreeNode[] {
  return tree.branch ? [...leavesOf(tree.branch.left), ...leavesOf(tree.branch.right)] : [tree]
}
