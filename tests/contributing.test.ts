import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import type { System } from '../src/system/index.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = join(root, 'node_modules/.cache/interplay-contributing')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('the system of CONTRIBUTING.md is one', async () => {
  const page = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')
  const files = [...page.matchAll(/```ts\n\/\/ (src\/\S+)\n(.*?)```/gs)]
  expect(files.map(([, path]) => path!.split('/').at(-1))).toEqual(['model.ts', 'index.ts', 'study.ts'])
  for (const [, path, code] of files) {
    const copy = join(folder, path!)
    mkdirSync(dirname(copy), { recursive: true })
    writeFileSync(copy, code!.replaceAll('../../../', pathToFileURL(join(root, 'src/')).pathname))
  }
  const { product } = (await import(join(folder, 'src/systems/features/product/index.ts'))) as { product: System }
  expect(product.options.parse({})).toEqual({ embeddingDimension: 10 })
  const settled: unknown[] = []
  const context = { settle: (name: string, settlement: object) => settled.push({ name, ...settlement }) }
  await product.study.run(context as never)
  expect(settled).toEqual([{ name: 'weights', measured: 249, holds: true }])
})
