import { InterplayError } from '../../../errors/index.ts'
import {
  addDimensions,
  isStatic,
  opaqueDimension,
  shapeMismatch,
  spellShape,
  type Dimension,
  type Shape,
} from '../../dimension.ts'
import type { Attributes, Tensor } from '../../tensor.ts'

/** One number for every spatial axis, or one each. */
export type PerAxis = number | readonly number[]

export interface WindowOptions {
  /** Step from window to window. Default 1. */
  stride?: PerAxis
  /** Elements added around the image: one number, one per axis, or all axes' counts before and then after (ONNX order). */
  padding?: PerAxis
  /** Step from element to element inside a window. Default 1. */
  dilation?: PerAxis
}

/** How windows lie on an image: one number per spatial axis, `pads` all befores, then all afters. */
export interface Windows {
  kernel: readonly number[]
  stride: readonly number[]
  dilation: readonly number[]
  pads: readonly number[]
}

/** Reads options for an image [N, C, ...spatial] and checks them. */
export function windowsOf(operator: string, x: Tensor, kernel: readonly number[], options: WindowOptions): Windows {
  const axes = x.rank - 2
  if (axes < 1) throw shapeMismatch(operator, [x.shape], 'takes [batch, channels, ...spatial]')
  const { stride = 1, dilation = 1, padding = 0 } = options
  const isPads = typeof padding === 'object' && padding.length === 2 * axes && axes > 0
  const half = isPads ? [] : perAxis(operator, 'padding', padding, axes, 0)
  return {
    kernel: perAxis(operator, 'kernel', kernel, axes, 1),
    stride: perAxis(operator, 'stride', stride, axes, 1),
    dilation: perAxis(operator, 'dilation', dilation, axes, 1),
    pads: isPads ? perAxis(operator, 'padding', padding, 2 * axes, 0) : [...half, ...half],
  }
}

/** A number for each of `axes` axes, none below `least`. */
export function perAxis(
  operator: string,
  what: string,
  value: PerAxis,
  axes: number,
  least: number,
): readonly number[] {
  const list = typeof value === 'number' ? Array<number>(axes).fill(value) : value
  if (list.length === axes && list.every(each => Number.isInteger(each) && each >= least)) return list
  throw new InterplayError(
    'shape/mismatch',
    `${operator}: ${what} ${spellShape(list)} is not ${axes} whole numbers from ${least} on`,
  )
}

/** Extent of a window with its gaps. */
export const reach = ({ kernel, dilation }: Windows, axis: number): number => (kernel[axis]! - 1) * dilation[axis]! + 1

/** Both sides' padding of one axis. */
export const paddingOf = ({ pads, kernel }: Windows, axis: number): number => pads[axis]! + pads[axis + kernel.length]!

/** Windows along each spatial axis of [N, C, ...spatial]. */
export function windowCounts(operator: string, shape: Shape, windows: Windows): Shape {
  return shape.slice(2).map((extent, axis): Dimension => {
    const room = addDimensions(extent, paddingOf(windows, axis) - reach(windows, axis))
    const stride = windows.stride[axis]!
    if (typeof room === 'number') {
      if (room >= 0) return Math.floor(room / stride) + 1
      throw shapeMismatch(operator, [shape], `a window of ${reach(windows, axis)} does not fit axis ${axis + 2}`)
    }
    return stride === 1 ? addDimensions(room, 1) : opaqueDimension(`(${room})/${stride}`)
  })
}

/** The spatial extents of [N, C, ...spatial], which must be known. */
export function fixedExtents(operator: string, shape: Shape): readonly number[] {
  const extents = shape.slice(2)
  if (isStatic(extents)) return extents
  throw unknownExtents(operator, shape)
}

export const unknownExtents = (operator: string, shape: Shape): InterplayError =>
  new InterplayError('shape/mismatch', `${operator}: needs known spatial extents, got ${spellShape(shape)}`, {
    try: 'declare the input with fixed spatial extents; the batch may stay a symbol',
  })

/** Windows in ONNX's attribute names. */
export const windowAttributes = ({ kernel, stride, dilation, pads }: Windows): Attributes => ({
  kernel_shape: { type: 'ints', value: kernel },
  strides: { type: 'ints', value: stride },
  dilations: { type: 'ints', value: dilation },
  pads: { type: 'ints', value: pads },
})

/** The windows back from a node's attributes. */
export const attributeWindows = ({ kernel_shape, strides, dilations, pads }: Attributes): Windows => ({
  kernel: kernel_shape!.value as readonly number[],
  stride: strides!.value as readonly number[],
  dilation: dilations!.value as readonly number[],
  pads: pads!.value as readonly number[],
})
