/** The effect of two fields together and apart, on a grid of their values or bins. */
export interface PairGrid {
  fields: [string, string]
  kinds: ['numeric' | 'categorical', 'numeric' | 'categorical']
  /** Values, or bin labels in order, of each field. */
  values: [string[], string[]]
  /** [first, second] row-major: mean output with both fields set, less the mean output. */
  joint: number[]
  /** [first, second] the sum of the two separate effects. */
  separate: number[]
  /** [first, second] rows in the cell. */
  rows: number[]
  /** [first, second] 95% interval of joint less separate, where known. */
  low?: (number | null)[]
  high?: (number | null)[]
  /** `log-odds`, `probability` or the target's unit. */
  units: string
}

export interface PairCell {
  a: string
  b: string
  joint: number
  beyond: number
  low: number | null
  high: number | null
  rows: number
}

/** Cells with fewer rows are drawn as outlines: too few to read. */
export const readableRows = 20

export const pairCells = (grid: PairGrid): PairCell[] =>
  grid.values[0].flatMap((a, i) =>
    grid.values[1].map((b, j) => {
      const at = i * grid.values[1].length + j
      return {
        a,
        b,
        joint: grid.joint[at]!,
        beyond: grid.joint[at]! - grid.separate[at]!,
        low: grid.low?.[at] ?? null,
        high: grid.high?.[at] ?? null,
        rows: grid.rows[at]!,
      }
    }),
  )

/**
 * The same grid with at most `limit` values of each categorical field; the rest, by rows, are one value `other` whose
 * effects are row-weighted means. Intervals of merged cells are unknown.
 */
export function foldRareValues(grid: PairGrid, limit = 12): PairGrid {
  return fold(transpose(fold(transpose(grid), limit)), limit)
}

function fold(grid: PairGrid, limit: number): PairGrid {
  const [values, across] = grid.values
  if (grid.kinds[0] === 'numeric' || values.length <= limit + 1) return grid
  const width = across.length
  const total = values.map((_, i) => grid.rows.slice(i * width, (i + 1) * width).reduce((sum, rows) => sum + rows, 0))
  const kept = total
    .map((_, i) => i)
    .sort((a, b) => total[b]! - total[a]!)
    .slice(0, limit)
    .sort((a, b) => a - b)
  const rest = values.map((_, i) => i).filter(i => !kept.includes(i))
  const merged = (numbers: number[], weighted: boolean) =>
    across.map((_, j) => {
      const rows = rest.reduce((sum, i) => sum + grid.rows[i * width + j]!, 0)
      const sum = rest.reduce((all, i) => all + numbers[i * width + j]! * (weighted ? grid.rows[i * width + j]! : 1), 0)
      return weighted ? (rows === 0 ? 0 : sum / rows) : sum
    })
  const pick = <T>(numbers: T[]) => kept.flatMap(i => numbers.slice(i * width, (i + 1) * width))
  const unknown = across.map(() => null)
  return {
    ...grid,
    values: [[...kept.map(i => values[i]!), `${rest.length} others`], across],
    joint: [...pick(grid.joint), ...merged(grid.joint, true)],
    separate: [...pick(grid.separate), ...merged(grid.separate, true)],
    rows: [...pick(grid.rows), ...merged(grid.rows, false)],
    low: grid.low && [...pick(grid.low), ...unknown],
    high: grid.high && [...pick(grid.high), ...unknown],
  }
}

/** The same grid with its fields in the other order. */
export function transpose(grid: PairGrid): PairGrid {
  const [height, width] = grid.values.map(list => list.length) as [number, number]
  const turn = <T>(numbers: T[]) =>
    Array.from({ length: height * width }, (_, at) => numbers[(at % height) * width + Math.floor(at / height)]!)
  return {
    ...grid,
    fields: [grid.fields[1], grid.fields[0]],
    kinds: [grid.kinds[1], grid.kinds[0]],
    values: [grid.values[1], grid.values[0]],
    joint: turn(grid.joint),
    separate: turn(grid.separate),
    rows: turn(grid.rows),
    low: grid.low && turn(grid.low),
    high: grid.high && turn(grid.high),
  }
}
