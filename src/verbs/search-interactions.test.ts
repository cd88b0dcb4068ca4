import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auc } from '../metrics/index.ts'
import { Random } from '../random/index.ts'
import { explainPredictor } from './explain/explain.ts'
import { runSubject } from './explain/run-subject.ts'
import { open } from './open.ts'
import { search, type SearchDocument } from './search.ts'

const folder = mkdtempSync(join(tmpdir(), 'interplay-search-interactions-'))
const table = join(folder, 'clicks.csv')
const out = join(folder, 'run')
const read = (name: string) => readFileSync(join(out, name), 'utf8')
let found: SearchDocument

/** Two fields of which only both together tell; a third of so many values that their pairs are rare; a number. */
beforeAll(async () => {
  const random = new Random(1, 'search-interactions.test')
  const rows = Array.from({ length: 700 }, () => {
    const [a, b, c] = [random.integer(4), random.integer(4), random.integer(60)]
    const clicked = random.uniform() < ((a + b) % 2 === 0 ? 0.9 : 0.1) ? 1 : 0
    return `a${a},b${b},c${c},${random.uniform().toFixed(3)},${clicked}`
  })
  writeFileSync(table, ['a,b,c,x,clicked', ...rows].join('\n'))
  const set = { hidden: [8], embeddingDimension: 4, crossDimension: 2, searchEpochs: 3, minCrossCount: 2 }
  const shared = { target: 'clicked', epochs: 6, learningRate: 0.02, seed: 1, threads: 1 }
  found = await search(table, {
    for: 'interactions',
    ...shared,
    set: { ...set, searchLearningRate: 0.02, compare: ['naive', 'memorise'], tolerance: 0.01 },
    out,
  })
}, 600_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a search among interactions', () => {
  it('takes a model that makes the pair, and names its candidates with their crosses', () => {
    expect(found).toMatchObject({ for: 'interactions', system: 'optinter', schema: 'interplay.search/1' })
    expect(found.candidates.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['searched', 'all naive', 'all memorised']),
    )
    expect(found.files).toEqual(expect.arrayContaining(['arch.json', 'pairs.csv']))
    const { cost } = found.candidates.find(({ name }) => name === 'all memorised')!
    expect(cost!.crossRows).toBeGreaterThan(16 + 2 * 3)
    expect(found.parameters).toBe(found.candidates[found.best]!.cost!.parameters)
    expect(found.warnings.map(({ code }) => code)).toContain('train/rare-crosses')
  })

  it('keeps what became of every pair', () => {
    const { pairs, fields } = JSON.parse(read('arch.json')) as {
      fields: string[]
      pairs: { fields: string[]; method: string; weights: number[]; rareShare: number }[]
    }
    expect(fields).toEqual(['a', 'b', 'c'])
    expect(pairs.map(pair => pair.fields.join())).toEqual(['a,b', 'a,c', 'b,c'])
    for (const { weights } of pairs) expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 6)
    expect(pairs[0]!.rareShare).toBe(0)
    expect(pairs[1]!.rareShare).toBeGreaterThan(0.5)
  })

  it('draws the map and the trade in the report, beside the ablation of the same pairs', () => {
    const page = read('report.html')
    expect(page).toMatch(/pairs? memorised, \d factorised, \d left out/)
    expect(page).toContain('validation AUC')
    expect(page).toContain('weight of a method')
  })

  it('answers rows as the trained net did, and unseen values too', { timeout: 600_000 }, async () => {
    const subject = await runSubject(out, {})
    const answers = await subject.predictor.predict(subject.rows)
    expect(auc(subject.labels!.values, answers)).toBeCloseTo(found.metrics.test.auc!.value, 9)
    await subject.close()
    await using model = await open(out)
    const given = ['a0', 'a9'].map(a => ({ a, b: 'b0', c: 'c1', x: 0.5 }))
    for (const { probability } of (await model.predict(given)) as { probability: number }[]) {
      expect(probability).toBeGreaterThan(0)
      expect(probability).toBeLessThan(1)
    }
  })

  it('is explained by its own name', async () => {
    const document = await explainPredictor(out, { lens: ['optinter'], predictions: 2_000, threads: 1 })
    const weights = document.results.filter(({ index }) => index === 'weight of a method')
    expect(weights.map(({ set }) => set.join()).sort()).toEqual(['a,b', 'a,c', 'b,c'])
    expect(document.notes.join()).toMatch(/what the search preferred, not what the answer depends on/)
    expect(document.results.some(({ index }) => index === 'non-additivity')).toBe(true)
    await expect(explainPredictor(out, { lens: ['autoint'], threads: 1 })).rejects.toThrow(/is a run of optinter/)
    const subject = await runSubject(out, {})
    await expect(subject.open!()).rejects.toThrow(/is a run of optinter, which is no network/)
    await subject.close()
  })
})
