import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fit, predict, serve, type RunOptions } from './index.ts'

let folder: string
let data: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interplay-tasks-'))
  data = join(folder, 'rows.csv')
  writeFileSync(data, table())
})
afterAll(() => rmSync(folder, { recursive: true }))

/**
 * Known truth: `hurt` follows a product of category and number, `colour` the category in nine rows of ten, `value` is 3 x + 2 [p = p0]
 * with noise 0.3, `likes` whether i3 is in the history, in nine rows of ten.
 */
function table(rows = 1500): string {
  let seed = 5
  const next = () => (seed = (seed * 48271) % 2147483647) / 2147483647
  const pick = (count: number) => Math.floor(next() * count)
  const colours = ['red', 'green', 'blue']
  const lines = Array.from({ length: rows }, () => {
    const [u, p, x] = [pick(3), pick(4), 2 * next() - 1]
    const history = Array.from({ length: 1 + pick(5) }, () => `i${pick(12)}`)
    const noise = next() + next() + next() - 1.5
    const hurt = next() < 1 / (1 + Math.exp(-(u === 0 ? 6 : -6) * x)) ? 'yes' : 'no'
    const colour = next() < 0.85 ? colours[u] : colours[pick(3)]
    const likes = next() < (history.includes('i3') ? 0.9 : 0.1) ? 'yes' : 'no'
    const value = 3 * x + (p === 0 ? 2 : 0) + 0.6 * noise
    return [`u${u}`, `p${p}`, x.toFixed(3), history.join('^'), hurt, colour, value.toFixed(4), likes].join(',')
  })
  return `u,p,x,history,hurt,colour,value,likes\n${lines.join('\n')}\n`
}

const targets = ['hurt', 'colour', 'value', 'likes']
const learn = (name: string, target: string | string[], more: RunOptions = {}) =>
  fit(data, {
    target,
    ignore: targets.filter(each => ![target].flat().includes(each)),
    system: 'dnn',
    set: { hidden: [32], embeddingDimension: 4 },
    learningRate: 0.01,
    epochs: 30,
    budget: 3000,
    threads: 1,
    out: join(folder, name),
    ...more,
  })
const rows = [
  { u: 'u0', p: 'p0', x: 0.8, history: ['i3', 'i5'] },
  { u: 'u1', p: 'p1', x: 0.8, history: ['i4'] },
]

async function predicted(run: string): Promise<Record<string, string>[]> {
  const out = join(folder, `${run}.csv`)
  expect(await predict(join(folder, run), data, { out, threads: 1 })).toMatchObject({ rows: 1500, unseen: {} })
  const [header, ...lines] = readFileSync(out, 'utf8').trim().split('\n')
  const names = header!.split(',')
  return lines.map(line => Object.fromEntries(line.split(',').map((cell, i) => [names[i]!, cell])))
}

describe('a task, from the table to the server', { timeout: 180_000 }, () => {
  it('binary', async () => {
    const seen: number[] = []
    await using run = await learn('binary', 'hurt', { onProgress: ({ valid }) => valid.auc && seen.push(valid.auc) })
    expect(run.metrics.test.auc!.value).toBeGreaterThan(0.85)
    expect(run.result.baselines.map(({ name, metrics }) => [name, metrics.auc!.value > 0.8])).toEqual([
      ['boosted-trees', true],
      ['logistic', false],
      ['base rate', false],
    ])
    expect(Math.max(...seen)).toBeCloseTo(run.metrics.valid.auc!.value, 6)
    const answers = await run.predict(rows)
    expect(answers).toMatchObject([{ label: 'yes' }, { label: 'no' }])
    const lines = await predicted('binary')
    expect(Object.keys(lines[0]!)).toEqual(['row', 'hurt'])
    await run.close()
    await expect(run.predict(rows)).rejects.toMatchObject({ code: 'usage/closed' })
  })

  it('binary, by a model in which nothing interacts', async () => {
    await using run = await learn('additive', 'hurt', { system: 'logistic', set: {} })
    expect(run.result.interactions).toEqual([])
    expect(run.result.notes).toContainEqual(expect.stringMatching(/^no two fields act together/))
    const page = readFileSync(join(run.result.run, 'report.html'), 'utf8')
    expect(page).toContain('No two fields act together')
    expect(page).not.toContain('Map of all pairs')
  })

  it('multiclass, with classes weighed', async () => {
    await using run = await learn('multiclass', 'colour', { training: { classWeights: 'balanced' } })
    expect(run.metrics.test.accuracy!.value).toBeGreaterThan(0.83)
    expect(run.metrics.test.logLoss!.value).toBeLessThan(run.result.baselines.at(-1)!.metrics.logLoss!.value / 1.5)
    const [red] = (await run.predict(rows)) as [{ probabilities: Record<string, number>; label: string }]
    expect(red.label).toBe('red')
    expect(Object.values(red.probabilities).reduce((sum, each) => sum + each)).toBeCloseTo(1, 5)
    const [line] = await predicted('multiclass')
    expect(Object.keys(line!)).toEqual(['row', 'colour.blue', 'colour.green', 'colour.red'])
  })

  it('regression, in the units of the target', async () => {
    await using run = await learn('regression', 'value')
    expect(run.metrics.test.rmse!.value).toBeGreaterThan(0.28)
    expect(run.metrics.test.rmse!.value).toBeLessThan(0.45)
    expect(run.metrics.test.r2!.value).toBeGreaterThan(0.93)
    for (const { value } of run.result.importances) expect(value).toEqual(expect.any(Number))
    expect(run.result.importances.toSorted((a, b) => b.value - a.value)[0]!.field).toBe('x')
    const [first] = (await run.predict(rows)) as [{ value: number }]
    expect(Math.abs(first.value - 4.4)).toBeLessThan(0.5)
  })

  it('several targets at once, with a history, over HTTP', async () => {
    // What stops training is the first target's AUC: patience lets the others arrive.
    await using run = await learn('several', targets, { patience: 10 })
    const { targets: told = [] } = run.result
    expect(told.map(({ name, kind }) => [name, kind])).toEqual([
      ['hurt', 'binary'],
      ['colour', 'multiclass'],
      ['value', 'regression'],
      ['likes', 'binary'],
    ])
    const test = Object.fromEntries(told.map(({ name, metrics }) => [name, metrics.test]))
    expect(test.hurt!.auc!.value).toBeGreaterThan(0.8)
    expect(test.colour!.accuracy!.value).toBeGreaterThan(0.8)
    expect(test.value!.r2!.value).toBeGreaterThan(0.9)
    // Only the history tells likes: 0.5 would mean that it is not read.
    expect(test.likes!.auc!.value).toBeGreaterThan(0.75)
    expect(Object.keys((await predicted('several'))[0]!)).toEqual([
      ...['row', 'hurt', 'colour.blue', 'colour.green', 'colour.red', 'value', 'likes'],
    ])
    await using server = await serve([join(folder, 'several')], { port: 0, workers: 1 })
    await server.ready
    const ask = (given: unknown) =>
      fetch(`${server.url}/v1/predict`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ rows: given }),
      })
    const { predictions } = (await (await ask(rows)).json()) as {
      predictions: Record<string, Record<string, unknown>>[]
    }
    expect(predictions.map(each => [each.hurt!.label, each.likes!.label])).toEqual([
      ['yes', 'yes'],
      ['no', 'no'],
    ])
    expect(predictions).toEqual(await run.predict(rows))
    const wrong = await ask([rows[0], { ...rows[1], x: 'tall' }])
    expect([wrong.status, await wrong.json()]).toMatchObject([400, { errors: [{ row: 1, field: 'x' }] }])
  })
})
