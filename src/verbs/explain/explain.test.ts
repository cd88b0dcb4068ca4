import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exportOnnx, float32, State } from '../../engine/index.ts'
import { functionPredictor, type Predictor } from '../../lenses/index.ts'
import { Random } from '../../random/index.ts'
import { explain, explainPredictor, fit, open, serve } from '../index.ts'

let folder: string
let data: string
let run: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'interplay-explain-'))
  data = join(folder, 'rows.csv')
  const random = new Random(4, 'explain')
  const lines = Array.from({ length: 1200 }, () => {
    const [colour, x, y] = [random.integer(3), 2 * random.uniform() - 1, 2 * random.uniform() - 1]
    const logit = (colour === 0 ? 5 : -5) * x + y
    const list = Array.from({ length: 1 + random.integer(3) }, () => `i${random.integer(5)}`).join('^')
    return [
      `c${colour}`,
      (50 + 10 * x).toFixed(2),
      y.toFixed(3),
      list,
      random.uniform() < 1 / (1 + Math.exp(-logit)) ? 'yes' : 'no',
    ].join()
  })
  writeFileSync(data, `colour,x,y,list,hurt\n${lines.join('\n')}\n`)
  run = join(folder, 'run')
  const options = {
    system: 'dnn',
    set: { hidden: [32], embeddingDimension: 4 },
    learningRate: 0.01,
    epochs: 25,
    patience: 10,
  }
  const fitted = await fit(data, { ...options, target: 'hurt', out: run, budget: 3000, threads: 1 })
  await fitted.close()
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true }))

describe('a run', () => {
  it('is explained on its own test rows: the planted pair first, confirmed by the labels', async () => {
    const document = await explainPredictor(run, { predictions: 60_000, threads: 1 })
    expect(document).toMatchObject({
      schema: 'interplay.explain/1',
      command: 'explain',
      complete: true,
      units: 'log-odds',
    })
    const pairs = document.results.filter(({ index }) => index === 'non-additivity')
    expect(pairs).toHaveLength(6)
    expect(pairs[0]!.set.toSorted()).toEqual(['colour', 'x'])
    expect(pairs[0]!.reason).toBeUndefined()
    expect(Object.keys(pairs[0]!)).toEqual(
      expect.arrayContaining(['set', 'index', 'order', 'value', 'low', 'high', 'exact', 'budget', 'imputer']),
    )
    const average = document.results.filter(({ index, order }) => index === 'mean |SII|' && order === 2)
    expect(average.toSorted((a, b) => b.value - a.value)[0]!.set.toSorted()).toEqual(['colour', 'x'])
    expect(document.out).toMatch(/explain\/pairs\+indices-[0-9a-f]{8}$/)
    expect(JSON.parse(readFileSync(join(document.out!, 'result.json'), 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(document)),
    )
    expect(existsSync(join(document.out!, 'page.html'))).toBe(true)
  })

  it('one row: values add up to the answer, exactly, and again by the same seed', async () => {
    const options = { row: 17, index: 'k-SII', threads: 1 }
    const [first, second] = [await explainPredictor(run, options), await explainPredictor(run, options)]
    expect(first.results.every(({ exact, low }) => exact && low === null)).toBe(true)
    expect(first.results).toEqual(second.results)
    const [, full, baseline] = /answer ([-.\de]+), without its fields ([-.\de]+)/.exec(first.notes.join())!
    const sum = first.results.reduce((total, { value }) => total + value, 0)
    expect(Math.abs(sum - (Number(full) - Number(baseline)))).toBeLessThan(0.02)
    await using model = await open(run)
    const row = readFileSync(data, 'utf8').split('\n')[17]!.split(',')
    const [answer] = await model.predict([
      { colour: row[0], x: Number(row[1]), y: Number(row[2]), list: row[3]!.split('^') },
    ])
    const { probability } = answer as { probability: number }
    expect(Number(full)).toBeCloseTo(Math.log(probability / (1 - probability)), 1)
  })

  it.each(['h-statistic', 'sobol', 'fis', 'partial-dependence', 'ale'])('%s, with a page', async lens => {
    const document = await explainPredictor(run, { lens: [lens], predictions: 20_000, threads: 1 })
    expect(document.results.length).toBeGreaterThan(0)
    expect(document.results.every(({ value }) => Number.isFinite(value))).toBe(true)
    if (lens === 'h-statistic') {
      const pairs = document.results.filter(({ order }) => order === 2).toSorted((a, b) => b.value - a.value)
      expect(pairs[0]!.set.toSorted()).toEqual(['colour', 'x'])
    }
    expect(readFileSync(join(document.out!, 'page.html'), 'utf8')).toContain('<svg')
  })

  it('counterfactuals turn the answer and leave alone what may not change', async () => {
    const constraints = [{ field: 'colour', immutable: true }]
    const { results } = await explainPredictor(run, { lens: ['counterfactual'], row: 3, constraints, threads: 1 })
    expect(results.length).toBeGreaterThan(0)
    expect(new Set(results.map(({ value }) => Math.sign(value))).size).toBe(1)
    for (const { set } of results) expect(set).not.toContain('colour')
  })

  it('counterfactuals keep a range in the units of the table', async () => {
    const fixed = ['colour', 'y', 'list'].map(field => ({ field, immutable: true }))
    const constraints = [...fixed, { field: 'x', range: [48, 53] as const }]
    const moved: number[] = []
    for (const row of [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]) {
      const { results } = await explainPredictor(run, { lens: ['counterfactual'], row, constraints, threads: 1 })
      moved.push(...results.map(({ reason }) => Number(/to ([\d.]+)$/.exec(reason!)![1])))
    }
    expect(moved.length).toBeGreaterThan(0)
    expect(Math.min(...moved)).toBeGreaterThanOrEqual(48)
    expect(Math.max(...moved)).toBeLessThanOrEqual(53)
    const way = [{ field: 'colour', only: 'up' as const }]
    await expect(
      explainPredictor(run, { lens: ['counterfactual'], row: 3, constraints: way, threads: 1 }),
    ).rejects.toMatchObject({ code: 'option/invalid', message: expect.stringMatching(/'colour'.* no range or way/) })
  })

  it('rashomon turns the embeddings of a run: the planted pair is sure, and its range holds the model', async () => {
    const settings = { sets: 2, repeats: 2 }
    const options = { lens: ['rashomon'], models: 2, settings, predictions: 60_000, threads: 1 }
    const { results, units, notes, out } = await explainPredictor(run, options)
    expect(units).toBe('log loss')
    const of = (index: string) =>
      results.find(each => each.index === index && each.set.toSorted().join() === 'colour,x')!.value
    const [least, own, greatest] = [
      of('FIS, least among good models'),
      of('FIS'),
      of('FIS, greatest among good models'),
    ]
    expect(least).toBeLessThanOrEqual(own)
    expect(greatest).toBeGreaterThanOrEqual(own)
    expect(
      results.filter(({ order }) => order === 2).toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value))[0]!.set,
    ).toEqual(expect.arrayContaining(['colour', 'x']))
    expect(notes[0]).toMatch(/embeddings/)
    expect(readFileSync(join(out!, 'page.html'), 'utf8')).toContain('differ in sign among good models')
    await expect(explainPredictor(run, { ...options, settings: { modles: 3 } })).rejects.toMatchObject({
      code: 'option/unknown',
    })
    await expect(explainPredictor(run, { lens: ['ale'], settings: { models: 3 } })).rejects.toMatchObject({
      code: 'option/unknown',
    })
  })

  it('asked to stop, gives and writes what was measured until then', async () => {
    const stopping = new AbortController()
    const onProgress = ({ kind }: { kind: string }) => kind === 'progress' && stopping.abort()
    const asked = { lens: ['ale', 'h-statistic'], stop: stopping.signal, onProgress, threads: 1 }
    const document = await explainPredictor(run, asked)
    expect(document).toMatchObject({ complete: false, stopped: 'request' })
    expect(new Set(document.results.map(({ index }) => index))).toEqual(new Set(['spread of the accumulated effect']))
    const { results } = JSON.parse(readFileSync(join(document.out!, 'result.json'), 'utf8')) as typeof document
    expect(results).toEqual(JSON.parse(JSON.stringify(document.results)))
    expect(readFileSync(join(document.out!, 'page.html'), 'utf8')).toContain('Stopped at your request')
    await expect(explainPredictor(run, { ...asked, stop: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    })
  })

  it('says the cost and stops at --dry-run; a time leaves a partial result', async () => {
    const said: unknown[] = []
    const onProgress = (event: unknown) => said.push(event)
    const dry = await explainPredictor(run, { row: 1, dryRun: true, onProgress, threads: 1 })
    expect(dry).toMatchObject({ results: [], out: null, cost: { lenses: ['indices'], predictions: 1600 } })
    expect(said).toHaveLength(1)
    const partial = await explainPredictor(run, { seconds: 0.000001, lens: ['indices'], threads: 1 })
    expect(partial.complete).toBe(false)
  })

  it.each([
    [{ row: 5000 }, 'data/no-row', 3],
    [{ row: 1.5 }, 'option/invalid', 2],
    [{ index: 'sii' }, 'option/invalid', 2],
    [{ lens: ['alee'] }, 'usage/unknown-lens', 2],
    [{ lens: ['counterfactual'] }, 'usage/missing-value', 2],
    [{ lens: ['ale'], row: 1 }, 'option/conflict', 2],
    [{ lens: ['fis'], input: 'rows' }, 'lens/needs', 3],
  ] as const)('refuses %j', async (options, code, exitCode) => {
    const input = 'input' in options ? { input: data } : {}
    await expect(
      explainPredictor(run, { ...options, lens: [...('lens' in options ? options.lens : [])], ...input }),
    ).rejects.toMatchObject({ code, exitCode })
  })

  it('refuses data that changed since, and stops when asked', async () => {
    const text = readFileSync(data, 'utf8')
    writeFileSync(data, text.replace('c0', 'c1'))
    await expect(explainPredictor(run)).rejects.toMatchObject({ code: 'run/changed' })
    writeFileSync(data, text)
    await expect(explainPredictor(run, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
  })
})

describe('other predictors', () => {
  it('an endpoint answers as the run behind it', async () => {
    const served = await serve([run], { port: 0 })
    try {
      const table = join(folder, 'few.csv')
      writeFileSync(table, readFileSync(data, 'utf8').split('\n').slice(0, 41).join('\n'))
      const options = { input: table, row: 3, index: 'SV', threads: 1 }
      const [here, there] = [await explainPredictor(run, options), await explainPredictor(served.url, options)]
      const numeric = (results: typeof here.results) => results.find(({ set }) => set[0] === 'x')!.value
      expect(there.out).toBeNull()
      expect(numeric(there.results)).toBeCloseTo(numeric(here.results), 3)
    } finally {
      await served.close()
    }
  })

  it('an ONNX file of one float input', async () => {
    const path = join(folder, 'product.onnx')
    const bytes = exportOnnx({
      name: 'product',
      inputs: { x: float32(['batch', 2]) },
      state: new State({}, 1),
      trace: ({ x }) => ({ y: x.slice(1, 0, 1).mul(x.slice(1, 1, 2)) }),
    })
    writeFileSync(path, bytes)
    const table = join(folder, 'numbers.csv')
    writeFileSync(table, 'a,b\n1.5,2.5\n0.5,0.25\n-1.5,0.75\n')
    const { results } = await explainPredictor(path, { input: table, row: 1, index: 'SII', imputer: 'baseline' })
    const [a, b] = [0.5, 0.75]
    expect(results.find(({ order }) => order === 2)!.value).toBeCloseTo((1.5 - a) * (2.5 - b), 5)
  })

  it('a function, by the API, with the strongest at hand', async () => {
    const random = new Random(1, 'columns')
    const columns = [0, 1, 2].map(() => new Float64Array(300).map(() => random.normal()))
    const model = functionPredictor(([a, b, c]) => 3 * a! * b! + c!, { fields: ['a', 'b', 'c'] })
    const result = await explain(model, { data: columns, lens: 'h-statistic' })
    expect(result.top(1)[0]!.set).toEqual(['a', 'b'])
    const values = columns[0]!.map((a, r) => 3 * a * columns[1]![r]! + columns[2]![r]! + 0.1 * random.normal())
    const cloud = await explain(model, {
      data: columns,
      labels: { kind: 'regression', values },
      lens: 'rashomon',
      models: 2,
      settings: { sets: 1, repeats: 1 },
      budget: 10_000,
    })
    expect(cloud.top(1)[0]!.set).toEqual(['a', 'b'])
    const row = await explain(model, { data: columns, row: 2, index: 'STII', imputer: 'baseline' })
    expect(row.top(5)).toHaveLength(3)
    expect(row.top(1)[0]).toMatchObject({ set: ['a', 'b'], exact: true })
  })

  const columns = [Float64Array.of(1, 2, 3), Float64Array.of(0, 1, 0)]
  const fields = ['a', 'b'].map(name => ({ name, type: 'numeric' as const }))
  const output = { kind: 'value' as const, names: ['value'] }
  const faulty: [string, Predictor['predict'], RegExp][] = [
    ['throws', () => Promise.reject(new Error('out of tea')), /the predictor failed/],
    ['answers NaN', async asked => asked[0]!.map(() => NaN), /not finite numbers/],
    ['answers too few', async asked => asked[0]!.subarray(1), /gave 2 values for 3 rows/],
    ['is not deterministic', async asked => asked[0]!.map(() => Math.random()), /not deterministic/],
    ['says nothing', () => new Promise(() => {}), /no answer for 3 rows/],
  ]
  it.each(faulty)('a predictor that %s is named so', async (_, predict, message) => {
    const attempt = explain({ name: 'mine', fields, output, predict }, { data: columns, row: 1, timeout: 0.2 })
    await expect(attempt).rejects.toMatchObject({
      code: 'predictor/answer',
      exitCode: 3,
      message: expect.stringMatching(message),
    })
  })

  it('an address where nobody answers', async () => {
    const server = createServer().listen(0)
    const { port } = server.address() as AddressInfo
    await new Promise(resolve => server.close(resolve))
    await expect(explainPredictor(`http://127.0.0.1:${port}`, { input: data })).rejects.toMatchObject({
      code: 'predictor/answer',
    })
    await expect(explainPredictor('product.onnx')).rejects.toMatchObject({ exitCode: 3 })
  })
})
