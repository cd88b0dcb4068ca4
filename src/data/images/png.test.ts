import { crc32, inflateSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { encodePng } from './png.ts'

it('writes lines of red, green and blue behind a filter byte', () => {
  const file = encodePng(Uint8Array.of(255, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10), 2, 2)
  expect([...file.subarray(1, 4)]).toEqual([...'PNG'].map(letter => letter.charCodeAt(0)))
  const view = new DataView(file.buffer, file.byteOffset)
  expect([view.getUint32(16), view.getUint32(20), file[24], file[25]]).toEqual([2, 2, 8, 2])
  const length = view.getUint32(33)
  const data = file.subarray(41, 41 + length)
  expect(view.getUint32(41 + length)).toBe(crc32(file.subarray(37, 41 + length)))
  expect([...inflateSync(data)]).toEqual([0, 255, 3, 7, 0, 4, 8, 0, 1, 5, 9, 2, 6, 10])
})
