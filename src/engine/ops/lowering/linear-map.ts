import { multiplyDimensions, type Dimension } from '../../dimension.ts'
import type { Tensor } from '../../tensor.ts'

/** Maps the vectors along one axis by `matrix` [m, n]: that axis' extent n becomes m. */
export function along(x: Tensor, axis: number, matrix: Tensor): Tensor {
  if (axis === x.rank - 1) return x.matmul(matrix, { transposeB: true })
  const product = (extents: readonly Dimension[]) => extents.reduce(multiplyDimensions, 1)
  const [before, after] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)]
  const y = matrix.matmul(x.reshape([product(before), x.shape[axis]!, product(after)]))
  return y.reshape([...before, matrix.shape[0]!, ...after])
}
