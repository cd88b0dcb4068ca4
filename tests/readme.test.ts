import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, expect, it, vi } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = join(root, 'node_modules/.cache/interplay-readme')
const home = process.cwd()
afterAll(() => {
  process.chdir(home)
  rmSync(folder, { recursive: true, force: true })
})

it('the API section of the README runs', async () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8').split('## The API')[1]!
  const [code, explaining] = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, text]) => text!)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const index = pathToFileURL(join(root, 'src/index.ts')).pathname
  writeFileSync(join(folder, 'example.ts'), code!.replace("'interplay'", JSON.stringify(index)))
  const connection = await (await DuckDBInstance.create()).connect()
  await connection.run(`COPY (
    SELECT 'u' || (range % 20) AS "user", 'i' || (range * 7 % 30) AS item,
      (range * 7919 % 11 < 4 + range % 20 % 3)::INT AS clicked FROM range(400)
  ) TO '${join(folder, 'clicks.parquet')}' (FORMAT parquet)`)
  process.chdir(folder)
  const said: unknown[][] = []
  using log = vi.spyOn(console, 'log').mockImplementation((...words) => void said.push(words))
  await import(join(folder, 'example.ts'))
  expect(log).toHaveBeenCalled()
  const epochs = said.filter(words => typeof words[0] === 'number')
  expect(epochs.at(-1)).toEqual([expect.any(Number), expect.any(Number)])
  expect(said.at(-2)).toEqual([
    join('runs', 'clicks-autoint-1'),
    expect.objectContaining({ value: expect.any(Number) }),
  ])
  const [first, second] = said.at(-1)!
  expect(first).toEqual([{ probability: expect.any(Number), label: expect.any(String) }])
  expect(second).toEqual(first)

  said.length = 0
  writeFileSync(join(folder, 'explain.ts'), explaining!.replace("'interplay'", JSON.stringify(index)))
  await import(join(folder, 'explain.ts'))
  expect(said).toEqual([['user × item', expect.any(Number), [expect.any(Number), expect.any(Number)]]])
}, 180_000)
