import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, it } from 'vitest'
import { readDigits } from './read-digits.ts'

const folder = mkdtempSync(join(tmpdir(), 'interplay-digits-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const line = (digit: number | string, first: number | string = 16) => [first, ...Array(63).fill(4), digit].join(',')
const read = (text: string) => {
  writeFileSync(join(folder, 'digits.csv.gz'), gzipSync(text))
  return readDigits(folder)
}

it('reads intensities and digits', async () => {
  const { count, pixels, labels } = await read(`${line(3)}\n${line(9, 0)}\n`)
  expect({ count, values: [...labels!.values] }).toEqual({ count: 2, values: [3, 9] })
  expect([...pixels].filter((_, at) => at % 64 < 2)).toEqual([1, 0.25, 0, 0.25])
})

it.each([
  ['a short line', `${line(3)}\n1,2,3`, 'data/ragged', /line 2 has 3 values, 65 are needed/],
  ['an intensity above 16', line(3, 17), 'data/not-finite', /line 1, value 1 is no intensity of 0 to 16/],
  ['a word', `${line(3)}\n${line('three')}`, 'data/not-finite', /line 2, value 65 is no digit/],
])('refuses %s', async (_, text, code, message) => {
  await expect(read(text)).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string })
})

it('names the file that is not there', async () => {
  await expect(readDigits(join(folder, 'elsewhere'))).rejects.toMatchObject({ code: 'data/not-found' })
})
