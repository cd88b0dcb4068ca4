/** One round of the splitmix32 finaliser: a well-mixed 32-bit hash of a 32-bit word. */
function mix(word: number): number {
  let h = word | 0
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad)
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97)
  return h ^ (h >>> 15)
}

function hashText(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return mix(h)
}

/**
 * The generator used everywhere: xoshiro128** seeded by a hash of (seed, stream, step), so any draw can be repeated
 * without history. Two streams, or two steps of one stream, are independent sequences; Node and browsers agree bit for bit.
 */
export class Random {
  private a: number
  private b: number
  private c: number
  private d: number
  private spare: number | undefined

  constructor(seed: number, stream: string | number = 0, step = 0) {
    let h = mix((seed | 0) + 0x9e3779b9)
    h = mix(h ^ Math.floor(seed / 0x100000000))
    h = mix(h + (typeof stream === 'string' ? hashText(stream) : stream | 0))
    h = mix(h + 0x85ebca6b + (step | 0))
    h = mix(h ^ Math.floor(step / 0x100000000))
    this.a = mix((h + 0x9e3779b9) | 0)
    this.b = mix((h + 0x3c6ef372) | 0)
    this.c = mix((h + 0xdaa66d2b) | 0)
    this.d = mix((h + 0x78dde6e4) | 0) | 1
  }

  /** An unsigned 32-bit integer. */
  next(): number {
    const s = Math.imul(this.b, 5)
    const result = Math.imul((s << 7) | (s >>> 25), 9) >>> 0
    const t = this.b << 9
    this.c ^= this.a
    this.d ^= this.b
    this.b ^= this.c
    this.a ^= this.d
    this.c ^= t
    this.d = (this.d << 11) | (this.d >>> 21)
    return result
  }

  /** Uniform in [0, 1), 53 bits. */
  uniform(): number {
    return ((this.next() >>> 5) * 67108864 + (this.next() >>> 6)) / 9007199254740992
  }

  /** Uniform integer in [0, bound), without modulo bias. */
  integer(bound: number): number {
    if (bound <= 0 || bound > 0x100000000) throw new RangeError(`bound must be in (0, 2^32], got ${bound}`)
    const limit = 0x100000000 - (0x100000000 % bound)
    for (;;) {
      const draw = this.next()
      if (draw < limit) return draw % bound
    }
  }

  /** Standard normal, Box-Muller. */
  normal(): number {
    if (this.spare !== undefined) {
      const value = this.spare
      this.spare = undefined
      return value
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()))
    const angle = 2 * Math.PI * this.uniform()
    this.spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }

  /** Fills with independent uniform bytes, four a draw. */
  bytes(target: Uint8Array): Uint8Array {
    const aligned = target.byteOffset % 4 === 0
    const whole = aligned ? target.length >>> 2 : 0
    const view = new Uint32Array(target.buffer, aligned ? target.byteOffset : 0, whole)
    let { a, b, c, d } = this
    for (let i = 0; i < whole; i++) {
      const s = Math.imul(b, 5)
      view[i] = Math.imul((s << 7) | (s >>> 25), 9)
      const t = b << 9
      c ^= a
      d ^= b
      b ^= c
      a ^= d
      c ^= t
      d = (d << 11) | (d >>> 21)
    }
    this.a = a
    this.b = b
    this.c = c
    this.d = d
    for (let i = whole * 4; i < target.length; i++) target[i] = this.next() >>> 24
    return target
  }

  /** A uniform permutation of 0 .. length - 1 (Fisher-Yates). */
  permutation(length: number): Int32Array {
    const order = new Int32Array(length)
    for (let i = 0; i < length; i++) order[i] = i
    return this.shuffle(order)
  }

  /** Shuffles in place. */
  shuffle<T extends { length: number; [index: number]: number }>(values: T): T {
    for (let i = values.length - 1; i > 0; i--) {
      const j = this.integer(i + 1)
      const kept = values[i]!
      values[i] = values[j]!
      values[j] = kept
    }
    return values
  }
}
