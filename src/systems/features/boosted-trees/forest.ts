import type { EncodedTable } from '../../../data/table/encoded.ts'
import type { Tree } from './tree.ts'

/** Rows walked through all trees before the next ones, so that their cells stay in cache. */
const blockRows = 256

/**
 * Trees laid out in flat arrays for walking. Category sets are bit sets over the ids that any set of their column
 * names, so their size does not grow with the vocabulary.
 */
export class Forest {
  private readonly roots: number[] = []
  /** Categorical columns first, then the numeric ones. */
  private readonly column: Int32Array
  private readonly threshold: Float32Array
  private readonly missingLeft: Uint8Array
  private readonly left: Int32Array
  private readonly right: Int32Array
  private readonly setStart: Int32Array
  private readonly sets: Uint32Array
  private readonly values: Float32Array
  private readonly codes: Map<number, number>[]
  private readonly tables: (Int32Array | undefined)[]

  /** `categoricalColumns` is the width of the encoded rows' categorical part. */
  constructor(
    trees: readonly Tree[],
    private readonly categoricalColumns: number,
  ) {
    const nodes = trees.flatMap(tree => tree.nodes)
    this.codes = categoryCodes(trees, categoricalColumns)
    this.tables = this.codes.map(codeTable)
    this.column = Int32Array.from(nodes, node => (node.kind === 'numeric' ? categoricalColumns : 0) + node.column)
    this.threshold = Float32Array.from(nodes, node => (node.kind === 'numeric' ? node.threshold : 0))
    this.missingLeft = Uint8Array.from(nodes, node => (node.kind === 'numeric' && node.missingLeft ? 1 : 0))
    this.left = new Int32Array(nodes.length)
    this.right = new Int32Array(nodes.length)
    this.setStart = new Int32Array(nodes.length)
    this.values = Float32Array.from(trees.flatMap(tree => Array.from(tree.values)))
    this.sets = this.writeSets(trees)
    this.link(trees)
  }

  /**
   * Adds to `scores` [outputs, rows] what the trees say of the rows: tree t to output t modulo `outputs`. With `only`,
   * of these rows alone.
   */
  addTo(scores: Float64Array, table: EncodedTable, outputs: number, only?: Int32Array) {
    const rows = only?.length ?? table.rows
    const { categoricalColumns: wide } = this
    const numericColumns = table.numeric.length / table.rows
    const codes = new Int32Array(blockRows * wide)
    const numeric = new Float32Array(blockRows * numericColumns)
    for (let begin = 0; begin < rows; begin += blockRows) {
      const count = Math.min(blockRows, rows - begin)
      for (let i = 0; i < count; i++) {
        const row = only ? only[begin + i]! : begin + i
        for (let k = 0; k < wide; k++) codes[i * wide + k] = this.code(k, table.categorical[row * wide + k]!)
        for (let k = 0; k < numericColumns; k++)
          numeric[i * numericColumns + k] = table.numeric[row * numericColumns + k]!
      }
      for (let tree = 0; tree < this.roots.length; tree++) {
        const start = (tree % outputs) * table.rows
        for (let i = 0; i < count; i++) {
          const row = only ? only[begin + i]! : begin + i
          scores[start + row]! +=
            this.values[this.walk(this.roots[tree]!, codes, i * wide, numeric, i * numericColumns)]!
        }
      }
    }
  }

  private walk(root: number, codes: Int32Array, firstCode: number, numeric: Float32Array, firstNumber: number): number {
    const { column, threshold, missingLeft, left, right, setStart, sets, categoricalColumns } = this
    let at = root
    while (at >= 0) {
      const k = column[at]!
      let goesLeft: boolean
      if (k < categoricalColumns) {
        const code = codes[firstCode + k]!
        goesLeft = ((sets[setStart[at]! + (code >>> 5)]! >>> (code & 31)) & 1) === 1
      } else {
        const value = numeric[firstNumber + k - categoricalColumns]!
        goesLeft = value === value ? value <= threshold[at]! : missingLeft[at] === 1
      }
      at = goesLeft ? left[at]! : right[at]!
    }
    return ~at
  }

  private code(column: number, id: number): number {
    const table = this.tables[column]
    return table ? (table[id] ?? 0) : (this.codes[column]!.get(id) ?? 0)
  }

  private writeSets(trees: readonly Tree[]): Uint32Array {
    const sets: number[] = []
    let at = 0
    for (const node of trees.flatMap(tree => tree.nodes)) {
      this.setStart[at++] = sets.length
      if (node.kind === 'numeric') continue
      const codes = this.codes[node.column]!
      const words = new Uint32Array((codes.size + 32) >>> 5)
      for (const id of node.ids) {
        const code = codes.get(id)!
        words[code >>> 5]! |= 1 << (code & 31)
      }
      sets.push(...words)
    }
    return Uint32Array.from(sets)
  }

  private link(trees: readonly Tree[]) {
    let firstNode = 0
    let firstLeaf = 0
    for (const { nodes, values } of trees) {
      const place = (child: number) => (child < 0 ? child - firstLeaf : firstNode + child)
      this.roots.push(nodes.length > 0 ? firstNode : ~firstLeaf)
      for (const [i, { left, right }] of nodes.entries()) {
        this.left[firstNode + i] = place(left)
        this.right[firstNode + i] = place(right)
      }
      firstNode += nodes.length
      firstLeaf += values.length
    }
  }
}

/** Per column, a number from 1 for every id that a set names; 0 is every other id. */
function categoryCodes(trees: readonly Tree[], columns: number): Map<number, number>[] {
  const codes = Array.from({ length: columns }, () => new Map<number, number>())
  for (const { nodes } of trees) {
    for (const node of nodes) {
      if (node.kind === 'numeric') continue
      const own = codes[node.column]!
      for (const id of node.ids) if (!own.has(id)) own.set(id, own.size + 1)
    }
  }
  return codes
}

/** The codes as an array where the greatest id is small enough for one. */
function codeTable(codes: Map<number, number>): Int32Array | undefined {
  let greatest = -1
  for (const id of codes.keys()) greatest = Math.max(greatest, id)
  if (greatest >= 1 << 24) return undefined
  const table = new Int32Array(greatest + 1)
  for (const [id, code] of codes) table[id] = code
  return table
}
