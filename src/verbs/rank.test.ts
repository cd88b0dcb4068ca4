import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Random } from '../random/index.ts'
import { rank, type RankResult } from './rank.ts'

const folder = mkdtempSync(join(tmpdir(), 'interplay-rank-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const random = new Random(1, 'rank.test')
const table = join(folder, 'clicks.csv')
writeFileSync(
  table,
  [
    'device,a,b,session,clicked',
    ...Array.from({ length: 2000 }, (_, row) => {
      const [device, a, b] = [random.integer(3), random.integer(2), random.integer(2)]
      const clicked = random.uniform() < 0.2 + 0.2 * device + 0.2 * (a ^ b) ? 1 : 0
      return [`d${device}`, `v${a}`, `v${b}`, `s${row * 7919}`, clicked].join(',')
    }),
  ].join('\n'),
)
const read = (...parts: string[]) => readFileSync(join(folder, ...parts), 'utf8')

describe('rank', () => {
  it('writes a run folder with the ranking and its page', async () => {
    const out = join(folder, 'pairs')
    const document = await rank(table, { target: 'clicked', order: 2, out, set: { rows: 'all' } })
    expect(JSON.parse(read('pairs', 'result.json'))).toEqual(document)
    expect(JSON.parse(read('pairs', 'run.json'))).toMatchObject({ state: 'finished', system: 'outrank', seed: 1 })
    expect(document).toMatchObject({ schema: 'interplay.rank/1', target: 'clicked', ranked: 2000, data: 'clicks.csv' })
    expect(document.rows).toHaveLength(10)
    const row = (...set: string[]) => document.rows.find(row => row.set.join() === set.join())!
    expect(row('device').gain).toBeGreaterThan(row('device').noise!)
    expect(row('a', 'b').flags).toContain('acts together')
    expect(row('session')).toMatchObject({ gain: 0, values: 2000, flags: ['id-like'] })
    const page = read('pairs', 'report.html')
    expect(page).toMatch(/tells? most of clicked/)
    expect(page).toContain('What acts together')
    expect(page).not.toMatch(/https?:\/\/(?!www\.w3\.org)/)
  })

  it('ranks the rows that fit trains on, without controls by plain information', async () => {
    const out = join(folder, 'plain')
    const plain: RankResult = await rank(table, { target: 'clicked', controls: false, out })
    expect(plain.ranked).toBeLessThan(1500)
    expect(plain.rows[0]).toMatchObject({ set: ['session'], noise: null })
    expect(plain.rows[0]!.gain).toBeGreaterThan(0.6)
    expect(read('plain', 'report.html')).toContain('Chance was not measured')
  })

  it('refuses what it cannot rank before it writes anything', async () => {
    const attempt = (options: Parameters<typeof rank>[1]) =>
      rank(table, { target: 'clicked', out: join(folder, 'none'), ...options })
    await expect(attempt({ of: 'models' })).rejects.toMatchObject({ code: 'usage/wrong-verb' })
    await expect(attempt({ system: 'autoint' })).rejects.toMatchObject({ code: 'usage/wrong-verb' })
    await expect(attempt({ target: ['device', 'a'] })).rejects.toMatchObject({ code: 'option/conflict' })
    await expect(attempt({ target: 'click' })).rejects.toMatchObject({ code: 'data/unknown-field' })
    await expect(attempt({ set: { score: 'best' } })).rejects.toMatchObject({ code: 'option/invalid' })
    await expect(attempt({ ignore: ['device', 'a', 'b', 'session'] })).rejects.toMatchObject({ code: 'data/no-inputs' })
    await expect(attempt({ out: join(folder, 'plain') })).rejects.toMatchObject({ code: 'run/exists' })
    expect(existsSync(join(folder, 'none'))).toBe(false)
  })
})
