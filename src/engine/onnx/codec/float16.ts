/** Values of IEEE 754 half precision bit patterns, exactly. */
export function float16ToFloat32(bits: Uint16Array): Float32Array {
  const values = new Float32Array(bits.length)
  const words = new Uint32Array(values.buffer)
  for (let i = 0; i < bits.length; i++) {
    const half = bits[i]!
    const sign = (half & 0x8000) << 16
    const exponent = (half >> 10) & 0x1f
    const fraction = half & 0x3ff
    if (exponent === 0) values[i] = (sign ? -1 : 1) * fraction * 2 ** -24
    else if (exponent === 31) words[i] = sign | 0x7f800000 | (fraction << 13)
    else words[i] = sign | ((exponent + 112) << 23) | (fraction << 13)
  }
  return values
}

/** Half precision bit patterns nearest to the values, ties to even; beyond 65,504 infinite. */
export function float32ToFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint16Array(values.length)
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length)
  for (let i = 0; i < values.length; i++) {
    const word = words[i]!
    const magnitude = word & 0x7fffffff
    let half: number
    if (magnitude >= 0x7f800000) half = magnitude > 0x7f800000 ? 0x7e00 : 0x7c00
    else if (magnitude >= 0x477ff000) half = 0x7c00
    else if (magnitude >= 0x38800000) half = (magnitude - 0x38000000 + 0xfff + ((magnitude >> 13) & 1)) >> 13
    else half = roundToEven(Math.abs(values[i]!) * 2 ** 24)
    bits[i] = ((word >>> 16) & 0x8000) | half
  }
  return bits
}

function roundToEven(value: number): number {
  const rounded = Math.round(value)
  return rounded - value === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded
}

/** Values of bfloat16 bit patterns, exactly: the upper half of a float32. */
export function bfloat16ToFloat32(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length)
  for (let i = 0; i < bits.length; i++) words[i] = bits[i]! << 16
  return new Float32Array(words.buffer)
}
