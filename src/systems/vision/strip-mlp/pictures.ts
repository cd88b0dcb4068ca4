import type { Images } from '../../../data/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import type { ImageSize } from './model.ts'

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
