import type { BinnedTable } from './binned.ts'
import type { SharedMemory } from './memory.ts'
import type { Objective } from './objective.ts'
import type { SplitOptions } from './split.ts'

/**
 * Everything the threads of one fit work on together: plain data over one shared memory, so a worker receives it as it
 * stands. A histogram *slot* holds the histograms of one leaf: a (gradient, hessian) pair for every bin of every column.
 */
export interface Workspace {
  memory: WebAssembly.Memory
  table: BinnedTable
  objective: Objective
  /** Scores a row: the classes of a multiclass target, else 1. */
  outputs: number
  split: SplitOptions
  /** [columns] index of each column's first pair in a slot. */
  firstPair: Int32Array
  /** Pairs of a slot. */
  slotPairs: number
  /** [leaves, slotPairs, 2] */
  histograms: Float64Array
  /** [outputs, rows] raw scores. */
  scores: Float64Array
  /** [rows] */
  targets: Float32Array
  /** [outputs, rows, 2] gradient and hessian. */
  derivatives: Float32Array
  /** [rows] rows ordered so that every leaf is one range. */
  order: Int32Array
  /** [rows] each: rows on their way to the left and to the right leaf. */
  lefts: Int32Array
  rights: Int32Array
  /** [65536] whether a bin goes left at the split being made. */
  goesLeft: Uint8Array
  /** [columns] 1 where the tree being grown may use the column. */
  allowed: Uint8Array
  /** [leaves, columns] 1 where a split of the column gained enough in the leaf of that slot. */
  splittable: Uint8Array
  /** [2, columns] gains in the two leaves last measured. */
  gains: Float64Array
  /** [groups, 4] where a thread notes the histograms of a wide group. */
  starts: Int32Array
  /** [2] gradient and hessian of the root. */
  total: Float64Array
}

export interface WorkspaceShape {
  objective: Objective
  outputs: number
  leaves: number
  split: SplitOptions
}

export function createWorkspace(
  memory: SharedMemory,
  table: BinnedTable,
  targets: Float32Array,
  { objective, outputs, leaves, split }: WorkspaceShape,
): Workspace {
  const { rows, columns, groups } = table
  const { firstPair, slotPairs } = placeColumns(table)
  const shared = memory.float32(rows)
  shared.set(targets)
  return {
    memory: memory.memory,
    table,
    objective,
    outputs,
    split,
    firstPair,
    slotPairs,
    histograms: memory.float64(2 * slotPairs * leaves),
    scores: memory.float64(rows * outputs),
    targets: shared,
    derivatives: memory.float32(2 * rows * outputs),
    order: memory.int32(rows),
    lefts: memory.int32(rows),
    rights: memory.int32(rows),
    goesLeft: memory.uint8(0x10000),
    allowed: memory.uint8(columns.length),
    splittable: memory.uint8(leaves * columns.length),
    gains: memory.float64(2 * columns.length),
    starts: memory.int32(4 * groups.length),
    total: memory.float64(2),
  }
}

/** Narrow groups take 256 pairs a cell, wide ones as many as their columns have bins. */
function placeColumns({ columns, groups }: BinnedTable): { firstPair: Int32Array; slotPairs: number } {
  const firstPair = new Int32Array(columns.length)
  let slotPairs = 0
  for (const { columns: members, width, wide } of groups) {
    for (const [place, column] of members.entries()) {
      firstPair[column] = slotPairs + (wide ? 0 : 256 * place)
      if (wide) slotPairs += columns[column]!.count
    }
    if (!wide) slotPairs += 256 * width
  }
  return { firstPair, slotPairs }
}

/** Pairs of a slot that belong to a group. */
export function pairsOf({ columns, groups }: BinnedTable, group: number): number {
  const { columns: members, width, wide } = groups[group]!
  return wide ? members.reduce((sum, column) => sum + columns[column]!.count, 0) : 256 * width
}
