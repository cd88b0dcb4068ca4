import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { fit } from './index.ts'

let folder: string
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'interplay-thin-'))))
afterAll(() => rmSync(folder, { recursive: true }))

const cities = ['Oslo', 'Bern', 'Rome']

function tableOf(name: string, header: string, row: (i: number) => (string | number)[]): string {
  const path = join(folder, name)
  const lines = Array.from({ length: 500 }, (_, i) => row(i).join(','))
  writeFileSync(path, `${header}\n${lines.join('\n')}\n`)
  return path
}

it.each([
  [
    'a column without values',
    'empty.csv',
    'city,fax,clicked',
    (i: number) => [cities[i % 3]!, '', Number((i * 7) % 5 < 2)],
  ],
  [
    'a class of one row in a hundred',
    'rare.csv',
    'city,price,clicked',
    (i: number) => [cities[i % 3]!, (i * 37) % 101, Number(i % 100 === 3)],
  ],
] as const)('writes the whole run of a table with %s', async (_, name, header, row) => {
  const out = join(folder, name.slice(0, -4))
  const data = tableOf(name, header, row)
  await fit(data, { target: 'clicked', system: 'logistic', epochs: 1, threads: 1, out })
  const { files } = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as { files: string[] }
  expect(files).toContain('report.html')
  expect(existsSync(join(out, 'report.html'))).toBe(true)
  expect(JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'))).toMatchObject({ state: 'finished' })
})

it('never writes over files that are no run, asked to or not', async () => {
  const out = join(folder, 'mine')
  const data = tableOf('rows.csv', 'city,clicked', i => [cities[i % 3]!, i % 2])
  const again = (overwrite: boolean) =>
    fit(data, { target: 'clicked', system: 'logistic', epochs: 1, threads: 1, out, overwrite })
  await again(false)
  await expect(again(false)).rejects.toThrow(`'${out}' already holds a run`)
  await again(true)
  rmSync(join(out, 'run.json'))
  const before = readFileSync(join(out, 'result.json'), 'utf8')
  for (const overwrite of [false, true]) await expect(again(overwrite)).rejects.toThrow("holds files that are no run's")
  expect(readFileSync(join(out, 'result.json'), 'utf8')).toBe(before)
})
