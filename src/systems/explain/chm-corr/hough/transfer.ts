import { constant, type Tensor } from '../../../../engine/index.ts'

/** Deviation in cells of the Gaussian about where a cell's votes are greatest. */
const deviation = 17
/** Cells nearer than this to a point, in units of half an image, speak for it; of coarse grids at least the next ones do. */
const reachOf = (side: number): number => Math.max(0.1, 2 / (side - 1))

/**
 * Where points of one image lie in the other by votes [B, side^2, side^2]: `points` [n, 2], x and y from -1 to 1, to
 * [B, n, 2]. A cell's place is the mean over its votes, softmaxed after a Gaussian about the greatest; a point's is the mean of
 * the cells about it.
 */
export function transferPoints(
  votes: Tensor,
  points: readonly (readonly [x: number, y: number])[],
  { reach }: { reach?: number } = {},
): Tensor {
  const cells = votes.shape[1] as number
  const side = Math.sqrt(cells)
  const numbers = Array.from({ length: cells }, (_, cell) => cell)
  const [row, column] = [numbers.map(cell => Math.floor(cell / side)), numbers.map(cell => cell % side)]
  const centre = votes.argMax(2).cast('float32').stopGradient()
  const centreRow = centre.add(0.5).div(side).floor()
  const centreColumn = centre.sub(centreRow.mul(side))
  const away = (places: number[], from: Tensor) => constant(places, [cells]).sub(from.unsqueeze(2)).square()
  const near = away(row, centreRow)
    .add(away(column, centreColumn))
    .mul(-1 / (2 * deviation ** 2))
    .exp()
  const places = numbers.flatMap(cell => [placeOf(column[cell]!, side), placeOf(row[cell]!, side)])
  const found = votes
    .mul(near)
    .softmax(2)
    .matmul(constant(places, [cells, 2]))
  const weights = points.flatMap(point => weightsAbout(point, side, reach ?? reachOf(side)))
  return constant(weights, [points.length, cells]).matmul(found)
}

const placeOf = (index: number, side: number): number => (2 * index) / (side - 1) - 1

/** What each cell's place counts for a point: how much nearer than the reach it is. */
function weightsAbout([x, y]: readonly [number, number], side: number, reach: number): number[] {
  const weights = Array.from({ length: side * side }, (_, cell) => {
    const [dx, dy] = [placeOf(cell % side, side) - x, placeOf(Math.floor(cell / side), side) - y]
    return Math.max(0, reach - Math.sqrt(dx * dx + dy * dy + 1e-5))
  })
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map(weight => weight / total)
}
