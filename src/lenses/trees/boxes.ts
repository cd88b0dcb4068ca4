import type { Split, TreeNode } from './tree.ts'

/** What a leaf asks of one column: a number within ends, or a value that is one or none of some. */
export type Side =
  | {
      kind: 'number'
      /** Above `cut`; `reach` is the nearest cell that is. */
      above?: { cut: number; reach: number }
      /** At most `cut`; `reach` is the nearest cell that is. */
      atMost?: { cut: number; reach: number }
    }
  | { kind: 'value'; is?: number; not: readonly number[] }

/** A leaf as a box: a side a column on its way. */
export interface LeafBox {
  leaf: TreeNode
  sides: ReadonlyMap<number, Side>
}

/** The boxes of a tree; together they hold every row once. */
export function leafBoxes(tree: TreeNode): LeafBox[] {
  const boxes: LeafBox[] = []
  const visit = (node: TreeNode, sides: ReadonlyMap<number, Side>) => {
    if (!node.branch) {
      boxes.push({ leaf: node, sides })
      return
    }
    const { split, left, right } = node.branch
    const before = sides.get(split.column)
    const [inLeft, inRight] = split.kind === 'number' ? halves(split, before) : values(split.code, before)
    visit(left, new Map(sides).set(split.column, inLeft))
    visit(right, new Map(sides).set(split.column, inRight))
  }
  visit(tree, new Map())
  return boxes
}

/** What a split asks of the rows that go left. */
export const leftOf = (split: Split): Side =>
  split.kind === 'number' ? halves(split, undefined)[0] : values(split.code, undefined)[0]

/** Splits of one column tighten as they go down. */
function halves({ low, high }: { low: number; high: number }, before: Side | undefined): [Side, Side] {
  const own = before?.kind === 'number' ? before : { kind: 'number' as const }
  const cut = shortest(low, high)
  return [
    { ...own, atMost: { cut, reach: low } },
    { ...own, above: { cut, reach: high } },
  ]
}

function values(code: number, before: Side | undefined): [Side, Side] {
  const own = before?.kind === 'value' ? before : { kind: 'value' as const, not: [] }
  return [{ kind: 'value', is: code, not: [] }, own.is === undefined ? { ...own, not: [...own.not, code] } : own]
}

/** The decimal of the fewest digits that is at least `low` and below `high`, near their middle. */
export function shortest(low: number, high: number): number {
  const middle = low + (high - low) / 2
  for (let digits = 1; digits < 17; digits++) {
    const short = Number(middle.toPrecision(digits))
    if (low <= short && short < high) return short
  }
  return low
}
