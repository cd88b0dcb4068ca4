import { concat, constant, type Tensor } from '../../../engine/index.ts'
import type { Convolution } from '../../../nn/index.ts'

/**
 * A convolution of span x 1 and stride 1 that keeps the height: [inputs, fields, N] to [outputs, fields, N]. It is one
 * product with the banded matrix of its weights: a span covers most of the fields, so the band is most of the matrix.
 */
export function convolvedAlongFields(x: Tensor, { weight, bias }: Convolution): Tensor {
  const [inputs, fields] = x.shape as [number, number]
  const [outputs, , span] = weight.shape as [number, number, number]
  const taps = new Int32Array(fields * fields)
  for (let to = 0; to < fields; to++) {
    for (let from = 0; from < fields; from++) {
      const tap = from - to + (span - 1) / 2
      taps[to * fields + from] = tap >= 0 && tap < span ? tap : span
    }
  }
  const kernels = weight.reshape([outputs, inputs, span])
  const withNone = concat([kernels, kernels.slice(2, 0, 1).zerosLike()], 2)
  const band = withNone
    .gather(constant(taps, [taps.length], 'int32'), 2)
    .reshape([outputs, inputs, fields, fields])
    .transpose([0, 2, 1, 3])
    .reshape([outputs * fields, inputs * fields])
  const patterns = band.matmul(x.reshape([inputs * fields, -1])).reshape([outputs, fields, -1])
  return bias ? patterns.add(bias.reshape([outputs, 1, 1])) : patterns
}

/**
 * Largest of each `pooling` rows: [channels, fields, N] to [channels, ceil(fields / pooling), N]. Rows left over stand alone:
 * the first at pooling 2, as padding on both sides makes it in the published code; the last for larger pooling.
 */
export function pooledAlongFields(x: Tensor, pooling: number): Tensor {
  const fields = x.shape[1] as number
  const over = fields % pooling
  if (over === 0) return largestOf(x, pooling)
  const whole = fields - over
  if (whole === 0) return largestOf(x, over)
  if (pooling === 2) {
    const [first, rest] = x.split([over, whole], 1)
    return concat([first!, largestOf(rest!, pooling)], 1)
  }
  const [rest, last] = x.split([whole, over], 1)
  return concat([largestOf(rest!, pooling), largestOf(last!, over)], 1)
}

/** [channels, windows x size, N] to [channels, windows, N]; of equals the first is taken. */
function largestOf(x: Tensor, size: number): Tensor {
  const [channels, rows] = x.shape as [number, number]
  const windows = x.reshape([channels, rows / size, size, -1])
  const [first, ...others] = windows.split(new Array<number>(size).fill(1), 2)
  return others
    .reduce((largest, other) => largest.greaterOrEqual(other).where(largest, other), first!)
    .reshape([channels, rows / size, -1])
}
