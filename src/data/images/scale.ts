import type { Images } from './images.ts'

/** What pixels are divided by and shifted to: mean and deviation of the training pixels, by channel, in 0 .. 1. */
export interface PixelScale {
  mean: number[]
  deviation: number[]
}

const whole = ({ pixels }: Images) => (pixels instanceof Uint8Array ? 255 : 1)

export function scaleOf(images: Images, rows: Int32Array): PixelScale {
  const { channels, height, width, pixels } = images
  const area = height * width
  const [mean, square] = [new Array<number>(channels).fill(0), new Array<number>(channels).fill(0)]
  const count = rows.length * area
  for (const row of rows) {
    for (let at = 0; at < channels * area; at++) {
      const value = pixels[row * channels * area + at]! / whole(images)
      const channel = Math.floor(at / area)
      mean[channel]! += value / count
      square[channel]! += value ** 2 / count
    }
  }
  return { mean, deviation: square.map((each, c) => Math.sqrt(Math.max(each - mean[c]! ** 2, 1e-8))) }
}

/** Images of these rows, [rows, channels, height, width], scaled. */
export function pixelsOf(images: Images, rows: Int32Array, { mean, deviation }: PixelScale): Float32Array {
  const { channels, height, width, pixels } = images
  const area = height * width
  const scaled = new Float32Array(rows.length * channels * area)
  rows.forEach((row, i) => {
    for (let at = 0; at < channels * area; at++) {
      const channel = Math.floor(at / area)
      const value = pixels[row * channels * area + at]! / whole(images)
      scaled[i * channels * area + at] = (value - mean[channel]!) / deviation[channel]!
    }
  })
  return scaled
}
