import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { rawColumns, requireNumbers } from './table-columns.ts'

const folder = mkdtempSync(join(tmpdir(), 'interplay-table-columns-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it.each([
  ['1,2\n3,4\n,5\n', /'a' of rows.csv is empty in row 3$/],
  ['1,2\nx,4\n,5\n', /'a' of rows.csv is text$/],
])('a model of numbers is told what a column lacks: %j', async (rows, message) => {
  const path = join(folder, 'rows.csv')
  writeFileSync(path, `a,b\n${rows}`)
  const raw = await rawColumns(path)
  expect(() => requireNumbers('m.onnx', raw)).toThrow(message)
})
