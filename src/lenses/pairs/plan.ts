/** How a budget of predictions is spent. */
export interface Plan {
  /** Rows looked at, and donors of replacement cells each of them is given. */
  rows: number
  donors: number
  /** Fields whose pairs are screened (the strongest ones), and rows of a screening. */
  screenedFields: number
  screeningRows: number
  /** Pairs that can be measured on all rows and donors. */
  refinedPairs: number
}

const leastRows = 200
const leastScreeningRows = 16

/**
 * Spends `budget` predictions: on all pairs alike where that leaves at least 200 rows (or all there are); else a quarter
 * goes to the single fields, a quarter to screening the pairs on few rows, and the rest to the strongest of them. Where
 * even 16 rows a pair are too many, only the pairs among the strongest fields are screened.
 */
export function planBudget(budget: number, rowsAtHand: number, fields: number, donors: number): Plan {
  const pairs = (fields * (fields - 1)) / 2
  const even = Math.floor(budget / (1 + donors * (fields + pairs)))
  if (even >= Math.min(rowsAtHand, leastRows)) {
    const rows = Math.min(rowsAtHand, even)
    return { rows, donors, screenedFields: fields, screeningRows: rows, refinedPairs: pairs }
  }
  const quarter = budget / 4
  const rows = Math.max(2, Math.min(rowsAtHand, Math.floor(quarter / (1 + donors * fields))))
  let screenedFields = fields
  while (screenedFields > 2 && ((screenedFields * (screenedFields - 1)) / 2) * leastScreeningRows > quarter)
    screenedFields--
  const screenedPairs = (screenedFields * (screenedFields - 1)) / 2
  const screeningRows = Math.min(rows, Math.max(2, Math.floor(quarter / screenedPairs)))
  const spent = rows * (1 + donors * fields) + screenedPairs * screeningRows
  const refinedPairs = Math.max(1, Math.min(screenedPairs, Math.floor((budget - spent) / (donors * rows))))
  return { rows, donors, screenedFields, screeningRows, refinedPairs }
}
