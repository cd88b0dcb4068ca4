import { InterplayError } from '../../errors/index.ts'
import { divideDimensions, multiplyDimensions, shapeMismatch, spellShape, type Dimension } from '../dimension.ts'
import { constant, expectRank, type Tensor } from '../tensor.ts'

/** How depth is read as [block, block, channels] (`blocksFirst`, ONNX's DCR) or [channels, block, block] (CRD). */
export type DepthOrder = 'blocksFirst' | 'channelsFirst'

/** [N, C * block^2, H, W] -> [N, C, H * block, W * block]. `channelsFirst`, the default, is PyTorch's pixel shuffle. */
export function depthToSpace(x: Tensor, block: number, order: DepthOrder = 'channelsFirst'): Tensor {
  expectRank('DepthToSpace', x, 4)
  const [batch, depth, height, width] = x.shape as [Dimension, Dimension, Dimension, Dimension]
  const channels = divideDimensions(depth, block * block)
  if (channels === undefined) throw shapeMismatch('DepthToSpace', [x.shape], `${depth} is no multiple of ${block}^2`)
  const parts = order === 'channelsFirst' ? [channels, block, block] : [block, block, channels]
  const perm = order === 'channelsFirst' ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]
  return x
    .reshape([batch, ...parts, height, width])
    .transpose(perm)
    .reshape([batch, channels, multiplyDimensions(height, block), multiplyDimensions(width, block)])
}

/** [N, C, H * block, W * block] -> [N, C * block^2, H, W]: the inverse of `depthToSpace`. */
export function spaceToDepth(x: Tensor, block: number, order: DepthOrder = 'channelsFirst'): Tensor {
  expectRank('SpaceToDepth', x, 4)
  const [batch, channels, ...extents] = x.shape as [Dimension, Dimension, Dimension, Dimension]
  const [height, width] = extents.map(extent => {
    const part = divideDimensions(extent, block)
    if (part === undefined) throw shapeMismatch('SpaceToDepth', [x.shape], `${extent} is no multiple of ${block}`)
    return part
  }) as [Dimension, Dimension]
  const perm = order === 'channelsFirst' ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4]
  return x
    .reshape([batch, channels, height, block, width, block])
    .transpose(perm)
    .reshape([batch, multiplyDimensions(channels, block * block), height, width])
}

/**
 * Pads by the tensor's own elements: mirrored without the outer ones (`reflect`), the outer ones repeated (`edge`), or
 * from the other end (`wrap`). `sizes` are all axes' counts before, then all axes' counts after (ONNX order).
 */
export function padWith(x: Tensor, sizes: readonly number[], mode: 'reflect' | 'edge' | 'wrap'): Tensor {
  if (sizes.length !== x.rank * 2 || sizes.some(size => !(size >= 0))) {
    throw shapeMismatch('Pad', [x.shape], `takes ${x.rank * 2} sizes from 0 on, got ${spellShape(sizes)}`)
  }
  return x.shape.reduce<Tensor>((padded, extent, axis) => {
    const [before, after] = [sizes[axis]!, sizes[axis + x.rank]!]
    if (before === 0 && after === 0) return padded
    if (typeof extent !== 'number') throw shapeMismatch('Pad', [x.shape], `${mode} needs the extent of axis ${axis}`)
    const most = mode === 'reflect' ? extent - 1 : mode === 'wrap' ? extent : Infinity
    if (Math.max(before, after) > most || extent === 0) {
      throw new InterplayError(
        'shape/mismatch',
        `Pad: ${mode} by ${Math.max(before, after)} of axis ${axis} of ${spellShape(x.shape)}; at most ${most}`,
      )
    }
    const positions = Array.from({ length: before + extent + after }, (_, i) => inside(i - before, extent, mode))
    return padded.gather(constant(positions, [positions.length], 'int32'), axis)
  }, x)
}

function inside(position: number, extent: number, mode: 'reflect' | 'edge' | 'wrap'): number {
  if (mode === 'wrap') return (position + extent) % extent
  if (mode === 'edge') return Math.min(Math.max(position, 0), extent - 1)
  return extent - 1 - Math.abs(extent - 1 - Math.abs(position))
}
