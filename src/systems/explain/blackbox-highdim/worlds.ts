import type { Labels } from '../../../lenses/index.ts'
import { Random } from '../../../random/index.ts'

export interface WideRows {
  fields: string[]
  columns: Float64Array[]
  labels: Labels
  classes: string[]
}

/** Columns of the planted world that carry its labels, and noisy copies of the fifth. */
export const relevant = 12
export const copies = 5

/** Log-odds of the planted world, cells from x1. */
export const plantedScore = (x: ArrayLike<number>): number =>
  2 * x[0]! * x[1]! +
  1.5 * Number(x[2]! > 0) * x[3]! -
  x[4]! +
  Math.sin(2 * x[5]!) +
  x[6]! * x[7]! * x[8]! +
  0.5 * (x[9]! + x[10]! - x[11]!)

/** y = 1[planted score + 0.5 noise > 0]; x1 to x12 carry it, five copies of x5 are correlated with it by 0.9, all else is noise. */
export function plantedRows(rows: number, width: number, seed: number): WideRows {
  const random = new Random(seed, 'blackbox-highdim.planted')
  const columns = Array.from({ length: width }, () => new Float64Array(rows).map(() => random.normal()))
  for (let c = relevant; c < relevant + copies; c++)
    columns[c] = columns[c]!.map((noise, r) => 0.9 * columns[4]![r]! + Math.sqrt(1 - 0.81) * noise)
  const values = new Float64Array(rows).map((_, r) => {
    const row = columns.slice(0, relevant).map(column => column[r]!)
    return Number(plantedScore(row) + 0.5 * random.normal() > 0)
  })
  const fields = columns.map((_, c) => {
    if (c < relevant) return `x${c + 1}`
    return c < relevant + copies ? `x5 copy ${c - relevant + 1}` : `noise ${c - relevant - copies + 1}`
  })
  return { fields, columns, labels: { kind: 'binary', values }, classes: ['no', 'yes'] }
}

/** How many of x1 to x12 are among columns, a copy of x5 counting as x5. */
export const recalled = (columns: readonly number[]): number =>
  new Set(columns.map(c => (c >= relevant && c < relevant + copies ? 4 : c)).filter(c => c < relevant)).size

/** Noisy copies of ten patterns of 8 by 8 dots, named by their number. */
export function patternRows(rows: number, seed: number): WideRows {
  const patterns = new Random(seed, 'blackbox-highdim.patterns')
  const dots = Array.from({ length: 10 }, () => Float64Array.from({ length: 64 }, () => patterns.integer(2)))
  const random = new Random(seed, 'blackbox-highdim.dots')
  const values = new Float64Array(rows).map(() => random.integer(10))
  const columns = Array.from({ length: 64 }, (_, c) => values.map(own => dots[own]![c]! + 0.6 * random.normal()))
  const fields = columns.map((_, c) => `row ${Math.floor(c / 8) + 1} dot ${(c % 8) + 1}`)
  return { fields, columns, labels: { kind: 'binary', values }, classes: dots.map((_, k) => `pattern ${k}`) }
}

/** Columns of 0 and 1 of which one in twenty is 1; y follows two of them and the product of two more that are commoner. */
export function sparseRows(rows: number, width: number, seed: number): WideRows {
  const random = new Random(seed, 'blackbox-highdim.sparse')
  const columns = Array.from({ length: width }, (_, c) => {
    const share = c < 4 ? 0.5 : 0.05
    return new Float64Array(rows).map(() => Number(random.uniform() < share))
  })
  const [a, b, c, d] = columns as [Float64Array, Float64Array, Float64Array, Float64Array]
  const values = a.map((own, r) => Number(own + b[r]! + 2 * c[r]! * d[r]! - 1.5 + 0.3 * random.normal() > 0))
  const fields = columns.map((_, k) => `word ${k + 1}`)
  return { fields, columns, labels: { kind: 'binary', values }, classes: ['no', 'yes'] }
}
