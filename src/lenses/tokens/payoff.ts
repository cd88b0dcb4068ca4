/**
 * What a coalition of rows and columns is worth: of cells [rows, columns] those whose row and column are both there (1). A
 * cell of -Infinity is absent all the same.
 */
export interface Payoff {
  (cells: Float64Array, rows: Uint8Array, columns: Uint8Array): number
}

/** The sum of the cells that are there. */
export const sumOfCells: Payoff = (cells, rows, columns) => {
  let sum = 0
  for (let r = 0; r < rows.length; r++) {
    if (!rows[r]) continue
    for (let c = 0, at = r * columns.length; c < columns.length; c++, at++) {
      if (columns[c] && cells[at]! > -Infinity) sum += cells[at]!
    }
  }
  return sum
}

/**
 * Half the weighted mean over rows of their greatest cell and half that over columns, weights taken in proportion among those
 * that are there (weighted token interaction, Wang et al. 2022); 0 where a side is empty.
 */
export function weightedMaxima(ofRows: ArrayLike<number>, ofColumns: ArrayLike<number>): Payoff {
  const width = ofColumns.length
  const greatest = new Float64Array(width)
  const there = new Int32Array(width)
  return (cells, rows, columns) => {
    let count = 0
    for (let c = 0; c < width; c++) {
      if (!columns[c]) continue
      there[count++] = c
      greatest[c] = -Infinity
    }
    let [sum, total] = [0, 0]
    for (let r = 0; r < rows.length; r++) {
      if (!rows[r]) continue
      let most = -Infinity
      for (let k = 0; k < count; k++) {
        const c = there[k]!
        const cell = cells[r * width + c]!
        if (cell > most) most = cell
        if (cell > greatest[c]!) greatest[c] = cell
      }
      if (most === -Infinity) continue
      sum += ofRows[r]! * most
      total += ofRows[r]!
    }
    const byRows = total > 0 ? sum / total : 0
    ;[sum, total] = [0, 0]
    for (let k = 0; k < count; k++) {
      const c = there[k]!
      if (greatest[c] === -Infinity) continue
      sum += ofColumns[c]! * greatest[c]!
      total += ofColumns[c]!
    }
    return (byRows + (total > 0 ? sum / total : 0)) / 2
  }
}
