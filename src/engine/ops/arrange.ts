import { InterplayError } from '../../errors/index.ts'
import { multiplyDimensions, spellShape } from '../dimension.ts'
import { constant, normalAxis, type Tensor } from '../tensor.ts'
import { where } from './elementwise.ts'
import { concat } from './shape.ts'

/** The elements moved on by `shift` positions along one axis; those that fall off the end come in at the start. */
export function roll(x: Tensor, shift: number, axis = -1): Tensor {
  const along = normalAxis('Roll', axis, x.rank)
  const extent = x.shape[along]!
  const by = typeof extent === 'number' ? ((shift % extent) + extent) % extent : shift
  if (by === 0) return x
  return concat([x.slice(along, -by), x.slice(along, 0, -by)], along)
}

/** The whole repeated so many times along each of the last axes: [a, b] twice is [a, b, a, b]. */
export function tile(x: Tensor, times: readonly number[]): Tensor {
  if (times.length > x.rank) return tile(x.unsqueeze(0), times)
  return times.reduce((y, count, i) => copies(y, count, x.rank - times.length + i, 'before'), x)
}

/** Each element repeated so many times along one axis: [a, b] twice is [a, a, b, b]. */
export const repeat = (x: Tensor, times: number, axis = -1): Tensor =>
  copies(x, times, normalAxis('Repeat', axis, x.rank), 'after')

function copies(x: Tensor, count: number, axis: number, side: 'before' | 'after'): Tensor {
  if (count === 1) return x
  if (!Number.isInteger(count) || count < 1) {
    throw new InterplayError('shape/mismatch', `Tile: takes whole numbers from 1 up, got ${count}`)
  }
  const place = side === 'before' ? axis : axis + 1
  const apart = x.unsqueeze(place)
  const many = apart.expand(apart.shape.with(place, count), [x])
  return many.reshape(x.shape.with(axis, multiplyDimensions(x.shape[axis]!, count)))
}

/** The mask of a triangle of the last two axes. */
function triangle(operator: string, x: Tensor, inside: (row: number, column: number) => boolean): Tensor {
  const [rows, columns] = x.shape.slice(-2)
  if (typeof rows !== 'number' || typeof columns !== 'number') {
    throw new InterplayError(
      'shape/mismatch',
      `${operator}: needs matrices of known extents, got ${spellShape(x.shape)}`,
    )
  }
  const mask = Uint8Array.from({ length: rows * columns }, (_, i) =>
    Number(inside(Math.floor(i / columns), i % columns)),
  )
  return where(constant(mask, [rows, columns], 'bool'), x, 0)
}

/** Zeros above the diagonal of the last two axes; `diagonal` moves it up. */
export const lowerTriangle = (x: Tensor, diagonal = 0): Tensor =>
  triangle('LowerTriangle', x, (row, column) => column <= row + diagonal)

/** Zeros below the diagonal of the last two axes; `diagonal` moves it up. */
export const upperTriangle = (x: Tensor, diagonal = 0): Tensor =>
  triangle('UpperTriangle', x, (row, column) => column >= row + diagonal)
