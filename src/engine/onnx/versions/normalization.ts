import type { Attribute } from '../codec.ts'
import { float, int, without, type Conversion } from './writer.ts'

/**
 * Before 13 the input was a matrix of everything before `axis` by everything from it on; since, `axis` alone is
 * normalised.
 */
const matrixSoftmax: Conversion = (node, from, write) => {
  if (from >= 13) return
  const [x] = node.inputs as [string]
  const axis = int(node, 'axis', 1)
  const { rank } = write.known(x)
  const last = { axis: { type: 'int', value: -1 } } as const
  if (axis === -1 || (rank !== undefined && axis === rank - 1)) return write.replace({ attributes: last })
  const matrix = write.node('Flatten', [x], { axis: { type: 'int', value: axis } })
  const shape = write.node('Shape', [x])
  write.replace({ op: 'Reshape', inputs: [write.node(node.op, [matrix], last), shape], attributes: {} })
}

/** The ratio was an attribute, and inference the only mode, until 12; the mask had the data's type until 10. */
const dropout: Conversion = (node, from, write) => {
  if (from >= 12) return
  const [x] = node.inputs as [string]
  const [y, mask] = node.outputs
  const training = from < 7 && int(node, 'is_test', 0) === 0
  const ratio = write.constant({ dtype: 'float32', dims: [], data: Float32Array.of(float(node, 'ratio', 0.5)) })
  const mode = training ? [write.constant({ dtype: 'bool', dims: [], data: Uint8Array.of(1) })] : []
  const attributes = without(node, 'ratio', 'is_test', 'consumed_inputs')
  const inputs = [x, ratio, ...mode]
  if (!mask || from >= 10) return write.replace({ inputs, attributes })
  const kept = write.fresh('mask')
  write.replace({ inputs, outputs: [y!, kept], attributes })
  write.node('CastLike', [kept, x], {}, mask)
}

/** Until 14 more outputs meant training; `spatial` (until 9) at 0 gives every activation its own statistics. */
const batchNormalization: Conversion = (node, from, write) => {
  if (from >= 14) return
  const [x, scale, bias, mean, variance] = node.inputs as [string, string, string, string, string]
  const [y, ...statistics] = node.outputs
  const training = statistics.some(Boolean) || (from < 7 && int(node, 'is_test', 0) === 0)
  if (statistics.slice(2).some(Boolean)) return 'with saved statistics'
  const attributes = without(node, 'spatial', 'is_test', 'consumed_inputs')
  if (int(node, 'spatial', 1) === 1) {
    const mode: Record<string, Attribute> = training ? { training_mode: { type: 'int', value: 1 } } : {}
    return write.replace({
      outputs: training ? [y!, ...statistics.slice(0, 2)] : [y!],
      attributes: { ...attributes, ...mode },
    })
  }
  if (training) return 'in training with statistics for every activation'
  const epsilon = write.scalarLike(float(node, 'epsilon', 1e-5), x)
  const deviation = write.node('Sqrt', [write.node('Add', [variance, epsilon])])
  const normal = write.node('Div', [write.node('Sub', [x, mean]), deviation])
  write.replace({ op: 'Add', inputs: [write.node('Mul', [normal, scale]), bias], attributes: {} })
}

/** Scale and bias had one value per group until 21, one per channel since. */
const groupNormalization: Conversion = (node, from, write) => {
  if (from >= 21) return
  const [x, scale, bias] = node.inputs as [string, string, string]
  const groups = int(node, 'num_groups')
  if (groups === undefined) return 'without num_groups'
  const channels = write.node('Shape', [x], { start: { type: 'int', value: 1 }, end: { type: 'int', value: 2 } })
  const each = write.node('Div', [channels, write.ints([groups])])
  const shape = write.node('Concat', [write.ints([groups]), each], { axis: { type: 'int', value: 0 } })
  const perChannel = [scale, bias].map(values => {
    const column = write.node('Unsqueeze', [values, write.ints([1])])
    return write.node('Reshape', [write.node('Expand', [column, shape]), write.ints([-1])])
  })
  write.replace({ inputs: [x, ...perChannel] })
}

/** Axes of a tensor of unknown rank: none has more. */
const highestRank = 64

/** x / sqrt(mean(x^2) + epsilon) scale over the axes from `axis` on; an operator of 23. */
const rmsNormalization: Conversion = (node, _, write) => {
  const [x, scale] = node.inputs as [string, string]
  const axis = int(node, 'axis', -1)
  const { rank } = write.known(x)
  if (axis >= 0 && rank === undefined) return `over axis ${axis} of an unknown number`
  const first = axis >= 0 ? axis - rank! : axis
  if (first >= 0 || first < -(rank ?? highestRank)) return `over axis ${axis} of ${rank ?? 'an unknown number'}`
  const axes = write.ints(Array.from({ length: -first }, (_, i) => first + i))
  const epsilon = write.scalarLike(float(node, 'epsilon', 1e-5), x)
  const power = write.node('ReduceMean', [write.node('Mul', [x, x]), axes])
  const root = write.node('Sqrt', [write.node('Add', [power, epsilon])])
  write.replace({ op: 'Mul', inputs: [write.node('Div', [x, root]), scale], attributes: {} })
}

export const normalization: Record<string, Conversion> = {
  Softmax: matrixSoftmax,
  LogSoftmax: matrixSoftmax,
  Hardmax: matrixSoftmax,
  Dropout: dropout,
  BatchNormalization: batchNormalization,
  GroupNormalization: groupNormalization,
  RMSNormalization: rmsNormalization,
}
