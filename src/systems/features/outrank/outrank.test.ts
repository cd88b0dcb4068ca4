import { describe, expect, it } from 'vitest'
import { noisyColumns } from '../../../data/index.ts'
import { Random } from '../../../random/index.ts'
import { lossOf, searchSets } from './feature-search.ts'
import { outrank } from './index.ts'
import { needles } from './needles.ts'
import { authorsOptions, gainsOf, goldenDistance, rankColumns } from './parity.ts'
import { chiSquareQuantile, normalQuantile, studentQuantile } from './quantiles.ts'
import { combinations } from './sets.ts'

const text = (values: readonly number[]) => values.map(value => `v${value}`)

describe("the authors' scores", () => {
  const first = { x: text([1, 0, 0, 0, 1, 1, 1, 0]), y: text([1, 0, 0, 0, 1, 1, 0, 0]) }
  const second = { x: text([0, 0, 1, 1, 2, 2, 2, 3]), y: text([0, 1, 1, 1, 0, 0, 1, 1]) }

  it('are met on small cases, by hand', async () => {
    expect((await gainsOf(first, { score: 'plain', controls: 0 })).get('x')).toBeCloseTo(0.380396, 6)
    expect((await gainsOf(first, authorsOptions)).get('x')).toBeCloseTo(0.346574, 6)
    expect((await gainsOf(second, { score: 'plain', controls: 0 })).get('x')).toBeCloseTo(0.249584, 6)
    expect((await gainsOf(second, authorsOptions)).get('x')).toBeCloseTo(-0.173287, 6)
    const itself = { x: first.x, y: first.x }
    expect((await gainsOf(itself, authorsOptions)).get('x')).toBeCloseTo(0.693147, 6)
  })

  it('are met on drawn columns of 2, 3 and 5 classes, which they compute in single precision', async () => {
    const distance = await goldenDistance()
    expect(distance!.columns).toBe(200)
    expect(distance!.corrected).toBeLessThan(1e-4)
    expect(distance!.plain).toBeLessThan(1e-4)
  })
})

describe('a search of columns', () => {
  const world = needles(1, 6000)
  const context = { seed: 1, threads: 1 }

  it('keeps what tells, alone or together, and nothing else', async () => {
    const [pair] = world.together
    const order = [['x000'], [world.alone[0]!], [pair![0]], ['x005', 'x011'], [...pair!], ['id']]
    const losses = await searchSets(world, order, context)
    const [none, one, , , both] = losses as [number, number, number, number, number]
    expect(losses).toEqual([none, one, one, one, both, both])
    expect(one).toBeLessThan(none - 0.005)
    expect(both).toBeLessThan(one - 0.02)
    expect(await lossOf(world, [[world.alone[0]!], [...pair!]], context)).toBe(both)
  })
})

describe('the corrected gain', () => {
  const { columns, signals, noise, pair } = noisyColumns.make({ seed: 2 })

  it('puts every signal above noise of up to 1,000 values and an id, which plain information does not', async () => {
    const corrected = await gainsOf(columns, {})
    const plain = await gainsOf(columns, { score: 'plain', controls: 0 })
    const few = noise.filter(name => !['noise5000', 'noise10000'].includes(name))
    for (const name of few) expect(Math.abs(corrected.get(name)!)).toBeLessThan(0.005)
    const weakest = Math.min(...signals.map(name => corrected.get(name)!))
    expect(weakest).toBeGreaterThan(Math.max(...few.map(name => corrected.get(name)!)))
    expect(corrected.get('id')).toBe(0)
    expect(plain.get('noise1000')).toBeGreaterThan(plain.get('weak')!)
    expect(plain.get('id')).toBeCloseTo(0.693, 3)
  })

  it('tells signals from noise, finds the pair that acts together, and says the same on two threads', async () => {
    const { results } = await rankColumns(columns, { order: 2, combinations: 200 })
    const told = results.filter(({ gain, noise }) => gain > noise!).map(({ set }) => set.join())
    expect(told).toEqual(expect.arrayContaining([...signals]))
    for (const name of [...noise, ...pair]) expect(told).not.toContain(name)
    expect(results[0]!.set).toEqual([...pair])
    expect(results[0]!.flags).toEqual(['acts together'])
    const again = await rankColumns(columns, { order: 2, combinations: 200 }, 2)
    expect(again.results).toEqual(results)
  })

  it('is measured for numbers in bins, several classes, and a numeric target', async () => {
    const random = new Random(1, 'outrank.test')
    const z = Array.from({ length: 3000 }, () => random.normal())
    const y = z.map(value => Number((value + random.normal()).toFixed(4)))
    const other = z.map(() => Number(random.normal().toFixed(4)))
    const source = { z: z.map(value => Number(value.toFixed(4))), other, y }
    for (const target of [y, y.map(value => `c${Math.floor(value)}`)]) {
      const { results } = await rankColumns({ ...source, y: target }, {})
      expect(results.every(({ values }) => values! > 500)).toBe(true)
      const [first, second] = results
      expect([first!.set, second!.set]).toEqual([['z'], ['other']])
      expect(first!.gain).toBeGreaterThan(first!.noise!)
      expect(second!.gain).toBeLessThan(first!.gain / 20)
    }
  })

  it('of fields that tell nothing rises above its noise about as seldom as its level says', async () => {
    let alarms = 0
    for (let seed = 1; seed <= 20; seed++) {
      const random = new Random(seed, 'outrank.null')
      const draw = () => Array.from({ length: 1000 }, () => Number(random.normal().toFixed(4)))
      const { results } = await rankColumns({ a: draw(), b: draw(), c: draw(), y: draw() }, {})
      if (results.some(({ gain, noise }) => gain > noise!)) alarms++
    }
    // at 5% a world, more than 5 of 20 come once in 3,000 times
    expect(alarms).toBeLessThanOrEqual(5)
  }, 120_000)
})

describe('alarms and orders', () => {
  const random = new Random(3, 'outrank.test')
  const rows = 4000
  const y = Array.from({ length: rows }, () => random.integer(2))
  const copyOf = (share: number) => y.map(value => (random.uniform() < share ? value : 1 - value))
  const [a, b, c] = [copyOf(0.8), copyOf(0.75), copyOf(0.7)]
  const columns = {
    a: text(a),
    again: a.map(value => `w${value}`),
    b: text(b),
    c: text(c),
    leak: y.map(value => `is${value}`),
    same: y.map(() => 'one'),
    gaps: y.map((_, row) => (row % 4 === 0 ? 'v' + String(random.integer(3)) : '')),
    y: text(y),
  }

  it('flags copies, leaks, constants and gaps', async () => {
    const { results } = await rankColumns(columns, {})
    const flags = Object.fromEntries(results.map(({ set, flags }) => [set[0], flags]))
    expect(flags).toMatchObject({
      again: ['copy of a'],
      leak: ['leak?'],
      same: ['constant'],
      gaps: ['mostly missing'],
      b: [],
    })
    expect(results.find(({ set }) => set[0] === 'gaps')).toMatchObject({ missing: 0.75, values: 3 })
  })

  it('lets a copy of a field fall behind by 3MR', async () => {
    const { leak: _, ...others } = columns
    const order = async (sort: 'gain' | '3mr') =>
      (await rankColumns(others, { sort })).results.map(({ set }) => set[0]!).slice(0, 4)
    expect(await order('gain')).toEqual(['a', 'again', 'b', 'c'])
    expect((await order('3mr')).indexOf('again')).toBeGreaterThan(1)
  })

  it('counts a sample, and says when sets were left out', async () => {
    const { results, rows: counted, warnings } = await rankColumns(columns, { order: 3, combinations: 10, sample: 500 })
    expect(counted).toBe(500)
    expect(results.filter(({ set }) => set.length > 1)).toHaveLength(10)
    expect(warnings).toMatchObject([{ code: 'rank/combinations' }])
  })
})

it('draws sets without a preference, all where there are few', () => {
  expect(combinations(4, 2, 100, 1)).toEqual([
    [0, 1],
    [0, 2],
    [0, 3],
    [1, 2],
    [1, 3],
    [2, 3],
  ])
  expect(combinations(5, 3, 100, 1)).toHaveLength(20)
  const some = combinations(40, 2, 50, 1)
  expect(new Set(some.map(String)).size).toBe(50)
  expect(combinations(40, 2, 50, 1)).toEqual(some)
})

it('knows the quantiles of the normal, Student and chi-square laws', () => {
  expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 5)
  expect(normalQuantile(1e-7)).toBeCloseTo(-5.199338, 5)
  expect(studentQuantile(0.975, 7)).toBeCloseTo(2.364624, 6)
  expect(studentQuantile(0.9995, 4)).toBeCloseTo(8.610302, 5)
  expect(studentQuantile(0.95, 1)).toBeCloseTo(6.313752, 5)
  expect(chiSquareQuantile(0.95)).toBeCloseTo(3.841459, 5)
  for (const [p, degrees, exact] of [
    [0.95, 10, 18.307038],
    [0.999, 4, 18.466827],
  ] as const)
    expect(Math.abs(chiSquareQuantile(p, degrees) / exact - 1)).toBeLessThan(0.02)
})

it('refuses a target that it cannot rank for', async () => {
  const rank = (target: string, where?: string) =>
    outrank.rank!({ input: 'world:noisy-columns', target: [target], where }, outrank.options.parse({}), {
      seed: 1,
      threads: 1,
      progress: () => {},
    })
  await expect(rank('why')).rejects.toMatchObject({ code: 'data/unknown-field' })
  await expect(rank('y', 'y = 1')).rejects.toMatchObject({ code: 'data/target-constant' })
  await expect(rank('y', 'false')).rejects.toMatchObject({ code: 'data/empty' })
  await expect(rank('y', 'nothing > 1')).rejects.toMatchObject({ code: 'data/query' })
})
