import { InterplayError } from '../../errors/index.ts'
import { cellCosines, cellsOf, type CellFeatures } from './cells.ts'

/** Which cell of another image each cell of an image lies on. */
export interface Correspondence {
  /** [cells] */
  target: Int32Array
  /** [cells], 1 where the other image's cell chooses this one in turn. */
  mutual: Uint8Array
}

/** Each cell to the one of greatest cosine, the first among equals. */
export function nearestCells(source: CellFeatures, target: CellFeatures): Correspondence {
  const cosines = cellCosines(source, target)
  const [from, to] = [cellsOf(source), cellsOf(target)]
  const chosen = new Int32Array(from)
  const back = new Int32Array(to)
  for (let a = 0; a < from; a++)
    for (let b = 0; b < to; b++) {
      const cosine = cosines[a * to + b]!
      if (cosine > cosines[a * to + chosen[a]!]!) chosen[a] = b
      if (cosine > cosines[back[b]! * to + b]!) back[b] = a
    }
  return { target: chosen, mutual: Uint8Array.from(chosen, (b, a) => Number(back[b] === a)) }
}

/** Cells that points lie in: `points` [n, 2] are x and y from -1 to 1, the far edge counted to the last cell. */
export function cellsAt(
  points: ArrayLike<number>,
  { rows, columns }: Pick<CellFeatures, 'rows' | 'columns'>,
): Int32Array {
  const place = (value: number, extent: number) => {
    if (!(value >= -1 && value <= 1))
      throw new InterplayError('data/out-of-range', `a point lies at ${value}, outside of -1 to 1`)
    return Math.min(extent - 1, Math.floor(((value + 1) / 2) * extent))
  }
  return Int32Array.from(
    { length: points.length / 2 },
    (_, i) => place(points[2 * i + 1]!, rows) * columns + place(points[2 * i]!, columns),
  )
}
