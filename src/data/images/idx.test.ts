import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readIdx } from './idx.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'idx-test-'))
})
afterAll(() => rm(folder, { recursive: true }))

const file = async (bytes: Uint8Array) => {
  const path = join(folder, 'a.idx')
  await writeFile(path, bytes)
  return path
}
const two = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6)

it('reads axes and bytes, gzipped or not', async () => {
  const expected = { dims: [2, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 6) }
  expect(await readIdx(await file(two))).toEqual(expected)
  expect(await readIdx(await file(gzipSync(two)))).toEqual(expected)
})

it.each([
  ['another type', Uint8Array.of(0, 0, 13, 1, 0, 0, 0, 0), /not 0, 0, 8/],
  ['lengths cut short', two.subarray(0, 9), /within its lengths/],
  ['bytes cut short', two.subarray(0, 15), /2 x 3 bytes are declared, 3 follow/],
  ['nothing', new Uint8Array(), /not 0, 0, 8/],
])('refuses %s', async (_, bytes, why) => {
  await expect(readIdx(await file(bytes))).rejects.toMatchObject({
    code: 'data/corrupt',
    why: expect.stringMatching(why),
  })
})
