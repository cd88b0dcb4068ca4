import { goesLeft, type TreeNode } from './tree.ts'

/** A column on the way to a leaf: whether the row's own cell leads there, and the share of rows that it lets pass. */
interface Gate {
  own: number
  share: number
}

/**
 * Shapley values of one answer of a tree, [columns, outputs] row-major, an absent column being averaged over by the weights
 * of the branches (the path-dependent values of TreeSHAP, Lundberg et al. 2020, algorithm 1). They add up to the answer less
 * the tree's mean. Each leaf is a product of gates, one a column on its way, so that its values follow from the sums over all
 * subsets of the other gates by size: O(leaves depth^3).
 */
export function treeShapley(tree: TreeNode, cells: (column: number) => number, columns: number): Float64Array {
  const outputs = tree.value.length
  const values = new Float64Array(columns * outputs)
  const visit = (node: TreeNode, gates: ReadonlyMap<number, Gate>) => {
    if (!node.branch) return addLeaf(node.value, gates, values)
    const { split, left, right } = node.branch
    for (const child of [left, right]) {
      const { own, share } = gates.get(split.column) ?? { own: 1, share: 1 }
      const passes = goesLeft(split, cells(split.column)) === (child === left)
      const gate = { own: passes ? own : 0, share: (share * child.weight) / node.weight }
      visit(child, new Map(gates).set(split.column, gate))
    }
  }
  visit(tree, new Map())
  return values
}

function addLeaf(value: Float64Array, gates: ReadonlyMap<number, Gate>, values: Float64Array): void {
  const all = [...gates]
  for (const [column, { own, share }] of all) {
    const others = all.filter(([other]) => other !== column).map(([, gate]) => gate)
    const scale = (own - share) * shapleyMean(others)
    value.forEach((each, o) => (values[column * value.length + o]! += scale * each))
  }
}

/** The mean over orders of what the gates before one let pass: own cells before it, shares after it. */
function shapleyMean(gates: readonly Gate[]): number {
  let bySize = [1]
  for (const { own, share } of gates)
    bySize = Array.from({ length: bySize.length + 1 }, (_, s) => (bySize[s] ?? 0) * share + (bySize[s - 1] ?? 0) * own)
  const size = gates.length
  let mean = 0
  let weight = 1 / (size + 1)
  for (let s = 0; s <= size; s++) {
    mean += weight * bySize[s]!
    weight *= (s + 1) / (size - s)
  }
  return mean
}
