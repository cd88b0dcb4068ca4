import { describe, expect, it } from 'vitest'
import {
  compositions,
  functionPredictor,
  lossOf,
  maskedPredictor,
  rashomonCloud,
  turnDial,
  type CloudOptions,
  type Labels,
} from '../../../lenses/index.ts'
import { distanceOf, haloForm, permutationForms } from './closed-forms.ts'
import { detectionInContext } from './detection.ts'
import { explanationOf } from './explanation.ts'
import { searchParities } from './parity.ts'
import { detections, productRows } from './worlds.ts'

const { columns, labels } = productRows(120, 2)
const product = functionPredictor(([a, b, c]) => a! * b! + c!, { fields: ['x1', 'x2', 'x3'] })
const model = maskedPredictor(product, columns)
const few: CloudOptions = { sets: 2, models: 4, repeats: 2, seed: 3 }

describe('closed forms', () => {
  it('halo of x1 + x2 + x1 x2 on one row', async () => {
    const found = await haloForm()
    expect(found.map(({ directions }) => directions).sort()).toEqual(['++', '+-', '-+', '--'])
    for (const { exact, analytic, searched } of found) {
      expect(Math.abs(analytic - exact)).toBeLessThan(1e-8)
      expect(Math.abs(searched - exact)).toBeLessThan(1e-4)
    }
  })

  it('rises and scores by permutation are twice the total variances', async () => {
    for (const form of await permutationForms(20_000, 2, 1)) expect(distanceOf(form)).toBeLessThan(0.05)
  })
})

it("the greedy search finds the dials of the authors' code", async () => {
  const parities = (await searchParities())!
  expect(parities.map(({ name }) => name)).toEqual(['search-logistic', 'search-mlp'])
  for (const { loss, dials, compared } of parities) {
    expect(compared).toBeGreaterThan(60)
    expect(loss).toBeLessThan(1e-9)
    expect(dials).toBeLessThan(1e-6)
  }
})

it('a dial without power, and one that never leaves the good models, are told', async () => {
  expect(await turnDial(async () => -1, 0.1, 1)).toMatchObject({ powerless: true, unbounded: false })
  expect(await turnDial(async dial => -1 / (1 + Math.abs(dial)), 0.1, -1)).toMatchObject({ unbounded: true })
})

it('every split of ten into two and into three positive parts', () => {
  expect(compositions(10, 2)).toHaveLength(9)
  expect(compositions(10, 3)).toHaveLength(36)
  expect(new Set(compositions(10, 3).map(parts => parts.reduce((sum, part) => sum + part, 0)))).toEqual(new Set([10]))
})

describe('a cloud', async () => {
  const cloud = await rashomonCloud(model, columns, labels, few)

  it('puts the pair that interacts first, negative in every good model, and holds the model itself', () => {
    const [first, second] = cloud.sets
    expect(first!.set).toEqual(['x1', 'x2'])
    expect(first!.signDiffers).toBe(false)
    expect(first!.greatest).toBeLessThan(0)
    for (const { least, greatest, reference } of [first!, second!]) {
      expect(least).toBeLessThanOrEqual(reference)
      expect(greatest).toBeGreaterThanOrEqual(reference)
    }
    expect(first!.points.filter(({ sampler }) => sampler === 'dials')).toHaveLength(36)
    expect(first!.points.filter(({ sampler }) => sampler === 'direction')).toHaveLength(4)
  })

  it('calls good only models whose loss, computed again, is within epsilon', async () => {
    const loss = lossOf('squared error', labels, 'value')
    let inside = 0
    for (const { points } of cloud.sets)
      for (const { mask, excess, inside: within } of points) {
        const again = loss(await model.predict(columns, mask!)) - cloud.reference
        expect(Math.abs(again - excess)).toBeLessThan(1e-9)
        expect(within).toBe(excess <= cloud.epsilon)
        inside += Number(within)
      }
    expect(inside).toBeGreaterThan(8)
  })

  it('takes in other models that are as good, and leaves out worse ones', async () => {
    const other = (a: number) =>
      maskedPredictor(
        functionPredictor(([x, y, z]) => a * x! * y! + z!, { fields: ['x1', 'x2', 'x3'] }),
        columns,
      )
    const options = { ...few, models: 0, epsilon: 0.02, others: [other(1.1), other(3)] }
    const { sets } = await rashomonCloud(model, columns, labels, options)
    expect(sets[0]!.points.filter(({ sampler }) => sampler === 'other')).toHaveLength(1)
  })

  it('is told as findings, a swarm and halos', () => {
    const { results, figures } = explanationOf(cloud)
    expect(results.filter(({ set }) => set.join() === 'x1,x2').map(({ index }) => index)).toEqual([
      'FIS',
      'FIS, least among good models',
      'FIS, greatest among good models',
    ])
    expect(results.filter(({ set }) => set.length === 1)).toHaveLength(3)
    expect(figures[0]!.title).toMatch(/^x1 × x2 is the surest interaction/)
    expect(figures[1]!.title).toMatch(/^x1 × x2: \d+ of 36 models/)
    expect(figures[1]!.table.rows).toHaveLength(36)
  })

  it('stopped, gives what it has', async () => {
    const { sets, complete, references } = await rashomonCloud(model, columns, labels, {
      ...few,
      stop: AbortSignal.abort(),
    })
    expect(complete).toBe(false)
    expect(references).toHaveLength(3)
    expect(sets.flatMap(({ points }) => points)).toEqual([])
  })

  it('of triples has eight times thirty-six models a set', async () => {
    const { sets } = await rashomonCloud(model, columns, labels, { order: 3, sets: 1, models: 0, repeats: 1, rows: 20 })
    expect(sets[0]!.points).toHaveLength(288)
  })
})

it.each(detections)('in context, the pairs of $name are told from all others', async each => {
  expect(await detectionInContext(each)).toBe(1)
})

describe('refuses', () => {
  const short: Labels = { kind: 'regression', values: Float64Array.of(1, 2) }
  const exact: Labels = { kind: 'regression', values: columns[0]!.map((a, r) => a * columns[1]![r]! + columns[2]![r]!) }
  it.each<[string, Labels, CloudOptions, object]>([
    ['labels of another length', short, {}, { code: 'shape/mismatch' }],
    ['a share that is not above 0', labels, { epsilonRate: 0 }, { code: 'option/invalid' }],
    ['an epsilon that is not above 0', labels, { epsilon: -1 }, { code: 'option/invalid' }],
    ['more members than fields', labels, { order: 4 }, { code: 'option/invalid' }],
    ['a share of a loss of 0', exact, {}, { code: 'lens/needs', try: '--set epsilon=0.01' }],
  ])('%s', async (_, given, options, error) => {
    await expect(rashomonCloud(model, columns, given, { ...few, ...options })).rejects.toMatchObject(error)
  })

  it('a loss that is not finite, and values for numbers', async () => {
    const broken = { ...model, predict: async () => new Float64Array(120).fill(NaN) }
    await expect(rashomonCloud(broken, columns, labels, few)).rejects.toMatchObject({ code: 'predictor/answer' })
    const fields = [{ name: 'city', type: 'categorical' as const, values: ['Oslo', 'Rome'] }]
    const coded = functionPredictor(([city]) => city!, { fields })
    expect(() => maskedPredictor(coded, [columns[0]!])).toThrow(/'city' has values, not numbers/)
  })
})
