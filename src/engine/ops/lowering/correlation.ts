import { multiplyDimensions, sizeOf, subtractDimensions, type Shape } from '../../dimension.ts'
import { apply, type Node, type Operator, type Tensor } from '../../tensor.ts'
import { columns, foldColumns, taps } from './columns.ts'
import { concat } from '../shape.ts'
import {
  convolveDepthwise,
  correlateDepthwise,
  depthwiseProduct,
  spreadDepthwise,
  type DepthwiseProduct,
} from './depthwise.ts'
import {
  attributeWindows,
  fixedExtents,
  paddingOf,
  reach,
  windowAttributes,
  windowCounts,
  type Windows,
} from './window.ts'

const group = (groups: number) => ({ group: { type: 'int', value: groups } }) as const

/** Products that stand for convolutions which a gradient goes through: the forward pass then has their matrices for nothing. */
const products = new WeakMap<Node, DepthwiseProduct>()

const convOperator: Operator = {
  name: 'Conv',
  gradient: (node, [d]) => {
    const [x, weight, bias] = node.inputs
    const windows = attributeWindows(node.attributes)
    const groups = node.attributes.group!.value as number
    const product = products.get(node) ?? depthwiseProduct(x!, weight!, windows, groups)
    if (product) products.set(node, product)
    return [
      product ? spreadDepthwise(d!, product, x!.shape) : spread(d!, weight!, x!.shape, windows, groups),
      product ? correlateDepthwise(x!, d!, product, weight!.shape) : correlate(x!, d!, weight!.shape, windows, groups),
      bias && perChannel(d!),
    ]
  },
  faster: node => {
    const product = products.get(node)
    if (!product) return undefined
    const [x, , bias] = node.inputs
    const [y] = node.outputs
    const value = convolveDepthwise(x!, product, y!.shape)
    return [bias ? value.add(bias.reshape([bias.shape[0]!, ...y!.shape.slice(2).map(() => 1)])) : value]
  },
}

/** Conv with windows given. The runtime has no float64 kernel: there the windows are columns of a product. */
export function convolve(x: Tensor, weight: Tensor, windows: Windows, groups: number, bias?: Tensor): Tensor {
  const [outputs, width, ...kernel] = weight.shape as readonly number[]
  const counts = windowCounts('Conv', x.shape, windows)
  const type = { dtype: x.dtype, shape: [x.shape[0]!, outputs!, ...counts] }
  if (x.dtype !== 'float64') {
    return apply(
      convOperator,
      bias ? [x, weight, bias] : [x, weight],
      { ...windowAttributes(windows), ...group(groups) },
      type,
    )
  }
  const height = kernel.reduce((product, extent) => product * extent, width!)
  const matrix = weight.reshape([groups, outputs! / groups, height])
  const product = matrix.matmul(columns(x, windows).reshape([x.shape[0]!, groups, height, sizeOf(counts)]))
  const y = product.reshape(type.shape)
  return bias ? y.add(bias.reshape([outputs!, ...kernel.map(() => 1)])) : y
}

const perChannel = (d: Tensor): Tensor => d.sum(d.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis])))

const transposedOperator: Operator = { name: 'ConvTranspose', notDifferentiable: 'wrapped by the gradient of Conv' }

/** The gradient of `conv` with respect to its image of this shape, given that of its output. */
export function spread(d: Tensor, weight: Tensor, shape: Shape, windows: Windows, groups: number): Tensor {
  const image =
    d.dtype === 'float64'
      ? spreadColumns(d, weight, shape, windows, groups)
      : (spreadFlipped(d, weight, shape, windows, groups) ?? spreadSteps(d, weight, shape, windows, groups))
  return image.withGradient([d, weight], g => [
    convolve(g, weight, windows, groups),
    correlate(g, d, weight.shape, windows, groups),
  ])
}

function spreadSteps(d: Tensor, weight: Tensor, shape: Shape, windows: Windows, groups: number): Tensor {
  const counts = fixedExtents('Conv', d.shape)
  const leftOver = fixedExtents('Conv', shape).map((extent, axis) => {
    const covered = (counts[axis]! - 1) * windows.stride[axis]! + reach(windows, axis) - paddingOf(windows, axis)
    return extent - covered
  })
  const attributes = {
    ...windowAttributes(windows),
    ...group(groups),
    output_padding: { type: 'ints', value: leftOver },
  } as const
  return apply(transposedOperator, [d, weight], attributes, { dtype: d.dtype, shape })
}

/** At stride 1 a convolution with the flipped kernel, which is faster; undefined where the padding rules it out. */
function spreadFlipped(d: Tensor, weight: Tensor, shape: Shape, windows: Windows, groups: number): Tensor | undefined {
  const { kernel, stride, dilation, pads } = windows
  if (stride.some(step => step !== 1)) return undefined
  const before = kernel.map((_, axis) => reach(windows, axis) - 1 - pads[axis]!)
  const after = kernel.map((_, axis) => {
    const growth = subtractDimensions(shape[axis + 2]!, d.shape[axis + 2]!) as number
    return growth + reach(windows, axis) - 1 - before[axis]!
  })
  if ([...before, ...after].some(each => each < 0)) return undefined
  const [outputs, width] = weight.shape as readonly number[]
  const size = kernel.reduce((product, extent) => product * extent, 1)
  const flipped = weight
    .reshape([groups, outputs! / groups, width!, size])
    .flip(-1)
    .transpose([0, 2, 1, 3])
    .reshape([groups * width!, outputs! / groups, ...kernel])
  return convolve(d, flipped, { kernel, stride, dilation, pads: [...before, ...after] }, groups)
}

function spreadColumns(d: Tensor, weight: Tensor, shape: Shape, windows: Windows, groups: number): Tensor {
  const [outputs, width, ...kernel] = weight.shape as readonly number[]
  const height = kernel.reduce((product, extent) => product * extent, width!)
  const count = sizeOf(d.shape.slice(2))
  const matrix = weight.reshape([groups, outputs! / groups, height])
  const product = matrix.matmul(d.reshape([d.shape[0]!, groups, outputs! / groups, count]), { transposeA: true })
  return foldColumns(product.reshape([d.shape[0]!, groups * height, count]), shape, windows)
}

/**
 * The gradient of `conv` with respect to its weight, given its image and the gradient of its output: a product per
 * element of the kernel, or, with groups and with windows that do not overlap, one convolution in which batch and
 * channels change places.
 */
export function correlate(x: Tensor, d: Tensor, shape: Shape, windows: Windows, groups: number): Tensor {
  const { kernel, stride } = windows
  const apart = kernel.every((extent, axis) => extent > 1 && extent === stride[axis])
  const swapped = d.dtype !== 'float64' && (groups > 1 || apart)
  const weight = swapped ? correlateSwapped(x, d, shape, windows, groups) : correlateTaps(x, d, shape, windows, groups)
  return weight.withGradient([x, d], g => [spread(d, g, x.shape, windows, groups), convolve(x, g, windows, groups)])
}

function correlateTaps(x: Tensor, d: Tensor, shape: Shape, windows: Windows, groups: number): Tensor {
  const [batch, count] = [x.shape[0]!, sizeOf(d.shape.slice(2))]
  const [outputs, width, ...kernel] = shape as readonly number[]
  const rows = d.reshape([batch, groups, outputs! / groups, count])
  const products = taps(x, windows).map(tap => {
    const part = tap.reshape([batch, groups, width!, count])
    return rows.matmul(part, { transposeB: true }).sum(0).reshape([outputs!, width!, 1])
  })
  return concat(products, 2).reshape([outputs!, width!, ...kernel])
}

function correlateSwapped(x: Tensor, d: Tensor, shape: Shape, windows: Windows, groups: number): Tensor {
  const [outputs, width, ...kernel] = shape as readonly number[]
  const batch = x.shape[0]!
  const [extents, counts] = [x.shape.slice(2), d.shape.slice(2)]
  const rest = kernel.map((_, axis) => axis + 3)
  const image = x
    .reshape([batch, groups, width!, ...extents])
    .transpose([2, 1, 0, ...rest])
    .reshape([width!, multiplyDimensions(batch, groups), ...extents])
  const filter = d
    .reshape([batch, groups, outputs! / groups, ...counts])
    .transpose([1, 2, 0, ...rest])
    .reshape([outputs!, batch, ...counts])
  const swapped = {
    ...windows,
    kernel: fixedExtents('Conv', d.shape),
    stride: windows.dilation,
    dilation: windows.stride,
  }
  const type = { dtype: x.dtype, shape: [width!, outputs!, ...windowCounts('Conv', image.shape, swapped)] }
  const products = apply(convOperator, [image, filter], { ...windowAttributes(swapped), ...group(groups) }, type)
  const cut = kernel.reduce(
    (all, extent, axis) => (all.shape[axis + 2] === extent ? all : all.slice(axis + 2, 0, extent)),
    products,
  )
  return cut.transpose([1, 0, ...kernel.map((_, axis) => axis + 2)])
}
