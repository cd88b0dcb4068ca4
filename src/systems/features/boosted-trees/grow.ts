import type { ColumnBins } from './bins.ts'
import type { Crew } from './crew.ts'
import type { Leaf } from './jobs.ts'
import type { BoostedTreesOptions } from './options.ts'
import { findSplit, type Split } from './split.ts'
import type { Tree, TreeNode } from './tree.ts'
import type { Workspace } from './workspace.ts'

/** A leaf that may be split: its best column, and where the tree points at it. */
interface OpenLeaf extends Leaf {
  gain: number
  column: number
  value: number
  parent?: { node: TreeNode; side: 'left' | 'right' }
}

/** A grown tree and, leaf by leaf, the range of `workspace.order` that holds the leaf's rows. */
export interface GrownTree {
  tree: Tree
  ranges: { begin: number; end: number }[]
}

/**
 * Grows one tree leaf by leaf, always at the leaf of largest gain (Shi 2007, "best-first"; LightGBM's leaf-wise), on the
 * first `rows` rows of `workspace.order`. Only the smaller child's histograms are summed; its sibling's are the parent's less those.
 */
export function growTree(
  workspace: Workspace,
  crew: Crew,
  output: number,
  rows: number,
  options: BoostedTreesOptions,
): GrownTree {
  const grower = new Grower(workspace, crew, output, options)
  return grower.grow(rows)
}

class Grower {
  private readonly places: { group: number; place: number }[] = []
  private readonly nodes: TreeNode[] = []

  constructor(
    private readonly workspace: Workspace,
    private readonly crew: Crew,
    private readonly output: number,
    private readonly options: BoostedTreesOptions,
  ) {
    for (const [group, { columns }] of workspace.table.groups.entries()) {
      for (const [place, column] of columns.entries()) this.places[column] = { group, place }
    }
  }

  grow(rows: number): GrownTree {
    const { leaves: most, minGain, learningRate, l2 } = this.options
    const root: OpenLeaf = {
      begin: 0,
      end: rows,
      rows,
      slot: 0,
      ...this.crew.sum(this.output, rows),
      gain: 0,
      column: -1,
      value: 0,
    }
    root.value = leafValue(root.gradient, root.hessian, l2)
    this.measure(root)
    const leaves = [root]
    while (leaves.length < most) {
      const index = best(leaves)
      if (!(leaves[index]!.gain > minGain)) break
      const [left, right] = this.split(leaves[index]!, leaves.length)
      leaves[index] = left
      leaves.push(right)
      if (leaves.length === most) break
      const [smaller, larger] = left.rows <= right.rows ? [left, right] : [right, left]
      this.measure(smaller, larger)
    }
    for (const [index, { parent }] of leaves.entries()) if (parent) parent.node[parent.side] = ~index
    const values = Float32Array.from(leaves, leaf => leaf.value * learningRate)
    return { tree: { nodes: this.nodes, values }, ranges: leaves.map(({ begin, end }) => ({ begin, end })) }
  }

  /** Fills the histograms of `leaf`, those of `sibling` from their parent's, and finds the best column of each. */
  private measure(leaf: OpenLeaf, sibling?: OpenLeaf) {
    const { gains, table } = this.workspace
    const columns = table.columns.length
    this.crew.measure({ output: this.output, leaf: plain(leaf), sibling: sibling && plain(sibling) })
    for (const [place, one] of [leaf, sibling].entries()) {
      if (!one) continue
      one.gain = -Infinity
      for (let column = 0; column < columns; column++) {
        const gain = gains[place * columns + column]!
        if (!(gain > one.gain)) continue
        one.gain = gain
        one.column = column
      }
    }
  }

  /** Turns `leaf` into a node; the larger child keeps its histogram slot, the smaller one takes `freeSlot`. */
  private split(leaf: OpenLeaf, freeSlot: number): [OpenLeaf, OpenLeaf] {
    const { table, histograms, firstPair, slotPairs, split: splitOptions } = this.workspace
    const bins = table.columns[leaf.column]!
    const first = slotPairs * leaf.slot + firstPair[leaf.column]!
    const split = findSplit(histograms, first, bins, leaf, splitOptions)
    this.markLeft(bins, split)
    const { group, place } = this.places[leaf.column]!
    const leftRows = this.crew.partition(group, place, leaf.begin, leaf.end)
    const middle = leaf.begin + leftRows
    const rightRows = leaf.end - middle
    const node = nodeOf(bins, leaf, split, leftRows > rightRows)
    this.nodes.push(node)
    if (leaf.parent) leaf.parent.node[leaf.parent.side] = this.nodes.length - 1
    const side = (
      sums: { begin: number; end: number; gradient: number; hessian: number },
      name: 'left' | 'right',
      small: boolean,
    ): OpenLeaf => ({
      ...sums,
      rows: sums.end - sums.begin,
      slot: small ? freeSlot : leaf.slot,
      gain: -Infinity,
      column: -1,
      value: leafValue(sums.gradient, sums.hessian, split.l2),
      parent: { node, side: name },
    })
    const { leftGradient, leftHessian } = split
    return [
      side(
        { begin: leaf.begin, end: middle, gradient: leftGradient, hessian: leftHessian },
        'left',
        leftRows <= rightRows,
      ),
      side(
        { begin: middle, end: leaf.end, gradient: leaf.gradient - leftGradient, hessian: leaf.hessian - leftHessian },
        'right',
        leftRows > rightRows,
      ),
    ]
  }

  private markLeft(bins: ColumnBins, split: Split) {
    const { goesLeft } = this.workspace
    goesLeft.fill(0, 0, bins.count)
    if (bins.kind === 'categorical') for (const bin of split.leftBins) goesLeft[bin] = 1
    else {
      goesLeft.fill(1, 0, split.lastLeft + 1)
      if (bins.missing !== undefined) goesLeft[bins.missing] = split.missingLeft ? 1 : 0
    }
  }
}

function best(leaves: OpenLeaf[]): number {
  let index = 0
  for (let i = 1; i < leaves.length; i++) if (leaves[i]!.gain > leaves[index]!.gain) index = i
  return index
}

const leafValue = (gradient: number, hessian: number, l2: number) => (hessian + l2 > 0 ? -gradient / (hessian + l2) : 0)

const plain = ({ begin, end, slot, gradient, hessian, rows }: Leaf): Leaf => ({
  begin,
  end,
  slot,
  gradient,
  hessian,
  rows,
})

function nodeOf(bins: ColumnBins, leaf: OpenLeaf, split: Split, mostGoLeft: boolean): TreeNode {
  const node = { gain: leaf.gain, rows: leaf.rows, left: 0, right: 0 }
  if (bins.kind === 'categorical') {
    const ids = Int32Array.from(split.leftBins, bin => bins.offset + bins.idOf[bin]!).sort()
    return { ...node, kind: 'categorical', column: bins.column, ids }
  }
  return {
    ...node,
    kind: 'numeric',
    column: bins.column,
    threshold: bins.bounds[split.lastLeft] ?? Infinity,
    missingLeft: bins.missing === undefined ? mostGoLeft : split.missingLeft,
  }
}
