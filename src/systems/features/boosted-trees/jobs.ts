import { logisticDerivatives, softmaxDerivatives, squaredDerivatives } from './derivatives.ts'
import { loadKernels, type Kernels } from './kernels.ts'
import { findSplit, type LeafSums } from './split.ts'
import { pairsOf, type Workspace } from './workspace.ts'

/** A range of `order`, the sums of its rows and the slot of its histograms. */
export interface Leaf extends LeafSums {
  begin: number
  end: number
  slot: number
}

/** Work that threads share out; what comes of it does not depend on how many take part. */
export type Job =
  | { kind: 'derivatives' }
  /**
   * Histograms of `leaf` and every column's best gain in it. A `sibling` holds its parent's histograms; they become its
   * own by subtraction, and its gains are found too.
   */
  | { kind: 'measure'; output: number; leaf: Leaf; sibling?: Leaf }
  | { kind: 'partition'; group: number; place: number; begin: number; end: number }
  /** Brings partitioned rows back into `order`; `lefts` is the number each part sent left. */
  | { kind: 'gather'; begin: number; end: number; lefts: number[] }
  /** Adds the leaf values to the scores of their rows. */
  | { kind: 'settle'; output: number; ranges: { begin: number; end: number }[]; values: Float32Array }

/** Which share of a job a thread does: a range of the rows by `part` of `parts`, groups and leaves as `take` deals them. */
export interface Share {
  part: number
  parts: number
  take(): number
}

/** One thread's hands on the workspace. */
export class Labourer {
  private readonly kernels: Kernels

  constructor(private readonly workspace: Workspace) {
    this.kernels = loadKernels(workspace.memory)
  }

  /** Does its share; returns the rows it sent left when partitioning, else 0. */
  do(job: Job, share: Share): number {
    switch (job.kind) {
      case 'derivatives':
        return this.derive(share)
      case 'measure':
        for (let group = share.take(); group < this.workspace.table.groups.length; group = share.take()) {
          this.sumHistograms(job, group)
          this.findGains(job, group)
        }
        return 0
      case 'partition':
        return this.partition(job, share)
      case 'gather':
        return this.gather(job, share)
      case 'settle':
        for (let leaf = share.take(); leaf < job.ranges.length; leaf = share.take()) this.settle(job, leaf)
        return 0
    }
  }

  /** Sums of the derivatives over the first `rows` rows of `order`. */
  sum(output: number, rows: number): { gradient: number; hessian: number } {
    const { table, order, derivatives, total } = this.workspace
    this.kernels.sum(order.byteOffset, rows, derivatives.byteOffset + 8 * output * table.rows, total.byteOffset)
    return { gradient: total[0]!, hessian: total[1]! }
  }

  private derive(share: Share) {
    const { objective, outputs, scores, targets, derivatives } = this.workspace
    const [begin, end] = rangeOf(0, targets.length, share)
    if (objective === 'binary') logisticDerivatives(scores, targets, derivatives, begin, end)
    else if (objective === 'regression') squaredDerivatives(scores, targets, derivatives, begin, end)
    else softmaxDerivatives(scores, targets, derivatives, begin, end, outputs)
    return 0
  }

  private sumHistograms({ output, leaf, sibling }: Job & { kind: 'measure' }, index: number) {
    const { table, histograms, firstPair, slotPairs, order, derivatives, starts } = this.workspace
    const { columns, width, cells, wide } = table.groups[index]!
    const pointer = (slot: number, column: number) =>
      histograms.byteOffset + 16 * (slotPairs * slot + firstPair[column]!)
    const target = pointer(leaf.slot, columns[0]!)
    const pairs = pairsOf(table, index)
    const rows = order.byteOffset + 4 * leaf.begin
    const count = leaf.end - leaf.begin
    const own = derivatives.byteOffset + 8 * output * table.rows
    new Float64Array(histograms.buffer, target, 2 * pairs).fill(0)
    if (wide) {
      const noted = starts.subarray(4 * index)
      for (const [place, column] of columns.entries()) noted[place] = pointer(leaf.slot, column)
      this.kernels.addWide(cells.byteOffset, width, rows, count, own, noted.byteOffset)
    } else this.kernels.addNarrow(cells.byteOffset, width, rows, count, own, target)
    if (sibling) this.kernels.subtract(pointer(sibling.slot, columns[0]!), target, 16 * pairs)
  }

  /** A column that could not be split in the parent is not tried in its children, as in LightGBM. */
  private findGains({ leaf, sibling }: Job & { kind: 'measure' }, index: number) {
    const { table, allowed, splittable, gains } = this.workspace
    const count = table.columns.length
    for (const column of table.groups[index]!.columns) {
      const tried = sibling ? splittable[count * sibling.slot + column]! : allowed[column]!
      for (const [place, one] of [leaf, sibling].entries()) {
        if (!one) continue
        const gain = tried === 1 ? this.gainOf(one, column) : -Infinity
        gains[place * count + column] = gain
        splittable[count * one.slot + column] = gain > this.workspace.split.minGain ? 1 : 0
      }
    }
  }

  private gainOf(leaf: Leaf, column: number): number {
    const { table, histograms, firstPair, slotPairs, split } = this.workspace
    return findSplit(histograms, slotPairs * leaf.slot + firstPair[column]!, table.columns[column]!, leaf, split).gain
  }

  private partition(job: Job & { kind: 'partition' }, share: Share): number {
    const { table, goesLeft, order, lefts, rights } = this.workspace
    const { cells, width, wide } = table.groups[job.group]!
    const [begin, end] = rangeOf(job.begin, job.end, share)
    const split = wide ? this.kernels.partitionWide : this.kernels.partitionNarrow
    return split(
      cells.byteOffset + cells.BYTES_PER_ELEMENT * job.place,
      width,
      goesLeft.byteOffset,
      order.byteOffset + 4 * begin,
      end - begin,
      lefts.byteOffset + 4 * begin,
      rights.byteOffset + 4 * begin,
    )
  }

  private gather(job: Job & { kind: 'gather' }, share: Share): number {
    const { order, lefts, rights } = this.workspace
    const [begin, end] = rangeOf(job.begin, job.end, share)
    const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0)
    const leftsBefore = sum(job.lefts.slice(0, share.part))
    const own = job.lefts[share.part]!
    order.set(lefts.subarray(begin, begin + own), job.begin + leftsBefore)
    order.set(rights.subarray(begin, end - own), begin + sum(job.lefts) - leftsBefore)
    return 0
  }

  private settle({ output, ranges, values }: Job & { kind: 'settle' }, leaf: number) {
    const { scores, order, table } = this.workspace
    const { begin, end } = ranges[leaf]!
    const own = scores.byteOffset + 8 * output * table.rows
    this.kernels.addValue(own, order.byteOffset + 4 * begin, end - begin, values[leaf]!)
  }
}

function rangeOf(begin: number, end: number, { part, parts }: Share): [number, number] {
  const rows = end - begin
  return [begin + Math.floor((rows * part) / parts), begin + Math.floor((rows * (part + 1)) / parts)]
}
