import type { Dimension } from '../../dimension.ts'
import { conv, convTranspose } from '../../ops/convolution.ts'
import { gridSample } from '../../ops/grid-sample.ts'
import { averagePool, maxPool } from '../../ops/pooling.ts'
import { staticShape, type Tensor } from '../../tensor.ts'
import { Unread, type Reader, type Reading } from './reading.ts'
import { resizing } from './resize.ts'

interface Layout {
  stride: readonly number[]
  dilation: readonly number[]
  padding: readonly number[]
}

/** Strides, dilations and pads of a window over [N, C, ...spatial], automatic padding worked out. */
function layoutOf(node: Reading, x: Tensor, kernel: readonly number[]): Layout {
  const ones = kernel.map(() => 1)
  const stride = node.ints('strides') ?? ones
  const dilation = node.ints('dilations') ?? ones
  const automatic = node.string('auto_pad', 'NOTSET')
  if (automatic === 'NOTSET')
    return { stride, dilation, padding: node.ints('pads') ?? [...kernel, ...kernel].map(() => 0) }
  if (automatic === 'VALID') return { stride, dilation, padding: [...kernel, ...kernel].map(() => 0) }
  const totals = kernel.map((size, axis) =>
    samePadding(x.shape[axis + 2]!, (size - 1) * dilation[axis]! + 1, stride[axis]!),
  )
  const halves = [totals.map(total => Math.floor(total / 2)), totals.map(total => Math.ceil(total / 2))]
  return { stride, dilation, padding: (automatic === 'SAME_LOWER' ? halves.reverse() : halves).flat() }
}

/** Padding in all with which ceil(extent / stride) windows fit. */
function samePadding(extent: Dimension, reach: number, stride: number): number {
  if (stride === 1) return reach - 1
  if (typeof extent !== 'number') throw new Unread('padded to the size of an open extent')
  return Math.max((Math.ceil(extent / stride) - 1) * stride + reach - extent, 0)
}

const convolution: Reader = node => {
  const [x, weight, bias] = [node.tensor(0), node.tensor(1), node.optional(2)]
  const kernel = staticShape('Conv', weight).slice(2)
  return conv(x, weight, bias, { ...layoutOf(node, x, kernel), groups: node.int('group', 1) })
}

const transposed: Reader = node => {
  const [x, weight, bias] = [node.tensor(0), node.tensor(1), node.optional(2)]
  if (node.ints('output_shape')) throw new Unread('with an output shape')
  if (node.string('auto_pad', 'NOTSET').startsWith('SAME')) throw new Unread('with automatic padding')
  const kernel = staticShape('ConvTranspose', weight).slice(2)
  return convTranspose(x, weight, bias, {
    ...layoutOf(node, x, kernel),
    groups: node.int('group', 1),
    outputPadding: node.ints('output_padding') ?? kernel.map(() => 0),
  })
}

function kernelOf(node: Reading): readonly number[] {
  const kernel = node.ints('kernel_shape')
  if (!kernel) throw new Unread('without its kernel shape')
  return kernel
}

const maximum: Reader = node => {
  if (node.isRead(1)) throw new Unread('with its positions read')
  const x = node.tensor(0)
  const kernel = kernelOf(node)
  return [maxPool(x, kernel, { ...layoutOf(node, x, kernel), ceil: node.int('ceil_mode', 0) !== 0 })]
}

const average: Reader = node => {
  const x = node.tensor(0)
  const kernel = kernelOf(node)
  const countPadding = node.int('count_include_pad', 0) !== 0
  return averagePool(x, kernel, { ...layoutOf(node, x, kernel), ceil: node.int('ceil_mode', 0) !== 0, countPadding })
}

/** Over all spatial axes, which stay with extent 1. */
const whole =
  (build: (x: Tensor, axes: number[]) => Tensor): Reader =>
  node => {
    const x = node.tensor(0)
    return build(
      x,
      x.shape.flatMap((_, axis) => (axis > 1 ? [axis] : [])),
    )
  }

const sampling: Reader = node => {
  const mode = node.string('mode', 'linear')
  const padding = node.string('padding_mode', 'zeros')
  if (mode !== 'linear' && mode !== 'nearest' && mode !== 'cubic') throw new Unread(`in the mode '${mode}'`)
  if (padding !== 'zeros' && padding !== 'border' && padding !== 'reflection')
    throw new Unread(`padded by '${padding}'`)
  return gridSample(node.tensor(0), node.tensor(1), { mode, padding, alignCorners: node.int('align_corners', 0) !== 0 })
}

export const spatial: Record<string, Reader> = {
  Conv: convolution,
  ConvTranspose: transposed,
  MaxPool: maximum,
  AveragePool: average,
  GlobalAveragePool: whole((x, axes) => x.mean(axes, { keep: true })),
  GlobalMaxPool: whole((x, axes) => x.max(axes, { keep: true })),
  Resize: resizing,
  GridSample: sampling,
}
