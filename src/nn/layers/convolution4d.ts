import { concat, multiplyDimensions, type Tensor } from '../../engine/index.ts'

/**
 * Convolution (correlation) of maps between two images, [B, C, rows, columns, rows, columns], with a kernel of one odd extent
 * k, [K, C, k, k, k, k], zeros around: [B, K, ...]. One convolution in three axes, the first axis' shifts beside each other as
 * channels.
 */
export function convolve4d(x: Tensor, kernel: Tensor): Tensor {
  const [batch, channels, rows, ...others] = x.shape as [number, number, number, number, number, number]
  const [outputs, , extent] = kernel.shape as [number, number, number]
  const reach = (extent - 1) / 2
  const around = [0, 0, reach, 0, 0, 0]
  const padded = x.pad([...around, ...around])
  const shifted = Array.from({ length: extent }, (_, shift) => padded.slice(2, shift, shift + rows))
  const beside = concat(shifted, 1).transpose([0, 2, 1, 3, 4, 5])
  const images = beside.reshape([multiplyDimensions(batch, rows), channels * extent, ...others])
  const weight = kernel.transpose([0, 2, 1, 3, 4, 5]).reshape([outputs, channels * extent, extent, extent, extent])
  const windows = images.conv(weight, undefined, { padding: reach })
  return windows.reshape([batch, rows, outputs, ...others], [x]).transpose([0, 2, 1, 3, 4, 5])
}
