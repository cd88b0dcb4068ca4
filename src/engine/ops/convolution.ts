import { InterplayError } from '../../errors/index.ts'
import { addDimensions, multiplyDimensions, shapeMismatch, subtractDimensions } from '../dimension.ts'
import { staticShape, type Tensor } from '../tensor.ts'
import { convolve, spread } from './lowering/correlation.ts'
import { paddingOf, perAxis, reach, windowsOf, type PerAxis, type WindowOptions } from './lowering/window.ts'

export interface ConvOptions extends WindowOptions {
  /** Channels are cut into this many groups that do not see each other. Default 1; as many as channels is depthwise. */
  groups?: number
}

export interface ConvTransposeOptions extends ConvOptions {
  /** Further elements at the end of each axis, which a strided convolution would have left over: fewer than its stride. Default 0. */
  outputPadding?: PerAxis
}

/**
 * Convolution (as networks mean it: correlation) of [N, C, ...spatial] in 1 to 3 spatial axes with `weight`
 * [K, C / groups, ...kernel], plus `bias` [K]: [N, K, ...windows]. N may be a symbol; spatial extents too where they are
 * not differentiated through a stride.
 */
export function conv(x: Tensor, weight: Tensor, bias?: Tensor, { groups = 1, ...options }: ConvOptions = {}): Tensor {
  const [outputs, width, ...kernel] = staticShape('Conv', weight)
  const windows = windowsOf('Conv', x, kernel, options)
  const fits = x.shape[1] === width! * groups && outputs! % groups === 0
  if (!fits) throw shapeMismatch('Conv', [x.shape, weight.shape], `${x.shape[1]} channels in ${groups} groups`)
  return convolve(x, weight, windows, groups, bias)
}

/**
 * Transposed convolution: [N, C, ...spatial] with `weight` [C, K / groups, ...kernel], plus `bias` [K], to
 * [N, K, ...(n - 1) stride + window - padding + outputPadding]: the gradient of `conv` with respect to its image.
 */
export function convTranspose(
  x: Tensor,
  weight: Tensor,
  bias?: Tensor,
  { groups = 1, outputPadding = 0, ...options }: ConvTransposeOptions = {},
): Tensor {
  const [inputs, width, ...kernel] = staticShape('ConvTranspose', weight)
  const windows = windowsOf('ConvTranspose', x, kernel, options)
  if (x.shape[1] !== inputs || inputs! % groups !== 0) {
    throw shapeMismatch('ConvTranspose', [x.shape, weight.shape], `${x.shape[1]} channels in ${groups} groups`)
  }
  const extra = perAxis('ConvTranspose', 'outputPadding', outputPadding, kernel.length, 0)
  extra.forEach((own, axis) => {
    const step = windows.stride[axis]!
    if (own >= step)
      throw new InterplayError('shape/mismatch', `ConvTranspose: outputPadding ${own} is not below stride ${step}`, {
        why: 'no strided convolution would have left so many elements over',
      })
  })
  const extents = x.shape.slice(2).map((count, axis) => {
    const last = multiplyDimensions(subtractDimensions(count, 1), windows.stride[axis]!)
    return addDimensions(last, reach(windows, axis) - paddingOf(windows, axis) + extra[axis]!)
  })
  const y = spread(x, weight, [x.shape[0]!, width! * groups, ...extents], windows, groups)
  return bias ? y.add(bias.reshape([width! * groups, ...kernel.map(() => 1)])) : y
}
