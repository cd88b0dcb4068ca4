export type Style = 'plain' | 'sketch' | 'pastel' | 'night' | 'mosaic'

/** A picture [3, side, side] of floats in 0 .. 255, drawn in a style. */
export const styles: Record<Style, (pixels: Float32Array, side: number) => Float32Array> = {
  plain: pixels => pixels,
  sketch,
  pastel: pixels => toned(pixels, (value, grey) => (value + grey) / 2),
  night: pixels => toned(pixels, (value, _grey, middle) => value + 255 - 2 * middle),
  mosaic,
}

/** Every channel from its value, the mean of the three, and the middle of the largest and the smallest (lightness). */
function toned(pixels: Float32Array, tone: (value: number, grey: number, lightness: number) => number): Float32Array {
  const area = pixels.length / 3
  const result = new Float32Array(pixels.length)
  for (let at = 0; at < area; at++) {
    const own = [pixels[at]!, pixels[area + at]!, pixels[2 * area + at]!] as const
    const [grey, lightness] = [(own[0] + own[1] + own[2]) / 3, (Math.max(...own) + Math.min(...own)) / 2]
    own.forEach((value, channel) => (result[channel * area + at] = tone(value, grey, lightness)))
  }
  return result
}

/** Dark lines on white where the picture changes. */
function sketch(pixels: Float32Array, side: number): Float32Array {
  const area = side * side
  const result = new Float32Array(pixels.length)
  const at = (channel: number, row: number, column: number) =>
    pixels[channel * area + Math.min(row, side - 1) * side + Math.min(column, side - 1)]!
  for (let place = 0; place < area; place++) {
    const [row, column] = [Math.floor(place / side), place % side]
    let edge = 0
    for (let channel = 0; channel < 3; channel++) {
      const here = at(channel, row, column)
      edge = Math.max(
        edge,
        Math.abs(at(channel, row, column + 1) - here),
        Math.abs(at(channel, row + 1, column) - here),
      )
    }
    const line = 255 - 2 * Math.min(edge, 110)
    for (let channel = 0; channel < 3; channel++) result[channel * area + place] = line
  }
  return result
}

/** Blocks of 4 x 4 pixels, one colour each. */
function mosaic(pixels: Float32Array, side: number): Float32Array {
  const [area, block] = [side * side, 4]
  return pixels.map((_, at) => {
    const [channel, row, column] = [Math.floor(at / area), Math.floor((at % area) / side), at % side]
    let sum = 0
    for (let y = 0; y < block; y++) {
      for (let x = 0; x < block; x++) {
        sum += pixels[channel * area + (row - (row % block) + y) * side + column - (column % block) + x]!
      }
    }
    return sum / block ** 2
  })
}
