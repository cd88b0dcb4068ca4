import { Random } from '../../random/index.ts'
import type { EncodedTable } from './encoded.ts'

export interface BatchOptions {
  /** Rows a batch. */
  size: number
  /** With `epoch`, decides the order. */
  seed: number
  epoch: number
  /** Names of the targets to feed, in the table's order. Default none. */
  targets?: readonly string[]
  /** Default true; else the table's order. */
  shuffle?: boolean
  /** Leaves out a last batch of fewer rows. Default false. */
  dropLast?: boolean
  /** Batches to leave out at the start: those a resumed run has already taken. */
  start?: number
}

export type Feeds = Record<string, Int32Array | Float32Array>

/**
 * A batch's inputs by name: `categorical` [rows, C], `numeric` [rows, N], `sequence.<field>` [rows, length],
 * `target.<name>` [rows]; what a table does not have is not fed.
 */
export interface Batch {
  feeds: Feeds
  rows: number
}

/** One column block of a table, and its place in a batch. */
interface Block {
  name: string
  values: Int32Array | Float32Array
  width: number
}

/**
 * One epoch, the same for the same (seed, epoch) on every machine. Two sets of buffers take turns: a batch stays as it
 * is while the next is made, and is overwritten by the one after. Nothing is allocated for a batch of full size.
 */
export function* batches(table: EncodedTable, options: BatchOptions): Generator<Batch, void, undefined> {
  const { size, seed, epoch, targets = [], shuffle = true, dropLast = false, start = 0 } = options
  const order = shuffle ? new Random(seed, 'shuffle', epoch).permutation(table.rows) : undefined
  const blocks = blocksOf(table, targets)
  const full = Math.min(size, table.rows)
  const turns = [allocate(blocks, full), allocate(blocks, full)]
  for (let from = start * size, turn = 0; from < table.rows; from += size, turn = 1 - turn) {
    const rows = Math.min(size, table.rows - from)
    if (rows < size && dropLast) return
    const batch = turns[turn]!
    for (const block of blocks) copyRows(block, batch.feeds[block.name]!, order, from, rows)
    yield rows === full ? batch : { feeds: shortened(blocks, batch.feeds, rows), rows }
  }
}

function blocksOf(table: EncodedTable, targets: readonly string[]): Block[] {
  const block = (name: string, values: Int32Array | Float32Array): Block[] =>
    values.length > 0 ? [{ name, values, width: values.length / table.rows }] : []
  return [
    ...block('categorical', table.categorical),
    ...block('numeric', table.numeric),
    ...table.sequences.flatMap(({ field, ids }) => block(`sequence.${field}`, ids)),
    ...targets.flatMap((name, t) => block(`target.${name}`, table.targets[t]!)),
  ]
}

function allocate(blocks: Block[], rows: number): Batch {
  const buffer = ({ values, width }: Block) =>
    values instanceof Int32Array ? new Int32Array(rows * width) : new Float32Array(rows * width)
  return { feeds: Object.fromEntries(blocks.map(block => [block.name, buffer(block)])), rows }
}

function shortened(blocks: Block[], feeds: Feeds, rows: number): Feeds {
  return Object.fromEntries(blocks.map(({ name, width }) => [name, feeds[name]!.subarray(0, rows * width)]))
}

function copyRows(
  { values, width }: Block,
  buffer: Int32Array | Float32Array,
  order: Int32Array | undefined,
  from: number,
  rows: number,
): void {
  if (!order) {
    buffer.set(values.subarray(from * width, (from + rows) * width))
    return
  }
  for (let i = 0, to = 0; i < rows; i++) {
    const start = order[from + i]! * width
    for (let j = 0; j < width; j++) buffer[to++] = values[start + j]!
  }
}
