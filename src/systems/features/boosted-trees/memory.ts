import { InterplayError } from '../../../errors/index.ts'

const pageBytes = 65_536
/** What a 32-bit WebAssembly memory can hold. */
const mostPages = 65_536

/** Typed arrays in one growing memory that threads and WebAssembly share; an array's `byteOffset` is its pointer. */
export class SharedMemory {
  readonly memory = new WebAssembly.Memory({ initial: 1, maximum: mostPages, shared: true })
  private used = 0

  /**
   * Zeroed bytes from a multiple of 64.
   * @throws InterplayError `train/memory` past 4 GB
   */
  private reserve(bytes: number): number {
    const start = this.used
    this.used += Math.ceil(bytes / 64) * 64
    const missing = Math.ceil(this.used / pageBytes) - this.memory.buffer.byteLength / pageBytes
    if (missing <= 0) return start
    if (this.used > mostPages * pageBytes) {
      const gigabytes = (this.used / 2 ** 30).toFixed(1)
      throw new InterplayError(
        'train/memory',
        `the trees need more than ${gigabytes} GB, 4 GB is the most they can use`,
        {
          try: '--where "random() < 0.5"',
        },
      )
    }
    this.memory.grow(missing)
    return start
  }

  uint8(length: number) {
    const start = this.reserve(length)
    return new Uint8Array(this.memory.buffer, start, length)
  }

  uint16(length: number) {
    const start = this.reserve(2 * length)
    return new Uint16Array(this.memory.buffer, start, length)
  }

  int32(length: number) {
    const start = this.reserve(4 * length)
    return new Int32Array(this.memory.buffer, start, length)
  }

  float32(length: number) {
    const start = this.reserve(4 * length)
    return new Float32Array(this.memory.buffer, start, length)
  }

  float64(length: number) {
    const start = this.reserve(8 * length)
    return new Float64Array(this.memory.buffer, start, length)
  }
}
