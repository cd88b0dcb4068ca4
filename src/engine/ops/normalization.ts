import { InterplayError } from '../../errors/index.ts'
import { spellShape } from '../dimension.ts'
import { constant, Node, type Operator, type Tensor } from '../tensor.ts'
import { gemm } from './matmul.ts'

const layerNormOperator: Operator = {
  name: 'LayerNormalization',
  gradient: ({ inputs: [x, scale, bias], outputs: [, mean, inverse] }, [d, ...statistics]) => {
    const centred = x!.sub(mean!)
    const parts = statisticsGradient(x!, centred, inverse!, statistics)
    if (!d) return [parts.reduce((sum, part) => sum.add(part)), undefined, undefined]
    // with g = d scale and h = centred inverse: inverse (g - mean of g - h mean of g h), the means straight from d
    const along = d.mul(centred)
    const back = centred.mul(rowMean(along, scale).mul(cube(inverse!)))
    const dx = parts.reduce((sum, part) => sum.add(part), d.mul(scale!).sub(rowMean(d, scale)).mul(inverse!).sub(back))
    return [dx, weightedRows(along, inverse!), bias && d.sumTo(bias.shape)]
  },
}

/** What the mean and the inverse deviation, which a second derivative reads, send back to `x`. */
function statisticsGradient(
  x: Tensor,
  centred: Tensor,
  inverse: Tensor,
  [dMean, dInverse]: readonly (Tensor | undefined)[],
) {
  const count = x.countOf(-1)
  return [
    ...(dMean ? [dMean.div(count).expandLike(x)] : []),
    ...(dInverse ? [dInverse.mul(cube(inverse)).div(count).neg().mul(centred)] : []),
  ]
}

/** Faster than the runtime's power. */
const cube = (x: Tensor): Tensor => x.mul(x).mul(x)

/** Sum over all rows of `x` [..., C], each times its weight [..., 1]: [C]. */
function weightedRows(x: Tensor, weights: Tensor): Tensor {
  const width = x.shape.at(-1)!
  return gemm(weights.reshape([-1, 1]), x.reshape([-1, width]), undefined, { transposeA: true }).reshape([width])
}

/**
 * Mean over the last axis, kept, of `x` or of `x` times `weights` [C], as a product with a column: faster than the
 * reduction kernel on short rows.
 */
function rowMean(x: Tensor, weights?: Tensor): Tensor {
  const width = x.shape.at(-1)!
  if (typeof width !== 'number') return (weights ? x.mul(weights) : x).mean(-1, { keep: true })
  if (weights) return x.matmul(weights.reshape([width, 1]).div(width))
  return x.matmul(constant(1 / width, [], x.dtype).expand([width, 1]))
}

/** (x - mean) / sqrt(variance + epsilon) over the last axis, times `scale` [C], plus `bias` [C]. */
export function layerNorm(x: Tensor, scale: Tensor, bias?: Tensor, epsilon = 1e-5): Tensor {
  // In float64 the runtime's operator answers its statistics in float32.
  if (x.dtype === 'float64') {
    const y = standardize(x, [-1], epsilon).mul(scale)
    return bias ? y.add(bias) : y
  }
  const attributes = { axis: { type: 'int', value: -1 }, epsilon: { type: 'float', value: epsilon } } as const
  const statistics = { dtype: x.dtype, shape: [...x.shape.slice(0, -1), 1] }
  const types = [{ dtype: x.dtype, shape: x.shape }, statistics, statistics]
  return new Node(layerNormOperator, bias ? [x, scale, bias] : [x, scale], attributes, types).outputs[0]!
}

export interface BatchStatistics {
  /** Normalised, scaled and shifted; the shape of the input. */
  y: Tensor
  /** [C] mean over the batch. */
  mean: Tensor
  /** [C] biased variance over the batch. */
  variance: Tensor
  /** Elements per channel, a scalar. */
  count: Tensor
}

/**
 * Batch normalisation with the batch's own statistics; channels are the last axis of a matrix [N, C], else axis 1.
 * Decomposed, since the runtime's operator does not return what it computed.
 */
export function batchNorm(x: Tensor, scale: Tensor, bias: Tensor, epsilon = 1e-5): BatchStatistics {
  const axes = x.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]))
  const channel = x.rank === 2 ? scale.shape : [scale.shape[0]!, ...Array<number>(x.rank - 2).fill(1)]
  const count = x.countOf(axes)
  const perChannel = (values: Tensor) => values.sum(axes, { keep: true })
  const mean = perChannel(x).div(count)
  const centred = x.sub(mean)
  const variance = perChannel(centred.mul(centred)).div(count)
  const inverse = variance.add(epsilon).sqrt().reciprocal()
  const h = centred.mul(inverse)
  const gain = scale.reshape(channel)
  const y = h
    .mul(gain)
    .add(bias.reshape(channel))
    .withGradient([x, scale, bias], d => {
      const dBias = perChannel(d)
      const dScale = perChannel(d.mul(h))
      const dx = inverse.mul(gain).mul(d.sub(dBias.div(count)).sub(h.mul(dScale.div(count))))
      return [dx, dScale.reshape(scale.shape), dBias.reshape(bias.shape)]
    })
  return { y, mean: mean.reshape(scale.shape), variance: variance.reshape(scale.shape), count }
}

/**
 * Batch normalisation of x W^T + b, x [N, K], `weight` [C, K]: what `batchNorm` of `linear` answers, in half the passes
 * over [N, C]. The mean is taken off inside the product, from the mean of `x`; its gradient and the channels' scales
 * are likewise folded into the small matrices. `bias` moves only the mean, so it gets no gradient.
 */
export function linearBatchNorm(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | undefined,
  scale: Tensor,
  shift: Tensor,
  epsilon = 1e-5,
): BatchStatistics {
  const outputs = weight.shape[0]!
  const count = x.countOf(0)
  const row = (values: Tensor) => values.reshape([1, outputs])
  const meanInput = x.sum(0, { keep: true }).div(count)
  const offset = gemm(meanInput, weight, undefined, { transposeB: true })
  const centred = gemm(x, weight, offset.neg(), { transposeB: true })
  const variance = centred.mul(centred).sum(0, { keep: true }).div(count)
  const inverse = variance.add(epsilon).sqrt().reciprocal()
  const gain = inverse.mul(row(scale))
  const y = centred
    .mul(gain)
    .add(row(shift))
    .withGradient([x, weight, scale, shift], d => {
      const dShift = d.sum(0, { keep: true })
      const dGain = d.mul(centred).sum(0, { keep: true })
      const u = d.sub(centred.mul(dGain.mul(inverse).mul(inverse).div(count)))
      // dz = (u - mean of d) gain, by columns: the gain goes to the rows of W and of dW, the mean to an added row
      const column = gain.reshape([outputs, 1])
      const scaled = weight.mul(column)
      const mean = dShift.div(count)
      const dx = gemm(u, scaled, gemm(mean, scaled).neg())
      const dWeight = gemm(u, x, gemm(dShift, meanInput, undefined, { transposeA: true }).neg(), { transposeA: true })
      return [dx, dWeight.mul(column), dGain.mul(inverse).reshape(scale.shape), dShift.reshape(shift.shape)]
    })
  const mean = offset.reshape([outputs])
  return { y, mean: bias ? mean.add(bias) : mean, variance: variance.reshape([outputs]), count }
}

/** Normalisation by given statistics: (x - mean) / sqrt(variance + epsilon) * scale + bias, folded to one product and sum. */
export function normalize(
  x: Tensor,
  mean: Tensor,
  variance: Tensor,
  scale: Tensor,
  bias: Tensor,
  epsilon = 1e-5,
): Tensor {
  const channel = x.rank === 2 ? scale.shape : [scale.shape[0]!, ...Array<number>(x.rank - 2).fill(1)]
  const gain = scale.div(variance.add(epsilon).sqrt())
  return x.mul(gain.reshape(channel)).add(bias.sub(mean.mul(gain)).reshape(channel))
}

/** x / sqrt(mean(x^2) + epsilon) over the last axis, times `scale` [C]. */
export function rmsNorm(x: Tensor, scale: Tensor, epsilon = 1e-6): Tensor {
  const inverse = rowMean(x.mul(x)).add(epsilon).sqrt().reciprocal()
  return x.mul(inverse).mul(scale)
}

/** (x - mean) / sqrt(variance + epsilon) over these axes, which the gradient knows as a whole. */
function standardize(x: Tensor, axes: readonly number[], epsilon: number): Tensor {
  const average = (values: Tensor) => values.mean(axes, { keep: true })
  const centred = x.sub(average(x))
  const inverse = average(centred.mul(centred)).add(epsilon).sqrt().reciprocal()
  const h = centred.mul(inverse)
  return h.withGradient([x], d => [inverse.mul(d.sub(average(d)).sub(h.mul(average(d.mul(h)))))])
}

/**
 * Normalisation of each sample over the channels of each of `groups` groups and all positions: [N, C, ...], times `scale`
 * [C], plus `bias` [C] (Wu and He 2018).
 */
export function groupNorm(x: Tensor, groups: number, scale: Tensor, bias: Tensor, epsilon = 1e-5): Tensor {
  const [samples, channels, ...positions] = x.shape
  if (typeof channels !== 'number' || channels % groups !== 0) {
    throw new InterplayError('shape/mismatch', `GroupNorm: ${channels} channels are not ${groups} equal groups`)
  }
  const grouped = x.reshape([samples!, groups, channels / groups, ...positions])
  const axes = grouped.shape.flatMap((_, axis) => (axis > 1 ? [axis] : []))
  const channel = [channels, ...positions.map(() => 1)]
  const h = standardize(grouped, axes, epsilon).reshape(x.shape)
  return h.mul(scale.reshape(channel)).add(bias.reshape(channel))
}

/** Normalisation of each channel of each sample over its positions: [N, C, ...], times `scale` [C], plus `bias` [C]. */
export function instanceNorm(x: Tensor, scale: Tensor, bias: Tensor, epsilon = 1e-5): Tensor {
  const axes = x.shape.flatMap((_, axis) => (axis > 1 ? [axis] : []))
  if (axes.length === 0) {
    throw new InterplayError(
      'shape/mismatch',
      `InstanceNorm: ${spellShape(x.shape)} has no positions to normalise over`,
    )
  }
  const channel = [scale.shape[0]!, ...axes.map(() => 1)]
  return standardize(x, axes, epsilon).mul(scale.reshape(channel)).add(bias.reshape(channel))
}
