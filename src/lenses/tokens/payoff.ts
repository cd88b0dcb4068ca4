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
  return (cells, rows, columns) => {
    const width = columns.length
    const greatest = [new Float64Array(rows.length).fill(-Infinity), new Float64Array(width).fill(-Infinity)] as const
    for (let at = 0; at < cells.length; at++) {
      const [r, c] = [Math.floor(at / width), at % width]
      greatest[0][r] = Math.max(greatest[0][r]!, cells[at]!)
      greatest[1][c] = Math.max(greatest[1][c]!, cells[at]!)
    }
    return (weightedMean(greatest[0], ofRows, rows) + weightedMean(greatest[1], ofColumns, columns)) / 2
  }
}

function weightedMean(values: Float64Array, weights: ArrayLike<number>, there: Uint8Array): number {
  let [sum, total] = [0, 0]
  there.forEach((present, i) => {
    if (!present || values[i] === -Infinity) return
    sum += weights[i]! * values[i]!
    total += weights[i]!
  })
  return total > 0 ? sum / total : 0
}
