import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { capture } from './testing.ts'

let folder: string
const table = () => join(folder, 'rows.csv')
const entries = () => join(folder, 'entries.csv')
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interplay-dry-run-'))
  const rows = Array.from({ length: 300 }, (_, i) => `a${i % 7},b${i % 3},${i % 7 < 3 ? 'yes' : 'no'}`)
  writeFileSync(table(), ['a,b,y', ...rows].join('\n'))
  const values = Array.from({ length: 60 }, (_, i) => `${(i % 10) / 10},${Math.floor(i / 10) / 6},${Math.sin(i)}`)
  writeFileSync(entries(), ['x,z,value', ...values].join('\n'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs a verb dry; nothing may be written. */
async function dry(...words: string[]) {
  const before = readdirSync(folder)
  const told = await capture([...words, '--dry-run', '-o', join(folder, 'out')], folder)
  expect(readdirSync(folder)).toEqual(before)
  return told
}

it('search tells every candidate with what it takes, and which would not be tried', async () => {
  const over = ['--over', 'system=logistic,dcnv2,boosted-trees']
  const { status, out } = await dry('search', table(), '-t', 'y', '--for', 'system', ...over, '--epochs', '2')
  expect(status).toBe(0)
  expect(out).toMatch(/^dcnv2 +[\d,]+ +\d/m)
  expect(out).toMatch(/^boosted-trees +[\d,]+ +\d/m)
  expect(out).toMatch(/--epochs is for networks: boosted-trees has settings of its own/)
  expect(out).toMatch(/^epochs +2 +flag --epochs$/m)
  expect(out, 'differs by system').not.toMatch(/^learningRate/m)
  const asked = ['search', table(), '-t', 'y', '--for', 'settings', '-s', 'dcnv2', '--over', 'embeddingDimension=4,8']
  const document = JSON.parse((await dry(...asked, '--json')).out) as { candidates: { parameters: number }[] }
  expect(document).toMatchObject({ schema: 'interplay.plan/1', command: 'search', for: 'settings' })
  expect(document.candidates[1]!.parameters).toBeGreaterThan(document.candidates[0]!.parameters)
  const impossible = await dry(...asked.slice(0, -1), 'embeddingDimension=4,0')
  expect(impossible.out).toMatch(/dcnv2 embeddingDimension=0 would not be tried: /)
})

it('search tells the system that would choose parts of its own model', async () => {
  const { status, out } = await dry('search', table(), '-t', 'y', '--for', 'features', '--set', 'searches=2')
  expect(status).toBe(0)
  expect(out).toMatch(/^system +optfs/m)
  expect(out).toMatch(/^set\.searches +2/m)
})

it('fit of a system of its own checks options and data, and learns nothing', async () => {
  const { status, out } = await dry('fit', `entries=${entries()}`, '-s', 'funbat', '-t', 'value')
  expect(status).toBe(0)
  expect(out).toMatch(/^system +funbat/m)
  expect((await dry('fit', `entries=${join(folder, 'none.csv')}`, '-s', 'funbat', '-t', 'value')).status).not.toBe(0)
})

it('study and leaderboard tell what they would do', async () => {
  const claims = await dry('study', 'fm', 'logistic', '--seeds', '2')
  expect(claims.out).toMatch(/^study +fm +\d+ claims, full, seeds 1, 2$/m)
  const board = await dry('bench', 'leaderboard', 'frappe', '--systems', 'fm', '--seeds', '2')
  expect(board.out).toMatch(/^fm +fm +2021, 2022$/m)
})

it.each([
  ['predict', 'run', 'rows.csv'],
  ['serve', 'run'],
  ['rank', 'rows.csv'],
  ['bench', 'speed'],
])('%s has none and says so before it begins', async (...words) => {
  const { status, err } = await dry(...words)
  expect(status).toBe(2)
  expect(err).toContain('error[usage/dry-run]')
})
