import { InterplayError } from '../../errors/index.ts'

/** Features of the cells of an image. */
export interface CellFeatures {
  channels: number
  rows: number
  columns: number
  /** [channels, rows, columns] */
  values: ArrayLike<number>
}

export const cellsOf = ({ rows, columns }: Pick<CellFeatures, 'rows' | 'columns'>): number => rows * columns

/** Cosines of every cell of one image with every cell of another, [cells, cells]; 0 where a cell has no features. */
export function cellCosines(source: CellFeatures, target: CellFeatures): Float64Array {
  checkAlike(source, target)
  const [from, to] = [lengthsOf(source), lengthsOf(target)]
  const cosines = new Float64Array(from.length * to.length)
  for (let channel = 0; channel < source.channels; channel++) {
    for (let a = 0; a < from.length; a++) {
      const value = source.values[channel * from.length + a]!
      if (value === 0) continue
      for (let b = 0; b < to.length; b++) cosines[a * to.length + b]! += value * target.values[channel * to.length + b]!
    }
  }
  return cosines.map((product, at) => {
    const length = from[Math.floor(at / to.length)]! * to[at % to.length]!
    return length > 0 ? product / length : 0
  })
}

function lengthsOf(features: CellFeatures): Float64Array {
  const cells = cellsOf(features)
  const squares = new Float64Array(cells)
  for (let at = 0; at < features.values.length; at++) squares[at % cells]! += features.values[at]! ** 2
  return squares.map(Math.sqrt)
}

function checkAlike(source: CellFeatures, target: CellFeatures): void {
  if (source.channels === target.channels) return
  throw new InterplayError('shape/mismatch', `features of ${source.channels} and of ${target.channels} channels`)
}
