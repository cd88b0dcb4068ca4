import { readFileSync } from 'node:fs'
import { crc32, deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decodePng } from './decode-png.ts'
import { encodePng } from './png.ts'

interface Golden {
  cases: { name: string; file: string; channels: number; height: number; width: number; pixels: string }[]
}
const golden = JSON.parse(readFileSync(new URL('../../../fixtures/images/png.json', import.meta.url), 'utf8')) as Golden
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'base64'))

describe('files that Pillow wrote', () => {
  it.each(golden.cases)('$name', ({ file, channels, height, width, pixels }) => {
    expect(decodePng(bytesOf(file), 'a.png')).toEqual({ channels, height, width, pixels: bytesOf(pixels) })
  })
})

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const ends = Buffer.alloc(8)
  ends.writeUInt32BE(data.length, 0)
  ends.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)])
}

/** A grey file of 2 x 3 from its lines, filter bytes included. */
function grey(lines: readonly number[], interlaced = 0): Uint8Array {
  const header = Uint8Array.of(0, 0, 0, 3, 0, 0, 0, 2, 8, 0, 0, 0, interlaced)
  const start = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
  const parts = [start, chunk('IHDR', header), chunk('IDAT', deflateSync(Uint8Array.from(lines)))]
  return new Uint8Array(Buffer.concat([...parts, chunk('IEND', new Uint8Array())]))
}

it('undoes the filter of averages', () => {
  const { pixels } = decodePng(grey([3, 10, 5, 5, 3, 1, 0, 0]), 'a.png')
  expect([...pixels]).toEqual([10, 10, 10, 6, 8, 9])
})

it('reads back what is written here', () => {
  const pixels = Uint8Array.from({ length: 3 * 4 * 5 }, (_, k) => (37 * k) % 256)
  expect(decodePng(encodePng(pixels, 4, 5), 'a.png')).toEqual({ channels: 3, height: 4, width: 5, pixels })
})

it('refuses what is no whole file, by name', () => {
  const file = grey([0, 1, 2, 3, 0, 4, 5, 6])
  const refused = (bytes: Uint8Array) => expect(() => decodePng(bytes, 'b.png'))
  refused(Uint8Array.of(1, 2, 3)).toThrow("'b.png' is not a whole PNG file")
  for (let length = 8; length < file.length; length++)
    refused(file.subarray(0, length)).toThrow(expect.objectContaining({ code: 'data/corrupt' }))
  const turned = file.slice()
  turned[turned.length - 20]! ^= 1
  refused(turned).toThrow(expect.objectContaining({ code: 'data/corrupt' }))
  refused(grey([0, 1, 2, 3])).toThrow(expect.objectContaining({ code: 'data/corrupt' }))
  refused(grey([9, 1, 2, 3, 0, 4, 5, 6])).toThrow(expect.objectContaining({ code: 'data/corrupt' }))
  refused(grey([0, 1, 2, 3, 0, 4, 5, 6], 1)).toThrow('interlaced')
})
