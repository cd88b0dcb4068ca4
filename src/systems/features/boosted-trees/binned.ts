import type { EncodedTable } from '../../../data/table/encoded.ts'
import type { FieldSpec } from '../../../nn/index.ts'
import {
  categoricalBins,
  numericBins,
  sampleRows,
  type CategoricalBins,
  type ColumnBins,
  type NumericBins,
} from './bins.ts'
import { loadKernels } from './kernels.ts'
import type { SharedMemory } from './memory.ts'

/**
 * Columns whose bins stand side by side, row by row: one pass over the rows of a leaf sums the histograms of all of
 * them. Narrow groups hold columns of at most 256 bins in bytes; wide ones (large vocabularies) take 16 bits each.
 */
export interface ColumnGroup {
  /** Indices into `BinnedTable.columns`, in the order of the cells. */
  columns: number[]
  wide: boolean
  /** Cells of a row, a multiple of four in a narrow group; cells past the last column are 0. */
  width: number
  /** [rows, width] */
  cells: Uint8Array | Uint16Array
}

export interface BinnedTable {
  rows: number
  /** The categorical columns, then the numeric ones. */
  columns: ColumnBins[]
  groups: ColumnGroup[]
}

export interface BinningOptions {
  /** Most bins of a numeric column. */
  bins: number
  seed: number
  /** Threads that are to find work: so many groups at least, where there are columns enough. */
  threads: number
}

/** Histograms of eight columns at 256 bins are 32 KB, a first-level cache. */
const mostNarrow = 8
const mostWide = 4

/** Bins every categorical and numeric column of the encoded rows; sequence fields are not looked at. */
export function binTable(
  memory: SharedMemory,
  table: EncodedTable,
  fields: readonly FieldSpec[],
  options: BinningOptions,
): BinnedTable {
  const columns = columnBins(table, fields, options)
  const narrow = columns.flatMap((column, index) => (column.count <= 256 ? [index] : []))
  const wide = columns.flatMap((column, index) => (column.count > 256 ? [index] : []))
  const share = 4 * Math.ceil(narrow.length / options.threads / 4)
  const fill = new CellFiller(memory, table)
  return {
    rows: table.rows,
    columns,
    groups: [
      ...chunks(narrow, Math.max(4, Math.min(mostNarrow, share))).map(members => fill.group(columns, members, false)),
      ...chunks(wide, mostWide).map(members => fill.group(columns, members, true)),
    ],
  }
}

function columnBins(table: EncodedTable, fields: readonly FieldSpec[], { bins, seed }: BinningOptions): ColumnBins[] {
  const { rows, categorical, numeric } = table
  const columns: ColumnBins[] = []
  const categoricalFields = fields.filter(field => field.type === 'categorical')
  let offset = 0
  for (const [column, { size }] of categoricalFields.entries()) {
    columns.push(categoricalBins(categorical, categoricalFields.length, column, offset, size, bins))
    offset += size
  }
  const width = numeric.length / rows
  const sample = sampleRows(rows, seed)
  for (let column = 0; column < width; column++) columns.push(numericBins(numeric, width, column, sample, bins))
  return columns
}

function chunks(indices: number[], size: number): number[][] {
  return Array.from({ length: Math.ceil(indices.length / size) }, (_, i) => indices.slice(i * size, (i + 1) * size))
}

/** Numbers binned at a time. */
const block = 4096

class CellFiller {
  private readonly kernels
  private readonly numbers
  private readonly bounds

  constructor(
    private readonly memory: SharedMemory,
    private readonly table: EncodedTable,
  ) {
    this.kernels = loadKernels(memory.memory)
    this.numbers = memory.float32(block)
    this.bounds = memory.float32(256)
  }

  group(all: ColumnBins[], columns: number[], wide: boolean): ColumnGroup {
    const width = wide ? columns.length : 4 * Math.ceil(columns.length / 4)
    const length = this.table.rows * width
    const cells = wide ? this.memory.uint16(length) : this.memory.uint8(length)
    for (const [place, index] of columns.entries()) {
      const column = all[index]!
      if (column.kind === 'numeric') this.numeric(cells, place, width, column)
      else this.categorical(cells, place, width, column)
    }
    return { columns, wide, width, cells }
  }

  private numeric(
    cells: Uint8Array | Uint16Array,
    place: number,
    width: number,
    { column, bounds, missing }: NumericBins,
  ) {
    const { rows, numeric } = this.table
    const stride = numeric.length / rows
    this.bounds.fill(Infinity)
    this.bounds.set(bounds)
    for (let begin = 0; begin < rows; begin += block) {
      const count = Math.min(block, rows - begin)
      for (let i = 0, at = begin * stride + column; i < count; i++, at += stride) this.numbers[i] = numeric[at]!
      const target = cells.byteOffset + begin * width + place
      this.kernels.binNumbers(this.numbers.byteOffset, count, this.bounds.byteOffset, missing ?? 0, target, width)
    }
  }

  private categorical(
    cells: Uint8Array | Uint16Array,
    place: number,
    width: number,
    { column, binOf, offset }: CategoricalBins,
  ) {
    const { rows, categorical } = this.table
    const stride = categorical.length / rows
    for (let row = 0, at = place, from = column; row < rows; row++, at += width, from += stride) {
      cells[at] = binOf[categorical[from]! - offset]!
    }
  }
}
