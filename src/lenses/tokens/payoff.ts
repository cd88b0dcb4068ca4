/** What a coalition of rows and columns of a map of cells is worth; absent cells are -Infinity. */
export interface Payoff {
  (cells: Float64Array, rows: Uint8Array, columns: Uint8Array): number
}

/** The sum of the cells that are there. */
export const sumOfCells: Payoff = cells => {
  let sum = 0
  for (const cell of cells) if (cell > -Infinity) sum += cell
  return sum
}

/**
 * Half the weighted mean over rows of their greatest cell and half that over columns, weights taken in proportion among those
 * that are there (weighted token interaction, Wang et al. 2022); 0 where a side is empty.
 */
export function weightedMaxima(ofRows: ArrayLike<number>, ofColumns: ArrayLike<number>): Payoff {
  const greatestOfRows = new Float64Array(ofRows.length)
  const greatestOfColumns = new Float64Array(ofColumns.length)
  return (cells, rows, columns) => {
    greatestOfRows.fill(-Infinity)
    greatestOfColumns.fill(-Infinity)
    for (let r = 0; r < rows.length; r++) {
      if (!rows[r]) continue
      for (let c = 0, at = r * columns.length; c < columns.length; c++, at++) {
        const cell = cells[at]!
        if (cell > greatestOfRows[r]!) greatestOfRows[r] = cell
        if (cell > greatestOfColumns[c]!) greatestOfColumns[c] = cell
      }
    }
    return (weightedMean(greatestOfRows, ofRows, rows) + weightedMean(greatestOfColumns, ofColumns, columns)) / 2
  }
}

function weightedMean(values: Float64Array, weights: ArrayLike<number>, there: Uint8Array): number {
  let [sum, total] = [0, 0]
  for (let i = 0; i < there.length; i++) {
    if (!there[i] || values[i] === -Infinity) continue
    sum += weights[i]! * values[i]!
    total += weights[i]!
  }
  return total > 0 ? sum / total : 0
}
