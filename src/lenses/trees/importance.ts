import type { TreeNode } from './tree.ts'

/**
 * Of each column the fall of the squared error, for labels of 0 and 1 half that of the Gini impurity, over all splits on it,
 * the mean of the trees (Breiman 2001): it favours columns of many values. [columns]
 */
export function impurityFalls(forest: readonly TreeNode[], columns: number): Float64Array {
  const falls = new Float64Array(columns)
  const squares = ({ weight, value }: TreeNode) => weight * value.reduce((sum, own) => sum + own ** 2, 0)
  const add = (node: TreeNode): void => {
    if (!node.branch) return
    const { split, left, right } = node.branch
    falls[split.column]! += (squares(left) + squares(right) - squares(node)) / forest.length
    add(left)
    add(right)
  }
  forest.forEach(add)
  return falls
}
