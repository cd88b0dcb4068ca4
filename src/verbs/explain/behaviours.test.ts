import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Random } from '../../random/index.ts'
import { fit, open } from '../index.ts'
import { explainPredictor } from './explain.ts'

let folder: string
let run: string
let data: string
const settings = () => ({
  system: 'aw-moe',
  target: 'bought',
  type: { history: 'sequence:^', item: 'categorical' },
  encoding: { vocabulary: { history: 'item' } },
  epochs: 1,
  budget: 2000,
  threads: 1,
})

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'interplay-behaviours-'))
  run = join(folder, 'run')
  data = join(folder, 'rows.csv')
  const random = new Random(4, 'behaviours')
  const lines = Array.from({ length: 300 }, () => {
    const history = Array.from({ length: random.integer(4) }, () => `i${random.integer(6)}`)
    const item = `i${random.integer(6)}`
    return `${history.join('^')},${item},c${random.integer(2)},${history.includes(item) ? 'yes' : 'no'}`
  })
  writeFileSync(data, `history,item,city,bought\n${lines.join('\n')}\n`)
  const set = { embeddingDimension: 4, hidden: 8, attentionHidden: [4], expertHidden: [8], gateHidden: [4] }
  await (await fit(data, { ...settings(), set, out: run })).close()
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true }))

it('answers raw rows, histories as lists or as text', async () => {
  await using model = await open(run)
  const rows = [
    { history: ['i1', 'i2'], item: 'i1', city: 'c0' },
    { history: 'i1^i2', item: 'i1', city: 'c0' },
    { history: [], item: 'i1', city: 'c0' },
    { history: ['new'], item: 'other', city: 'c0' },
  ]
  const [list, text, none, unknown] = await model.predict(rows)
  expect(list).toEqual(text)
  expect(list).not.toEqual(none)
  expect(Number.isFinite(Object.values(unknown!).find(value => typeof value === 'number'))).toBe(true)
})

it('shows its experts beside ablations, in the explanation and in the report', async () => {
  const document = await explainPredictor(run, { lens: ['aw-moe'], predictions: 2000, threads: 1 })
  const weights = document.results.filter(({ index }) => index === 'attention weight')
  expect(weights.map(({ set }) => set.join())).toEqual(['history,item'])
  expect(document.results[0]!.index).not.toBe('attention weight')
  for (const path of [join(document.out!, 'page.html'), join(run, 'report.html')]) {
    const page = readFileSync(path, 'utf8')
    expect(page).toContain('moves, weighed alike')
    expect(page).toContain('Histories are worth most to')
  }
  const lines = readFileSync(data, 'utf8').trim().split('\n')
  const row = lines.findIndex((line, i) => i > 0 && line.split(',')[0]!.split('^').length === 3)
  const one = await explainPredictor(run, { lens: ['aw-moe'], row, predictions: 400, threads: 1 })
  const page = readFileSync(join(one.out!, 'page.html'), 'utf8')
  expect(page).toContain(`1 ${lines[row]!.split('^')[0]}`)
  expect(page).toMatch(/the answer falls by .* the most of 3 behaviours/)
})

it('is refused a table whose histories tell the answer', async () => {
  const leaking = join(folder, 'leaking.csv')
  const lines = Array.from({ length: 120 }, (_, i) => {
    const item = `i${i % 5}`
    return `i${(i + 1) % 5}^${i % 2 === 0 ? item : `i${(i + 2) % 5}`},${item},c${i % 3},${i % 2 === 0 ? 'yes' : 'no'}`
  })
  writeFileSync(leaking, `history,item,city,bought\n${lines.join('\n')}\n`)
  await expect(fit(leaking, { ...settings(), out: join(folder, 'none') })).rejects.toMatchObject({ code: 'data/leak' })
})
