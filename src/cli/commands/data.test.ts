import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { resolveInput } from '../../data/index.ts'
import { capture } from '../testing.ts'

const folder = mkdtempSync(join(tmpdir(), 'data-verb-'))
afterAll(() => rmSync(folder, { recursive: true }))

const interplay = (...words: string[]) => capture(['data', ...words], folder)
const json = async (...words: string[]) => JSON.parse((await interplay(...words, '--json')).out)

describe('data list and verify', () => {
  it('lists what is known, with what its licence allows', async () => {
    const { out } = await interplay('list', 'frappe')
    expect(out).toMatch(/^name +rows +licence +here +what it is\nfrappe +288,609 +research only/)
    expect(out).toContain('2 datasets ')
    const { rows } = await json('list')
    expect(rows.find((row: { name: string }) => row.name === 'birdstrikes')).toMatchObject({
      licence: 'shipped',
      present: true,
      files: [{ name: 'birdstrikes.csv', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
    })
  })
  it('exits 5 where a file differs, 0 where it does not', async () => {
    const path = resolveInput('data:birdstrikes').input as string
    cpSync(path, join(folder, 'birdstrikes.csv'))
    expect(await interplay('verify', 'birdstrikes', folder)).toMatchObject({ status: 0, err: '' })
    writeFileSync(join(folder, 'birdstrikes.csv'), 'a,b\n1,2\n')
    const { status, out } = await interplay('verify', 'birdstrikes', folder)
    expect(status).toBe(5)
    expect(out).toContain('differs: 2 lines, sha256')
    expect(await json('verify', 'birdstrikes', folder)).toMatchObject({ holds: false, files: [{ state: 'differs' }] })
    expect((await interplay('verify', 'birdstrike', folder)).err).toContain('nearest: birdstrikes')
  })
})

describe('data show', () => {
  const path = join(folder, 'rows.csv')
  const rows = Array.from(
    { length: 200 },
    (_, k) => `r${k},${k % 7 ? k * 1.5 : ''},${k % 3 ? 'a' : 'b'},x,${k % 2},a^b`,
  )
  writeFileSync(path, ['id,price,kind,fax,clicked,seen', ...rows].join('\n'))

  it('says type, role and reason of every field', async () => {
    const { fields, targets } = await json('show', path, '-t', 'clicked', '--type', 'price=numeric:quantile')
    expect(targets).toEqual([{ name: 'clicked', expression: null }])
    const found = fields.map((field: Record<string, unknown>) => [field.name, field.type, field.role, field.reason])
    expect(found).toEqual([
      ['id', 'categorical', 'ignored', 'id-like'],
      ['price', 'numeric', 'input', undefined],
      ['kind', 'categorical', 'input', undefined],
      ['fax', 'categorical', 'ignored', 'constant'],
      ['clicked', 'boolean', 'target', undefined],
      ['seen', 'sequence', 'ignored', 'constant'],
    ])
    expect(fields[1]).toMatchObject({ scaling: 'quantile', missing: 29, distinct: 171 })
    const { out } = await interplay('show', path, '--set', 'encoding.scaling=log-square')
    expect(out).toMatch(/price +numeric, log-square +input +171 +14\.5% +1\.50 to 299/)
    expect(out).toMatch(/kind +categorical +input +2 +0\.0% +a, b/)
  })
  it('names what the encoding does not know', async () => {
    const wrong = async (...words: string[]) => (await interplay('show', path, ...words)).err
    expect(await wrong('--set', 'encoding.scalings=none')).toContain('nearest: scaling')
    expect(await wrong('--set', 'encoding.scaling=cubic')).toContain('must be one of standard, minmax')
    expect(await wrong('--set', 'encoding.minCount=0')).toContain(
      'encoding.minCount must be a whole number >= 1, got 0',
    )
    expect(await wrong('--type', 'price=numeric:cubic')).toContain('scalings of numbers are standard')
    expect(await wrong('--set', 'heads=2')).toContain("data show has no option 'heads'")
  })
})
