import { afterAll, describe, expect, test } from 'vitest'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { prepareTable } from '../table/prepare.ts'
import { datasets } from './catalogue.ts'
import { locateFile } from './locate.ts'

const home = mkdtempSync(join(tmpdir(), 'catalogue-test-'))
afterAll(() => rmSync(home, { recursive: true }))

test('names are unique, and every table is made of known files', () => {
  const names = datasets.map(dataset => dataset.name)
  expect(new Set(names).size).toBe(names.length)
  for (const { table, files, recipe, licence } of datasets) {
    const used = typeof table === 'string' ? [table] : 'query' in table ? [] : Object.values(table)
    expect(files.map(file => file.name)).toEqual(expect.arrayContaining(used))
    expect(recipe?.options.target?.length).toBeGreaterThan(0)
    if (licence === 'research' || licence === 'share-alike')
      expect(files.every(file => file.url === undefined)).toBe(true)
  }
})

/** Read here in seconds; the larger are tried by hand with `interplay data show`. */
const most = 60_000

describe('recipes', () => {
  for (const dataset of datasets.filter(dataset => dataset.rows <= most)) {
    const absent = dataset.files.some(file => locateFile(dataset, file) === undefined)
    test.skipIf(absent)(`${dataset.name}${absent ? ' (its files are not on this machine)' : ''}`, async () => {
      const table = await prepareTable(`data:${dataset.name}`, { cache: false, threads: 2 })
      expect(table.schema.rows).toBe(dataset.rows)
      expect(table.encoding.outputs).toHaveLength(dataset.recipe!.options.target!.length)
      expect(table.warnings.filter(warning => /no-header|target/.test(warning.code))).toEqual([])
      const kept = table.schema.fields.filter(field => field.role === 'input').length
      expect(kept).toBeGreaterThanOrEqual(3)
      expect(Object.values(table.split.rows).every(rows => rows > 0)).toBe(true)
      expect(table.inputs.every(input => !input.path.startsWith('/') && !input.path.startsWith('sql:'))).toBe(true)
    })
  }
})
