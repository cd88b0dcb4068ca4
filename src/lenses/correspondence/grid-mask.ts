import { InterplayError } from '../../errors/index.ts'

/** [cells], row-major: 1 where a person lets the model look. */
export type GridMask = Uint8Array

/** @throws InterplayError `data/mask` where it has another shape, is not of 0 and 1, or selects nothing */
export function checkMask(mask: ArrayLike<number>, cells: number): void {
  const refuse = (what: string) =>
    new InterplayError('data/mask', what, { try: `${cells} numbers, 0 or 1, row by row` })
  if (mask.length !== cells) throw refuse(`the mask has ${mask.length} cells, the image ${cells}`)
  const values = Array.from(mask)
  const odd = values.findIndex(value => value !== 0 && value !== 1)
  if (odd >= 0) throw refuse(`cell ${odd + 1} of the mask is ${values[odd]}`)
  if (!values.includes(1)) throw refuse('the mask selects no cell')
}

/** The mask with some cells switched over. */
export const toggled = (mask: GridMask, cells: readonly number[]): GridMask =>
  mask.map((value, cell) => (cells.includes(cell) ? 1 - value : value))

/** Cells whose middle, corners or sides' middles lie inside, by x and y from 0 to 1. */
export function cellsInside(inside: (x: number, y: number) => boolean, rows: number, columns: number): GridMask {
  const steps = [0, 0.5, 1]
  return Uint8Array.from({ length: rows * columns }, (_, cell) => {
    const [row, column] = [Math.floor(cell / columns), cell % columns]
    return Number(steps.some(dy => steps.some(dx => inside((column + dx) / columns, (row + dy) / rows))))
  })
}
