import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isInterplayError } from '../errors/index.ts'
import type { HostTensor } from './dtype.ts'
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts'

const every: Record<string, HostTensor> = {
  weight: { dtype: 'float32', dims: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
  mask: { dtype: 'bool', dims: [3], data: Uint8Array.of(1, 0, 1) },
  basis: { dtype: 'float64', dims: [1], data: Float64Array.of(Math.PI) },
  ids: { dtype: 'int32', dims: [2], data: Int32Array.of(-1, 7) },
  counts: { dtype: 'int64', dims: [], data: BigInt64Array.of(-(2n ** 62n)) },
  bytes: { dtype: 'uint8', dims: [1], data: Uint8Array.of(255) },
  half: { dtype: 'float16', dims: [1], data: Uint16Array.of(0x3c00) },
  empty: { dtype: 'float32', dims: [0, 4], data: new Float32Array(0) },
}

/** A file with a header as given, over `size` bytes of data. */
function file(header: unknown, size = 0): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const bytes = new Uint8Array(8 + text.length + size)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true)
  bytes.set(text, 8)
  return bytes
}

describe('a safetensors file', () => {
  it('comes back as it was written, every type', () => {
    const metadata = { step: '420', note: 'é "quoted"' }
    expect(decodeSafetensors(encodeSafetensors(every, metadata))).toEqual({ tensors: every, metadata })
  })

  it('has the same bytes whatever the order of its tensors and metadata', () => {
    const shuffled = Object.fromEntries(Object.entries(every).reverse())
    const bytes = encodeSafetensors(every, { a: '1', b: '2' })
    expect(encodeSafetensors(shuffled, { b: '2', a: '1' })).toEqual(bytes)
  })

  it('has the bytes of the reference implementation', () => {
    // safetensors 0.8.0, Python: save({'b': float32 [[1, 2]], 'a': bool [True], 'c': int64 [3]}, {'made': 'by'})
    const reference =
      'yAAAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJtYWRlIjoiYnkifSwiYyI6eyJkdHlwZSI6Ikk2NCIsInNoYXBlIjpbMV0sImRhdGFfb2Zmc2V0cyI6WzAsOF19LCJiIjp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlsxLDJdLCJkYXRhX29mZnNldHMiOls4LDE2XX0sImEiOnsiZHR5cGUiOiJCT09MIiwic2hhcGUiOlsxXSwiZGF0YV9vZmZzZXRzIjpbMTYsMTddfX0gICAgIAMAAAAAAAAAAACAPwAAAEAB'
    const tensors: Record<string, HostTensor> = {
      b: { dtype: 'float32', dims: [1, 2], data: Float32Array.of(1, 2) },
      a: { dtype: 'bool', dims: [1], data: Uint8Array.of(1) },
      c: { dtype: 'int64', dims: [1], data: BigInt64Array.of(3n) },
    }
    expect(Buffer.from(encodeSafetensors(tensors, { made: 'by' })).toString('base64')).toBe(reference)
  })

  it('is read as aligned views of its own bytes', () => {
    const bytes = encodeSafetensors(every)
    for (const { data } of Object.values(decodeSafetensors(bytes).tensors)) expect(data.buffer).toBe(bytes.buffer)
  })

  it('is read at any offset in a buffer', () => {
    const bytes = encodeSafetensors(every)
    for (let shift = 0; shift < 8; shift++) {
      const shifted = Buffer.concat([Buffer.alloc(shift), bytes]).subarray(shift)
      expect(decodeSafetensors(shifted).tensors).toEqual(every)
    }
  })

  it('gives BF16 as float32', () => {
    const bytes = file({ x: { dtype: 'BF16', shape: [2], data_offsets: [0, 4] } }, 4)
    bytes.set([0x80, 0x3f, 0x20, 0xc0], bytes.length - 4)
    expect(decodeSafetensors(bytes).tensors.x).toEqual({ dtype: 'float32', dims: [2], data: Float32Array.of(1, -2.5) })
  })

  it('keeps names that JavaScript treats apart', () => {
    const x: HostTensor = { dtype: 'uint8', dims: [1], data: Uint8Array.of(1) }
    const tensors = Object.fromEntries([
      ['10', x],
      ['9', x],
      ['__proto__', x],
      ['constructor', x],
    ])
    expect(Object.entries(decodeSafetensors(encodeSafetensors(tensors)).tensors)).toHaveLength(4)
    expect(decodeSafetensors(encodeSafetensors({})).tensors.constructor).toBeUndefined()
  })
})

describe('a hostile or damaged file', () => {
  const tensor = (fields: object) => ({ x: { dtype: 'F32', shape: [1], data_offsets: [0, 4], ...fields } })
  it.each([
    ['no length', new Uint8Array(7), /7 bytes/],
    [
      'a header beyond the file',
      Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255),
      /header of 18446744073709551615 bytes/,
    ],
    ['a header that is not JSON', file('{"x":'), /not JSON/],
    ['a header that is not UTF-8', Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0xff), /not JSON/],
    ['a list for a header', file('[]'), /not a JSON object/],
    ['an entry that is no object', file({ x: 1 }), /entry of 'x'/],
    ['no dtype', file({ x: { shape: [], data_offsets: [0, 4] } }, 4), /no dtype/],
    ['a negative extent', file(tensor({ shape: [-1] }), 4), /has the shape \[-1\]/],
    ['a fractional extent', file(tensor({ shape: [0.5] }), 4), /has the shape/],
    ['extents that overflow', file(tensor({ shape: Array(64).fill(2 ** 53 - 1) }), 4), /has 4 bytes/],
    ['more bytes than its shape', file(tensor({ data_offsets: [0, 8] }), 8), /has 8 bytes, F32 \[1\] takes 4/],
    ['offsets in reverse', file(tensor({ data_offsets: [4, 0] }), 4), /has -4 bytes/],
    ['offsets beyond the data', file(tensor({}), 3), /end at byte 4 of 3/],
    ['a hole', file(tensor({ data_offsets: [4, 8] }), 8), /begins at byte 4 of the data, 0 was expected/],
    ['bytes behind', file(tensor({}), 9), /end at byte 4 of 9/],
    ['overlap', file({ ...tensor({}), y: { dtype: 'F32', shape: [1], data_offsets: [2, 6] } }, 6), /begins at byte 2/],
    ['metadata that is not text', file({ __metadata__: { a: 1 } }), /metadata/],
  ])('with %s is refused', (_, bytes, why) => {
    expect(() => decodeSafetensors(bytes, 'm.safetensors')).toThrow(
      expect.objectContaining({
        code: 'data/corrupt',
        message: "'m.safetensors' is not a whole safetensors file",
        why: expect.stringMatching(why),
      }),
    )
  })

  it('of an unread type names it', () => {
    expect(() => decodeSafetensors(file(tensor({ dtype: 'F8_E4M3' }), 4))).toThrow(
      expect.objectContaining({
        code: 'data/type',
        message: "'x' in 'model.safetensors' is F8_E4M3, which is not read here",
      }),
    )
  })

  it('with a header of 100 MB is refused before it is parsed', () => {
    const bytes = new Uint8Array(100_000_000)
    new DataView(bytes.buffer).setUint32(0, bytes.length - 8, true)
    expect(() => decodeSafetensors(bytes)).toThrow(expect.objectContaining({ code: 'data/corrupt' }))
  })

  it('ends in our error or in tensors, whatever bits flip', () => {
    const whole = encodeSafetensors(every, { a: 'b' })
    const bit = fc.integer({ min: 0, max: whole.length * 8 - 1 })
    const cut = fc.integer({ min: 0, max: whole.length })
    fc.assert(
      fc.property(fc.array(bit, { maxLength: 5 }), cut, (bits, length) => {
        const bytes = whole.slice(0, bits.length === 0 ? length : whole.length)
        for (const each of bits) bytes[each >> 3]! ^= 1 << (each & 7)
        try {
          decodeSafetensors(bytes)
        } catch (error) {
          expect(isInterplayError(error), String(error)).toBe(true)
        }
      }),
      { numRuns: 1000, seed: 5 },
    )
  })
})
