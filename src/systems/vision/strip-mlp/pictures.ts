import type { Images } from '../../../data/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { taken } from '../../../train/index.ts'
import type { ImageSize } from './model.ts'

/** What pixels are divided by and shifted to: mean and deviation of the training pixels, by channel, in 0 .. 1. */
export interface Scale {
  mean: number[]
  deviation: number[]
}

/** @throws InterplayError `data/shape` unless images are squares of a side that patches and stages divide evenly */
export function checkSize(
  { channels, height, width }: Images,
  patch: number,
  stages: number,
): Omit<ImageSize, 'classes'> {
  const multiple = patch * 2 ** (stages - 1)
  const fitting = Math.max(multiple, Math.round(Math.max(height, width) / multiple) * multiple)
  const resize = `resize or pad them to ${fitting} x ${fitting}`
  if (height !== width)
    throw new InterplayError('data/shape', `images are ${height} x ${width}, not square`, { try: resize })
  if (height % multiple === 0) return { channels, size: height }
  throw new InterplayError('data/shape', `images of ${height} x ${height} do not divide by ${multiple}`, {
    why: `patches of ${patch}, halved ${stages - 1} times`,
    try: `${resize}, or --set patch, --set blocks`,
  })
}

/** @throws InterplayError `data/shape` where images are of another size than those learned from */
export function checkSame(
  { channels, height, width }: Images,
  { size, channels: own }: ImageSize,
  patch: number,
): void {
  if (height === size && width === size && channels === own) return
  const grid = (pixels: number) => pixels / patch
  const got = `got ${channels} x ${height} x ${width}`
  throw new InterplayError(
    'data/shape',
    `this model mixes ${grid(size)} x ${grid(size)} tokens of ${own} x ${size} x ${size} images; ${got}`,
    { try: `resize to ${size} x ${size}` },
  )
}

const whole = ({ pixels }: Images) => (pixels instanceof Uint8Array ? 255 : 1)

export function scaleOf(images: Images, rows: Int32Array): Scale {
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
export function pixelsOf(images: Images, rows: Int32Array, { mean, deviation }: Scale): Float32Array {
  const { channels, height, width, pixels } = images
  const area = height * width
  const chosen = taken(pixels, channels * area, rows)
  return Float32Array.from(chosen, (value, at) => {
    const channel = Math.floor(at / area) % channels
    return (value / whole(images) - mean[channel]!) / deviation[channel]!
  })
}
