import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { runtime } from '#runtime'
import type { EncodedTable } from '../../../data/index.ts'
import type { FieldSpec, TargetSpec } from '../../../nn/index.ts'
import { Random } from '../../../random/index.ts'
import { boost } from './boost.ts'
import { exportTrees } from './onnx.ts'
import { boostedTreesOptions, type BoostedTreesOptions } from './options.ts'

const fields: FieldSpec[] = [
  { name: 'city', type: 'categorical', size: 42 },
  { name: 'kind', type: 'categorical', size: 4 },
  { name: 'x', type: 'numeric', size: 0 },
  { name: 'y', type: 'numeric', size: 0 },
]

const targets: TargetSpec[] = [
  { name: 'bought', kind: 'binary', classes: ['no', 'yes'] },
  { name: 'which', kind: 'multiclass', classes: ['a', 'b', 'c'] },
  { name: 'paid', kind: 'regression', mean: 10, deviation: 2 },
]

/** The score is city's parity times kind's, plus x where it is there, less one where it is not; a tenth of x is missing. */
function rowsOf(rows: number, seed: number): EncodedTable {
  const random = new Random(seed, 'boosted-trees/test')
  const table: EncodedTable = {
    rows,
    categorical: new Int32Array(2 * rows),
    numeric: new Float32Array(2 * rows),
    sequences: [],
    targets: targets.map(() => new Float32Array(rows)),
    rowNumber: Int32Array.from({ length: rows }, (_, row) => row + 1),
  }
  for (let row = 0; row < rows; row++) {
    const city = 1 + Math.floor(40 * random.uniform())
    const kind = 1 + Math.floor(2 * random.uniform())
    const x = random.uniform() < 0.1 ? Number.NaN : 2 * random.uniform() - 1
    table.categorical.set([city, 42 + kind], 2 * row)
    table.numeric.set([x, random.uniform()], 2 * row)
    const score = (city % 2 === kind % 2 ? 1.5 : -1.5) + (Number.isNaN(x) ? -1 : x)
    table.targets[0]![row] = random.uniform() < 1 / (1 + Math.exp(-score)) ? 1 : 0
    table.targets[1]![row] = score > 1 ? 2 : score > -1 ? 1 : 0
    table.targets[2]![row] = 10 + score
  }
  return table
}

const train = rowsOf(6000, 1)
const valid = rowsOf(2000, 2)
const test = rowsOf(2000, 3)

const fit = (target: number, set: Partial<BoostedTreesOptions> = {}, threads = 1, onRound?: () => void) =>
  boost(train, {
    spec: { fields, targets, rows: train.rows },
    options: boostedTreesOptions.parse({ trees: 30, leaves: 15, ...set }),
    seed: 7,
    threads,
    target,
    valid,
    onRound,
  })

describe('boosted trees', () => {
  it('finds an interaction of two vocabularies, and the side of missing numbers', async () => {
    const model = await fit(2, { minRowsPerCategory: 10, categorySmooth: 1, trees: 100 })
    const answers = model.predict(test)
    const error = Math.sqrt(
      answers.reduce((sum, answer, row) => sum + (answer - test.targets[2]![row]!) ** 2, 0) / 2000,
    )
    expect(error).toBeLessThan(0.35)
    const without = Float32Array.from(test.numeric)
    for (let i = 0; i < without.length; i += 2) without[i] = Number.NaN
    const missing = model.predict({ ...test, numeric: without })
    const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length
    expect(mean(missing)).toBeCloseTo(9, 0)
  })

  it('is the same for any number of threads, with and without sampling', async () => {
    for (const set of [{}, { rowFraction: 0.7, featureFraction: 0.5 }]) {
      const [one, two] = [await fit(0, { ...set, trees: 5 }), await fit(0, { ...set, trees: 5 }, 2)]
      expect(two.trees).toEqual(one.trees)
    }
  })

  it('stops by the validation rows and keeps the best round', async () => {
    let rounds = 0
    const options = { trees: 400, learningRate: 0.5, patience: 5 }
    const model = await fit(0, options, 1, () => rounds++)
    expect(rounds).toBeLessThan(400)
    expect(model.trees).toHaveLength(rounds - 5)
  })

  it.each([0, 1, 2])('answers the same as its ONNX file: target %i', async target => {
    const model = await fit(target)
    const session = await runtime.createSession(exportTrees(model), { threads: 1, optimization: 'all' })
    const feeds = {
      categorical: { dtype: 'int32' as const, dims: [test.rows, 2], data: test.categorical },
      numeric: { dtype: 'float32' as const, dims: [test.rows, 2], data: test.numeric },
    }
    const { name } = targets[target]!
    const answers = await session.run(feeds, { [name]: null, logits: null })
    await session.close()
    const own = model.predict(test)
    const distance = Math.max(...own.map((value, i) => Math.abs(value - Number(answers[name]!.data[i]))))
    expect(distance).toBeLessThan(2e-5)
    expect(answers.logits!.dims).toEqual([test.rows, target === 1 ? 3 : 1])
  })

  it('names a target of one class', async () => {
    const constant = { ...train, targets: [new Float32Array(train.rows)] }
    const spec = { fields, targets: targets.slice(0, 1), rows: train.rows }
    const settings = { spec, options: boostedTreesOptions.parse({}), seed: 1, threads: 1 }
    await expect(boost(constant, settings)).rejects.toMatchObject({
      code: 'data/target-constant',
      message: "target 'bought' is 'no' in all 6,000 rows",
    })
  })

  it('stops when it is told to', async () => {
    const controller = new AbortController()
    const settings = {
      spec: { fields, targets, rows: train.rows },
      options: boostedTreesOptions.parse({}),
      seed: 1,
      threads: 1,
      signal: controller.signal,
      onRound: () => controller.abort(),
    }
    await expect(boost(train, settings)).rejects.toThrow('abort')
  })
})

describe('as a system', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'interplay-boosted-trees-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const { fitTable } = await import('../../../verbs/fit.ts')
  const { open } = await import('../../../verbs/open.ts')
  const rows = join(folder, 'rows.csv')
  const lines = Array.from({ length: 600 }, (_, i) => {
    const won = (i % 2 === 0) === i % 7 > 3 ? 'yes' : 'no'
    return `${i % 2 ? 'left' : 'right'},${i % 3 ? i % 7 : ''},${won}\n`
  })
  writeFileSync(rows, `side,size,won\n${lines.join('')}`)

  it('fits a table, stands in the report and answers from its bundle', async () => {
    const out = join(folder, 'run')
    const document = await fitTable(rows, {
      target: 'won',
      system: 'boosted-trees',
      type: { size: 'numeric' },
      out,
      budget: 2000,
    })
    if (document.schema !== 'interplay.fit/1') throw new Error('no fit')
    expect(document.epochs).toMatchObject({ unit: 'round', metric: 'logLoss' })
    expect(document.baselines.map(({ name }) => name)).toEqual(['logistic', 'base rate'])
    expect(document.metrics.test.auc!.value).toBeGreaterThan(document.baselines[0]!.metrics.auc!.value)
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('boosted-trees')
    await using model = await open(out)
    const answers = await model.predict([
      { side: 'right', size: 6 },
      { side: 'left', size: 6 },
      { side: 'nowhere', size: null },
    ])
    const chances = answers.map(answer => (answer as { probability: number }).probability)
    expect(chances[0]).toBeGreaterThan(0.6)
    expect(chances[1]).toBeLessThan(0.4)
    expect(chances[2]).toBeGreaterThan(0)
  })

  it('refuses what is for networks, and several targets', async () => {
    const settings = { target: 'won', system: 'boosted-trees', out: join(folder, 'none') }
    await expect(fitTable(rows, { ...settings, learningRate: 0.1 })).rejects.toMatchObject({
      code: 'option/conflict',
      message: '--learning-rate is for networks, boosted-trees is none',
      try: '--set learningRate=...',
    })
    await expect(fitTable(rows, { ...settings, resume: true })).rejects.toMatchObject({ code: 'usage/resume' })
    await expect(fitTable(rows, { ...settings, target: ['won', 'side'] })).rejects.toMatchObject({
      code: 'option/conflict',
    })
  })

  it('stands beside a network as a baseline', async () => {
    const document = await fitTable(rows, {
      target: 'won',
      system: 'fm',
      epochs: 1,
      out: join(folder, 'fm'),
      budget: 2000,
    })
    if (document.schema !== 'interplay.fit/1') throw new Error('no fit')
    expect(document.baselines.map(({ name }) => name)).toEqual(['boosted-trees', 'logistic', 'base rate'])
  })
})
