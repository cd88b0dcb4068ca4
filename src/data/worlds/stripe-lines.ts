/** Which way stripes run. */
export const stripeDirections = ['across', 'down', 'rising', 'falling'] as const

const period = 3
/** The line that a pixel of a patch lies on. */
const lines = [
  (row: number, _column: number) => row,
  (_row: number, column: number) => column,
  (row: number, column: number) => row + column,
  (row: number, column: number, side: number) => row - column + side,
]

/** How far stripes of one bright line in three may be shifted: 0 .. 2. */
export const phases = period

/** Whether a pixel of a patch of `side` lies on a bright line: one in three is. */
export const isBright = (direction: number, row: number, column: number, side: number, phase: number): boolean =>
  (lines[direction]!(row, column, side) + phase) % period === 0
