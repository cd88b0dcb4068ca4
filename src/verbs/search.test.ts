import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { prepareTable } from '../data/index.ts'
import { Random } from '../random/index.ts'
import { protocolRun } from '../study/index.ts'
import type { Protocol } from '../system/index.ts'
import { tableSystem } from '../systems/index.ts'
import { open } from './open.ts'
import { planSearch } from './search-plan.ts'
import { search, type SearchDocument } from './search.ts'

const folder = mkdtempSync(join(tmpdir(), 'interplay-search-'))
const table = join(folder, 'clicks.csv')
const out = join(folder, 'run')
const read = (name: string) => readFileSync(join(out, name), 'utf8')
let found: SearchDocument

beforeAll(async () => {
  const random = new Random(1, 'search.test')
  const rows = Array.from({ length: 1_500 }, () => {
    const [item, noise] = [random.integer(6), random.integer(40)]
    const clicked = random.uniform() < (item < 2 ? 0.9 : item < 4 ? 0.1 : 0.5) ? 1 : 0
    return `i${item},n${noise},${random.uniform().toFixed(3)},${clicked}`
  })
  writeFileSync(table, ['item,noise,x,clicked', ...rows].join('\n'))
  const set = { hidden: [8], embeddingDimension: 4, penalties: [0.02, 0.2], searches: 3, searchEpochs: 3 }
  found = await search(table, {
    for: 'features',
    target: 'clicked',
    set,
    epochs: 2,
    out,
    seed: 1,
    threads: 1,
  })
}, 600_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('search', () => {
  it('writes a run whose result names every candidate, the best and the front', () => {
    expect(JSON.parse(read('result.json'))).toEqual(JSON.parse(JSON.stringify(found)))
    expect(found).toMatchObject({ schema: 'interplay.search/1', command: 'search', for: 'features', system: 'optfs' })
    expect(found.candidates[0]).toMatchObject({ name: 'all values', options: {} })
    expect(found.candidates.map(({ run }) => run !== null).indexOf(true)).toBe(found.best)
    expect(found.front).toContain(found.best)
    for (const { metrics, cost } of found.candidates) {
      expect(metrics.auc).toBeGreaterThan(0)
      expect(cost!.parameters).toBeGreaterThan(0)
    }
    expect(found.parameters).toBe(found.candidates[found.best]!.cost!.parameters)
  })

  it('lists every value with its count, score and fate', () => {
    const lines = read('features.csv').trim().split('\r\n')
    expect(lines[0]).toBe('field,value,count,score,kept')
    const fields = lines.slice(1).map(line => line.split(','))
    expect(fields.filter(([field]) => field === 'item').map(([, value]) => value)).toContain('i0')
    expect(fields.filter(([field]) => field === 'x')).toHaveLength(1)
    const counted = fields.filter(([field]) => field === 'noise').reduce((sum, [, , count]) => sum + Number(count), 0)
    expect(counted).toBe(found.rows.train)
    for (const [, , , score, kept] of fields) expect(kept).toBe(Number(score) > 0 ? 'yes' : 'no')
  })

  it('draws the trade and the values on the page, and answers rows', async () => {
    const page = read('report.html')
    expect(page).toContain('values are kept')
    expect(page).toContain('validation AUC')
    await using model = await open(out)
    const [answer] = await model.predict([{ item: 'i0', noise: 'n1', x: 0.5 }])
    expect((answer as { probability: number }).probability).toBeGreaterThan(0.5)
  })

  it('refuses a system that chooses no features', async () => {
    await expect(search(table, { for: 'features', target: 'clicked', system: 'autoint' })).rejects.toThrow(
      /autoint chooses no features/,
    )
  })
})

describe('search among systems', () => {
  it('trains every choice a little, the better ones to the end, and fits the best', async () => {
    const place = join(folder, 'systems')
    const document = await search(table, {
      for: 'system',
      target: 'clicked',
      over: { system: ['logistic', 'fm'], embeddingRegularization: [0, 1] },
      epochs: 4,
      out: place,
      threads: 1,
    })
    expect(document.candidates.map(({ name }) => name)).toEqual([
      'logistic embeddingRegularization=0',
      'logistic embeddingRegularization=1',
      'fm embeddingRegularization=0',
      'fm embeddingRegularization=1',
    ])
    const { name, run, metrics } = document.candidates[document.best]!
    expect(run).toBe(place)
    expect(name).toContain(document.system)
    for (const other of document.candidates) expect(metrics.auc).toBeGreaterThanOrEqual(other.metrics.auc! - 0.05)
    expect(readFileSync(join(place, 'report.html'), 'utf8')).toContain('validation AUC')
    expect(document.notes[0]).toMatch(/^4 choices were trained for 3 passes, the best 2 of them to the end/)
  })

  it('tries what is no network with settings of its own, whatever is asked of the networks beside it', async () => {
    const asked = { for: 'system', target: 'clicked', epochs: 1, metric: 'logLoss', threads: 1 } as const
    const over = { system: ['fm', 'boosted-trees'] }
    const document = await search(table, { ...asked, over, out: join(folder, 'mixed') })
    expect(document.candidates.map(({ name }) => name)).toEqual(over.system)
    for (const { metrics } of document.candidates) expect(metrics.logLoss).toBeGreaterThan(0)
    expect(document.candidates[document.best]!.metrics.logLoss).toBe(
      Math.min(...document.candidates.map(({ metrics }) => metrics.logLoss!)),
    )
    expect(document.front).toContain(document.best)
    expect(document.notes).toContain('--epochs, --metric are for networks: boosted-trees has settings of its own')
    const plan = await planSearch(table, { ...asked, over })
    expect(plan.candidates.map(({ name }) => name)).toEqual(over.system)
    expect(plan.plan.notes).toContain('--epochs, --metric are for networks: boosted-trees has settings of its own')
    await expect(search(table, { ...asked, over: { system: ['boosted-trees'] } })).rejects.toThrow(
      /nothing could be tried/,
    )
  })

  it('goes on behind its last trial where it was stopped, and only with the same data and settings', async () => {
    const place = join(folder, 'stopped')
    const over = { system: ['logistic', 'fm', 'dnn'] }
    const asked = { for: 'system', target: 'clicked', over, epochs: 4, out: place, threads: 1 } as const
    const plain = { ...asked, over: { system: ['logistic', 'fm', 'dnn'], embeddingRegularization: [0] } }
    const trials = () => readFileSync(join(place, 'trials.jsonl'), 'utf8').trim().split('\n').slice(1)
    const stop = new AbortController()
    const stopped = search(table, {
      ...asked,
      signal: stop.signal,
      onProgress: event => void (event.kind === 'search' && event.done === 3 && stop.abort()),
    })
    await expect(stopped).rejects.toThrow()
    expect(trials()).toHaveLength(2)
    writeFileSync(join(place, 'trials.jsonl'), '{"trial":"boosted-tr', { flag: 'a' })

    await expect(search(table, asked)).rejects.toMatchObject({ code: 'run/exists' })
    await expect(search(table, { ...plain, resume: true })).rejects.toThrow(/over changed since the search began/)
    await expect(search(table, { ...asked, resume: true, out: folder })).rejects.toMatchObject({
      code: 'run/not-found',
    })

    const made: string[] = []
    const resumed = await search(table, {
      ...asked,
      resume: true,
      onProgress: event => void (event.kind === 'search' && made.push(event.stage)),
    })
    expect(made.filter(stage => stage.startsWith('trial'))).toEqual(['trial of dnn,'])
    const whole = await search(table, { ...asked, out: join(folder, 'not-stopped') })
    expect(resumed.candidates.map(({ metrics }) => metrics)).toEqual(whole.candidates.map(({ metrics }) => metrics))
    expect(resumed.metrics).toEqual(whole.metrics)
  })

  it('measures how long a row takes where that is the cost, and refuses it of parts of a model', async () => {
    const asked = { target: 'clicked', trade: 'latency', threads: 1 } as const
    const over = { system: ['logistic', 'boosted-trees'] }
    const document = await search(table, { ...asked, for: 'system', over, epochs: 1, out: join(folder, 'timed') })
    const costs = document.candidates.map(({ cost }) => cost!)
    for (const { latency } of costs) expect(latency).toBeGreaterThan(0)
    const fastest = costs.findIndex(({ latency }) => latency === Math.min(...costs.map(each => each.latency!)))
    expect(document.front[0]).toBe(fastest)
    expect(readFileSync(join(folder, 'timed', 'report.html'), 'utf8')).toContain('seconds to answer a row')
    await expect(search(table, { ...asked, for: 'features' })).rejects.toMatchObject({ code: 'option/conflict' })
  })

  it('names what it cannot try, and wants a setting to search over', async () => {
    const options = { target: 'clicked', for: 'system', over: { system: ['fm'], embeddingDimension: [0] } } as const
    await expect(search(table, options)).rejects.toThrow(/nothing could be tried/)
    await expect(search(table, { target: 'clicked', for: 'settings' })).rejects.toThrow(/no setting to search over/)
  })
})

describe('a row of a leaderboard', () => {
  it('is learned by a system that learns by itself', async () => {
    const protocol: Protocol = {
      dataset: 'clicks',
      seeds: 1,
      notes: [],
      prepare: {},
      training: { batch: 256 },
      rows: {
        own: { system: 'optfs', options: { hidden: [8], embeddingDimension: 4, searches: 0 }, training: { epochs: 1 } },
      },
    }
    const data = await prepareTable(table, { target: ['clicked'] })
    const row = await protocolRun(protocol, 'own', tableSystem('optfs'), data, { seed: 1, threads: 1 })
    expect(row).toMatchObject({ system: 'own', seed: 1, epochs: 1 })
    expect(row.testAuc).toBeGreaterThan(0)
    expect(row.parameters).toBeGreaterThan(0)
  })
})
