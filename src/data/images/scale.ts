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
  const length = channels * area
  const result = new Float32Array(rows.length * length)
  rows.forEach((row, i) => {
    for (let at = 0; at < length; at++) {
      const channel = Math.floor(at / area)
      result[i * length + at] = (pixels[row * length + at]! / whole(images) - mean[channel]!) / deviation[channel]!
    }
  })
  return result
}

/** Brightness [height, width] of an image in [0, 1], channels averaged. */
export function brightnessOf(images: Images, row: number): Float32Array {
  const { channels, height, width, pixels } = images
  const area = height * width
  const map = new Float32Array(area)
  for (let at = 0; at < channels * area; at++)
    map[at % area]! += pixels[row * channels * area + at]! / whole(images) / channels
  return map
}
