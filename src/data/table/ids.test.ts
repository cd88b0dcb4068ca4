import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { encodeRows } from './encode-rows.ts'
import { encodeTable } from './encode-table.ts'
import { encodingSettings } from './encoding-settings.ts'
import { valueName, type Encoding } from './encoding.ts'
import { hashedVocabulary, idFinder } from './ids.ts'
import { prepareRows } from './memory/prepare-rows.ts'
import { prepareTable } from './prepare.ts'

const folder = mkdtempSync(join(tmpdir(), 'ids-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

const rows = Array.from({ length: 60 }, (_, i) => ({
  city: i % 7 === 0 ? null : `city ${i}`,
  code: i % 11,
  seen: [`city ${i + 1}`, `city ${i + 2}`],
  y: i % 2,
}))
const types = { city: 'categorical', code: 'categorical', seen: 'sequence', y: 'categorical' }
const codes = 500

describe('hashed values', () => {
  it('keep their codes from release to release', () => {
    const idOf = idFinder(hashedVocabulary('city', 1000))
    expect(['Oslo', 'Paris', '', '日本'].map(idOf)).toEqual([808, 41, 328, 364])
  })

  it('spread over all codes, unlike those of another field', () => {
    const [own, other] = ['city', 'user'].map(key => idFinder(hashedVocabulary(key, 100)))
    const counts = new Int32Array(102)
    let same = 0
    for (let i = 0; i < 20_000; i++) {
      counts[own!(`v${i}`)!]!++
      same += Number(own!(`v${i}`) === other!(`v${i}`))
    }
    expect([counts[0], counts[101]]).toEqual([0, 0])
    const chiSquare = counts.subarray(1, 101).reduce((sum, count) => sum + (count - 200) ** 2 / 200, 0)
    // 99 degrees of freedom: between the quantiles 0.001 and 0.999
    expect(chiSquare).toBeGreaterThan(62)
    expect(chiSquare).toBeLessThan(149)
    expect(Math.abs(same - 200)).toBeLessThan(3 * Math.sqrt(200))
  })

  it('need no vocabulary: training, files, rows and rows in memory give the same codes, new values too', async () => {
    const path = join(folder, 'rows.jsonl')
    writeFileSync(path, rows.map(row => JSON.stringify(row)).join('\n'))
    const prepared = await prepareTable(path, {
      target: ['y'],
      types,
      codes,
      vocabulary: { seen: 'city' },
      cache: false,
    })
    const encoding = JSON.parse(JSON.stringify(prepared.encoding)) as Encoding
    expect(encoding.fields.map(field => 'values' in field && field.values)).toEqual([[], [], []])
    expect(prepared.spec.fields.map(({ size }) => size)).toEqual([502, 502, 502])

    const { y: _, ...cells } = { ...rows[1]!, city: 'a city that is new' }
    const fresh = join(folder, 'fresh.jsonl')
    writeFileSync(fresh, JSON.stringify(cells))
    const served = encodeRows(encoding, [...rows.map(({ y: _y, ...row }) => row), cells])
    expect(served.unseen).toEqual([])
    const width = served.categorical.length / served.rows
    const row = (table: { categorical: Int32Array }, at: number) => [
      ...table.categorical.subarray(at * width, (at + 1) * width),
    ]
    for (const table of [prepared.train, prepared.valid, prepared.test]) {
      table.rowNumber.forEach((number, at) => expect(row(table, at)).toEqual(row(served, number - 1)))
    }
    for await (const { table, unseen } of encodeTable(encoding, fresh)) {
      expect(row(table, 0)).toEqual(row(served, rows.length))
      expect(unseen).toEqual({})
    }
    const [list] = served.sequences
    expect(list!.ids[0]).toBe(served.categorical[width] as number)
    expect(row(served, 0)[0]).toBe(codes + 1)
    expect([0, 7, codes + 1].map(id => valueName(encoding, 'city', id))).toEqual(['missing', 'code 7', 'unknown'])

    const { seen: _seen, ...plain } = types
    const memory = prepareRows(
      rows.map(({ seen: _list, ...each }) => each),
      { target: 'y', types: plain, codes: { city: codes } },
    )
    expect(memory.encoding.fields[0]).toEqual(encoding.fields[0])
    expect(memory.encoding.fields[1]).toMatchObject({ values: expect.arrayContaining(['3']) as string[] })
  })

  it('are asked for by a whole number of codes, of all fields or by field', () => {
    expect(encodingSettings({ codes: { user: 1000 } }).codes).toEqual({ user: 1000 })
    expect(() => encodingSettings({ codes: 1 })).toThrow(/encoding\.codes must be a whole number of 2 to/)
  })
})
