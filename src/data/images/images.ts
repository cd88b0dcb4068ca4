import { InterplayError } from '../../errors/index.ts'
import { checkLabels, type Labels, type Splits } from '../items.ts'

/** Images of one size, and what they show. */
export interface Images {
  count: number
  channels: number
  height: number
  width: number
  /** [count, channels, height, width]: bytes 0 .. 255, or floats. */
  pixels: Uint8Array | Float32Array
  /** File names. */
  names?: readonly string[]
  labels?: Labels
  splits?: Splits
}

/** @throws InterplayError `data/empty`, `data/not-finite`, `data/target-missing`, `data/target-constant` */
export function checkImages(images: Images, purpose: 'fit' | 'predict'): void {
  const { count, channels, height, width, pixels } = images
  if (count === 0 || height * width === 0) throw new InterplayError('data/empty', 'there are no images')
  const broken = pixels instanceof Float32Array ? pixels.findIndex(value => !Number.isFinite(value)) : -1
  if (broken >= 0) {
    const image = Math.floor(broken / (channels * height * width))
    throw new InterplayError(
      'data/not-finite',
      `image '${images.names?.[image] ?? image}' has a pixel that is not finite`,
    )
  }
  if (purpose === 'fit') checkLabels(images.labels, images.splits, 'images')
}
