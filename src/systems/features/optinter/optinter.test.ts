import { describe, expect, it } from 'vitest'
import type { EncodedTable, Warning } from '../../../data/index.ts'
import type { TableSpec } from '../../../nn/index.ts'
import { categoricalSpec, goldenCases } from '../../../study/index.ts'
import { parseOptions } from '../../../system/index.ts'
import { fallingTemperature, monitorOf, trainingSettings } from '../../../train/index.ts'
import { allPairs, buildCrosses, crossedTable, crossesOf } from '../shared/crosses/index.ts'
import { categoricalRows } from '../shared/trial.ts'
import { hardening, naive, served } from './closed-forms.ts'
import { optinter } from './index.ts'
import { learn, sizeOf, trainingOf } from './learn.ts'
import { drawnMethods, methodsOf, weightsOf } from './methods.ts'
import { optinterOptions } from './options.ts'
import { parityOf } from './parity.ts'
import { dataOf, plantedRivals } from './planted.ts'
import { rivals } from './rivals.ts'
import { searchMethods } from './search.ts'

describe('parity with the authors', async () => {
  const cases = (await goldenCases('optinter'))!

  it('covers three temperatures, four modes, and three models that they compare with', () =>
    expect(cases).toHaveLength(10))

  it.each(cases)('$name', async golden => {
    const { logits, gradients } = await parityOf(golden)
    expect(logits).toBeLessThanOrEqual(1e-5)
    expect(Object.keys(gradients).some(path => path.endsWith('alpha'))).toBe(golden.name.startsWith('search'))
    expect(Object.keys(gradients).length).toBeGreaterThanOrEqual(golden.name === 'poly2' ? 1 : 11)
    for (const [path, distance] of Object.entries(gradients)) expect(distance, path).toBeLessThanOrEqual(1e-4)
  })
})

describe('closed forms', () => {
  it('hardens to the chosen methods', async () => expect(await hardening()).toBeLessThanOrEqual(1e-5))
  it('is a network of the fields where all is naive', async () => expect(await naive()).toBeLessThanOrEqual(1e-6))
  it('finds crosses inside the graph', async () => expect(await served()).toBeLessThanOrEqual(1e-6))

  it('lets the temperature fall to 0.01', () => {
    const temperature = fallingTemperature(5e-5)
    expect([0, 1000, 19_799, 1e6].map(step => temperature(step, 0))).toEqual([1, 0.95, 1 - 5e-5 * 19_799, 0.01])
  })

  it('weighs by softmax at any temperature, and takes the first of equal ones', () => {
    const alpha = [2, 0, 0, 1, 1, 0]
    expect(weightsOf(alpha, 2)[0]![0]).toBeCloseTo(Math.exp(2) / (Math.exp(2) + 2), 12)
    expect(weightsOf(alpha, 2, 0.01)[0]).toEqual([1, expect.closeTo(0, 12), expect.closeTo(0, 12)])
    expect(methodsOf(alpha, 2)).toEqual(['memorise', 'memorise'])
  })
})

const small: Partial<Record<string, unknown>> = {
  embeddingDimension: 4,
  crossDimension: 2,
  hidden: [8],
  searchEpochs: 2,
  searchPatience: 0,
}

describe('what it is compared with', () => {
  it('is trained on the same rows and scored on the same test rows', async () => {
    const sizes = { rows: 600, testRows: 200, large: 40, minCrossCount: 2 }
    const rows = await plantedRivals(1, sizes, { threads: 1, progress: () => {} })
    expect(rows.map(({ way }) => way)).toEqual(Object.keys(rivals))
    for (const { auc, way } of rows) expect(Number.isFinite(auc), way).toBe(true)
  })
})

describe('searching', () => {
  it.each(['single', 'bilevel'] as const)('%s: the same for the same seed, and chooses', async search => {
    const data = dataOf(1, 1_500, 100, 40)
    const options = optinterOptions.parse({ ...small, search, minCrossCount: 2, gumbel: search === 'single' })
    const crosses = buildCrosses(data.train, data.spec, allPairs(6), { minCount: 2, maxRows: 1e6 })
    const rows = { train: crossedTable(data.train, crosses), valid: crossedTable(data.valid, crosses) }
    const settings = trainingSettings(1_500, { seed: 1, threads: 1, batch: 256 }, trainingOf(options))
    const metric = monitorOf(data.spec.targets[0]!)
    const work = { data, crosses, options, settings, metric }
    const searched = () => searchMethods(rows, work)
    const [first, again] = [await searched(), await searched()]
    expect(first).toEqual(again)
    expect(first.methods).toHaveLength(15)
    for (const weights of weightsOf(first.alpha, 15)) expect(Math.max(...weights)).toBeGreaterThan(1 / 3)
    const foreign = { ...rows, train: { ...rows.train, crosses: 'another' } }
    await expect(searchMethods(foreign, work)).rejects.toThrow(/another vocabulary/)
  })
})

describe('learning', () => {
  const data = dataOf(1, 800, 100, 40)
  const prepared = { ...data, notes: [] } as unknown as Parameters<typeof learn>[0]
  const asked = { batch: 128, epochs: 1 }

  it('chooses among candidates, tells of rare crosses, and keeps what became of each pair', async () => {
    const options = optinterOptions.parse({ ...small, minCrossCount: 1, compare: ['naive'], tolerance: 0.5 })
    const warnings: Warning[] = []
    const onWarning = (warning: Warning) => warnings.push(warning)
    const found = await learn(prepared, options, { seed: 1, threads: 1, training: asked, onWarning })
    try {
      const { candidates, best, files } = found.search!
      expect(candidates.map(({ name }) => name)).toEqual(expect.arrayContaining(['searched', 'all naive']))
      expect(candidates[best]!.name).toBe('all naive')
      expect(candidates[best]!.options).toEqual({ memorise: 0, factorise: 0, naive: 15 })
      expect(candidates[best]!.cost!.parameters).toBe(found.parameters)
      expect(warnings.map(({ code }) => code)).toEqual(['train/rare-crosses'])
      expect(warnings[0]!.message).toMatch(/seen fewer than 5 times .*field2 × field3/)
      const view = await optinter.viewKept!(name => Promise.resolve(files[name]!))
      expect(view.pairs).toHaveLength(15)
      expect(view.pairs.every(({ value }) => value === 0)).toBe(true)
      expect(view.figures[0]!.title).toBe('0 pairs memorised, 0 factorised, 15 left out')
      expect(files['pairs.csv']!.trim().split('\r\n')).toHaveLength(16)
    } finally {
      await found.close?.()
    }
  })

  it('trains the methods it is given, and says nothing of crosses that share a row', async () => {
    const warnings: Warning[] = []
    const methods = drawnMethods(15, 3)
    const options = optinterOptions.parse({ ...small, methods })
    const onWarning = (warning: Warning) => warnings.push(warning)
    const found = await learn(prepared, options, { seed: 1, threads: 1, training: asked, onWarning })
    try {
      expect(found.search!.candidates.map(({ name }) => name)).toEqual(['given'])
      expect(warnings).toEqual([])
      const answers = await found.logits(data.test)
      expect(answers).toHaveLength(100)
      expect(answers.every(Number.isFinite)).toBe(true)
    } finally {
      await found.close?.()
    }
  })

  it('names what it will hold before', () => {
    const options = optinterOptions.parse(small)
    const { parameters, bytes } = sizeOf(options, prepared)
    const narrow = sizeOf({ ...options, pairs: [['field0', 'field1']] }, prepared)
    expect(bytes).toBeGreaterThan(28 * parameters)
    expect(narrow.parameters).toBeLessThan(parameters)
  })
})

describe('faults', () => {
  const fields: TableSpec['fields'] = [
    { name: 'a', type: 'categorical', size: 4 },
    { name: 'b', type: 'categorical', size: 4 },
    { name: 'n', type: 'numeric', size: 0 },
  ]
  const train: EncodedTable = categoricalRows(2, 2, 4, row => ({ values: [row % 2, row % 2], label: 0 }))
  const given = (own: TableSpec['fields'], set: object) => () =>
    sizeOf(optinterOptions.parse(set), {
      spec: { ...categoricalSpec([]), fields: own },
      train,
    } as unknown as Parameters<typeof sizeOf>[1])

  it.each([
    [[fields[0]!, fields[2]!], {}, /fewer than two/],
    [fields, { pairs: [['a', 'n']] }, /pairs names 'n', a numeric field/],
    [fields, { pairs: [['a', 'c']] }, /'c', which is not an input field/],
    [fields, { pairs: [['a', 'a']] }, /pairs 'a' with itself/],
    [fields, { methods: ['naive', 'naive'] }, /methods has 2 entries, there are 1 pairs/],
  ] as const)('%o %o', (own, set, message) => expect(given([...own], set)).toThrow(message))

  it('alpha of another shape', () => {
    expect(() => methodsOf(new Float32Array(5), 2)).toThrow(/alpha has 5 values, not \[2, 3\]/)
  })

  it.each([{ minCrossCount: 0 }, { methods: ['remember'] }, { search: 'both' }])('%o', set => {
    expect(() => parseOptions(optinter, set)).toThrow(new RegExp(Object.keys(set)[0]!))
  })

  it('no crosses at all are a vocabulary too', () => {
    const spec = categoricalSpec([4, 4])
    expect(crossesOf(spec, []).hash).not.toBe(crossesOf(categoricalSpec([4, 5]), []).hash)
  })
})
