import { multiplyDimensions, type Dimension } from '../../dimension.ts'
import { groupNorm, instanceNorm, layerNorm, normalize } from '../../ops/normalization.ts'
import { constant, type Tensor } from '../../tensor.ts'
import { Unread, type Reader } from './reading.ts'

const product = (extents: readonly Dimension[]): Dimension => extents.reduce(multiplyDimensions, 1)

const layer: Reader = node => {
  const x = node.tensor(0)
  if (node.isRead(1) || node.isRead(2)) throw new Unread('with its statistics read')
  const axis = node.axis(x.rank, -1)
  const epsilon = node.float('epsilon', 1e-5)
  const own = x.shape.slice(axis)
  const whole = (each: Tensor) => (each.rank <= own.length ? each.expand(own, [x]) : each)
  const [scale, bias] = [whole(node.tensor(1)), node.has(2) ? whole(node.tensor(2)) : undefined]
  if (axis === x.rank - 1) return layerNorm(x, scale, bias, epsilon)
  const width = product(own)
  const flat = x.reshape([...x.shape.slice(0, axis), width])
  return layerNorm(flat, scale.reshape([width]), bias?.reshape([width]), epsilon).reshape(x.shape)
}

const batch: Reader = node => {
  if (node.int('training_mode', 0) !== 0) throw new Unread('in training')
  const [x, scale, bias, mean, variance] = node.tensors() as [Tensor, Tensor, Tensor, Tensor, Tensor]
  return normalize(x, mean, variance, scale, bias, node.float('epsilon', 1e-5))
}

const instance: Reader = node => {
  const [x, scale, bias] = node.tensors() as [Tensor, Tensor, Tensor]
  return instanceNorm(x, scale, bias, node.float('epsilon', 1e-5))
}

const group: Reader = node => {
  const [x, scale, bias] = node.tensors() as [Tensor, Tensor, Tensor]
  return groupNorm(x, node.int('num_groups', 0), scale, bias, node.float('epsilon', 1e-5))
}

/** Each vector along an axis over its norm; a zero vector stays. */
const unit: Reader = node => {
  const x = node.tensor(0)
  const axis = node.axis(x.rank, -1)
  const degree = node.int('p', 2)
  if (degree !== 1 && degree !== 2) throw new Unread(`of degree ${degree}`)
  const length = degree === 1 ? x.abs().sum(axis, { keep: true }) : x.norm(axis, { keep: true })
  return x.div(length.equal(0).where(constant(1, [], x.dtype), length))
}

const meanVariance: Reader = node => {
  const x = node.tensor(0)
  const centred = x.sub(x.mean(node.ints('axes') ?? [0, 2, 3], { keep: true }))
  const variance = centred.mul(centred).mean(node.ints('axes') ?? [0, 2, 3], { keep: true })
  return centred.div(variance.sqrt().add(1e-9))
}

/** The ratio only acts in training; files of a trained model have it as it is. */
const dropout: Reader = node => {
  const training = node.has(2) ? node.value(2).numbers?.[0] : 0
  if (training !== 0) throw new Unread('in training')
  const x = node.tensor(0)
  return node.isRead(1) ? [x, x.onesLike('bool')] : [x]
}

export const normalization: Record<string, Reader> = {
  LayerNormalization: layer,
  BatchNormalization: batch,
  InstanceNormalization: instance,
  GroupNormalization: group,
  LpNormalization: unit,
  MeanVarianceNormalization: meanVariance,
  Dropout: dropout,
}
