const mostSweeps = 1000

/** What each row and each column of a kernel is multiplied by. */
export interface Scales {
  rowScales: Float64Array
  columnScales: Float64Array
}

/**
 * The table nearest to a kernel, in relative entropy, that has these sums of rows and columns: the kernel with each row and
 * column scaled (Sinkhorn 1964; Csiszár 1975). Cells that are 0 stay 0. Both lists of sums must have the same total.
 * `start` are scales to begin from.
 */
export function sinkhorn(
  kernel: Float64Array,
  rowSums: Float64Array,
  columnSums: Float64Array,
  { tolerance = 1e-10, start }: { tolerance?: number; start?: Scales } = {},
): Scales & { table: Float64Array } {
  const [rows, columns] = [rowSums.length, columnSums.length]
  const rowScales = start ? Float64Array.from(start.rowScales) : new Float64Array(rows).fill(1)
  const columnScales = start ? Float64Array.from(start.columnScales) : new Float64Array(columns).fill(1)
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let worst = 0
    for (let i = 0; i < rows; i++) {
      let sum = 0
      for (let j = 0; j < columns; j++) sum += kernel[i * columns + j]! * columnScales[j]!
      worst = Math.max(worst, Math.abs(sum * rowScales[i]! - rowSums[i]!))
      rowScales[i] = sum > 0 ? rowSums[i]! / sum : 0
    }
    if (sweep > 0 && worst < tolerance) break
    for (let j = 0; j < columns; j++) {
      let sum = 0
      for (let i = 0; i < rows; i++) sum += kernel[i * columns + j]! * rowScales[i]!
      columnScales[j] = sum > 0 ? columnSums[j]! / sum : 0
    }
  }
  const table = kernel.map(
    (value, cell) => value * rowScales[Math.floor(cell / columns)]! * columnScales[cell % columns]!,
  )
  return { table, rowScales, columnScales }
}
