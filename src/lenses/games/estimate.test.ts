import { describe, expect, it } from 'vitest'
import { Random } from '../../random/index.ts'
import { computeIndex, estimators, type EstimatorName } from './estimate.ts'
import { allocate, drawCoalitions, evened, sizeImportance } from './estimators/sampling.ts'
import { exactIndex, valueOf } from './exact.ts'
import { allValues, maskGame, type Game } from './game.ts'
import type { IndexName } from './indices.ts'

/** The sum of 20 products of 1 to `largest` of 12 players, with normal weights. */
function sparseGame(seed: number, largest: number): Game {
  const random = new Random(seed, 'sparse')
  const terms = Array.from({ length: 20 }, () => {
    const members = random.permutation(12).subarray(0, 1 + random.integer(largest))
    return { mask: members.reduce((mask, p) => mask | (1 << p), 0), weight: random.normal() }
  })
  return maskGame(12, mask => terms.reduce((sum, { mask: m, weight }) => sum + ((m & ~mask) === 0 ? weight : 0), 0))
}

const quarter = 2 ** 12 / 4

interface Quality {
  /** Mean squared error over all sets of 24 games (2 for the slower proxy), half of them with terms of up to 7 players. */
  error: number
  /** Share of 95% intervals that hold the exact value. */
  coverage: number
}

const measured = new Map<string, Promise<Quality>>()

function quality(estimator: EstimatorName, index: IndexName, order: number): Promise<Quality> {
  const key = [estimator, index, order].join()
  let result = measured.get(key)
  if (!result) measured.set(key, (result = measure(estimator, index, order)))
  return result
}

async function measure(estimator: EstimatorName, index: IndexName, order: number): Promise<Quality> {
  let [squares, covered, values] = [0, 0, 0]
  for (let seed = 1; seed <= (estimator === 'proxy' ? 2 : 24); seed++) {
    const game = sparseGame(seed, seed % 2 ? 4 : 7)
    const exact = exactIndex(await allValues(game), index, order)
    const estimate = await computeIndex(game, { index, order, budget: quarter, estimator, seed })
    expect(estimate.calls).toBeLessThanOrEqual(quarter)
    estimate.values.forEach((value, k) => {
      const error = Math.abs(value - exact.values[k]!)
      squares += error ** 2
      values++
      if (error <= 1.96 * estimate.standardErrors[k]! + 1e-9) covered++
    })
  }
  return { error: squares / values, coverage: covered / values }
}

describe('estimators at a quarter of the coalitions of sparse games of 12 players', () => {
  it.each(['shap-iq', 'stratified', 'regression', 'proxy'] as const)(
    '%s beats permutation sampling on SV',
    async name => {
      const [plain, ours] = [await quality('permutation', 'SV', 1), await quality(name, 'SV', 1)]
      expect(ours.error).toBeLessThan(plain.error)
      expect(ours.coverage).toBeGreaterThanOrEqual(0.9)
      expect(plain.coverage).toBeGreaterThanOrEqual(0.9)
    },
  )

  it.each(['stratified', 'proxy'] as const)('%s beats permutation sampling on SII pairs', async name => {
    const [plain, ours] = [await quality('permutation', 'SII', 2), await quality(name, 'SII', 2)]
    expect(ours.error).toBeLessThan(plain.error)
    expect(ours.coverage).toBeGreaterThanOrEqual(0.9)
  })

  it('shap-iq does not: on SII pairs it is as good as permutation sampling, within a third', async () => {
    const [plain, ours] = [await quality('permutation', 'SII', 2), await quality('shap-iq', 'SII', 2)]
    expect(ours.error / plain.error).toBeGreaterThan(3 / 4)
    expect(ours.error / plain.error).toBeLessThan(4 / 3)
    expect(ours.coverage).toBeGreaterThanOrEqual(0.9)
  })

  it.each([
    ['STII', 'proxy'],
    ['FSII', 'proxy'],
    ['FSII', 'regression'],
    ['FBII', 'regression'],
  ] as const)('%s by %s: intervals cover at least 90%', async (index, name) => {
    expect((await quality(name, index, 2)).coverage).toBeGreaterThanOrEqual(0.9)
  })

  it('proxy finds a game of at most three players together exactly', async () => {
    const game = sparseGame(3, 3)
    const exact = exactIndex(await allValues(game), 'SII', 2)
    const { values } = await computeIndex(game, { budget: quarter })
    values.forEach((value, k) => expect(Math.abs(value - exact.values[k]!)).toBeLessThan(1e-6))
  })
})

describe('computeIndex', () => {
  it('is exact where the budget covers all coalitions', async () => {
    const result = await computeIndex(sparseGame(1, 4), { index: 'k-SII', budget: 4096 })
    expect(result).toMatchObject({ exact: true, estimator: 'exact', calls: 4096, order: 2 })
    const sum = result.values.reduce((a, b) => a + b, 0)
    expect(sum).toBeCloseTo(result.full - result.baseline, 9)
  })

  it('finds the few interactions of 70 players', async () => {
    const players = Array.from({ length: 70 }, (_, p) => `p${p}`)
    const has = (row: Uint32Array, p: number) => (row[p >> 5]! >>> (p & 31)) & 1
    const game: Game = {
      players,
      evaluate: async rows =>
        Float64Array.from({ length: rows.length / 3 }, (_, k) => {
          const row = rows.subarray(3 * k, 3 * k + 3)
          return 2 * has(row, 3) + 3 * (has(row, 10) & has(row, 65)) - (has(row, 31) & has(row, 32))
        }),
    }
    const single = await computeIndex(game, { index: 'SV', order: 1, budget: 1000 })
    expect(valueOf(single, [3])).toBeCloseTo(2, 1)
    expect(valueOf(single, [65])).toBeCloseTo(1.5, 1)
    expect(valueOf(single, [50])).toBeCloseTo(0, 1)
  })

  it('stops at a tolerance, having spent less', async () => {
    const game = sparseGame(2, 7)
    const options = { index: 'SV', order: 1, budget: 2000, estimator: 'stratified' } as const
    const [loose, tight] = [await computeIndex(game, { ...options, tolerance: 0.5 }), await computeIndex(game, options)]
    expect(loose.calls).toBeLessThan(tight.calls)
    expect(Math.max(...loose.standardErrors) * 1.96).toBeLessThanOrEqual(0.5)
  })

  it('repeats bit for bit by seed', async () => {
    const run = (seed: number) => computeIndex(sparseGame(4, 7), { budget: 500, seed })
    const [a, b, c] = [await run(1), await run(1), await run(2)]
    expect(a.values).toEqual(b.values)
    expect(a.values).not.toEqual(c.values)
  })

  it('refuses what makes no sense', async () => {
    const game = sparseGame(1, 3)
    const refused = (options: object) => expect(computeIndex(game, options)).rejects
    await refused({ order: 0 }).toMatchObject({ code: 'option/invalid' })
    await refused({ budget: 5 }).toThrow('budget must be at least 26 for 12 players')
    await refused({ budget: 500, estimator: 'regression' }).toThrow('regression takes SV, FSII, BV, FBII')
    await refused({ signal: AbortSignal.abort(), budget: 500 }).toMatchObject({ name: 'AbortError' })
    await expect(computeIndex(maskGame(3, () => NaN))).rejects.toMatchObject({ code: 'predictor/answer' })
  })

  it('knows its estimators', () => {
    expect(Object.keys(estimators)).toEqual(['permutation', 'shap-iq', 'stratified', 'regression', 'proxy'])
  })
})

describe('drawing coalitions', () => {
  it('takes small sizes whole, the rest by importance, never one twice', () => {
    const counts = allocate(sizeImportance('SV', 14, 1), 1000)
    expect([...counts.slice(0, 3)]).toEqual([1, 14, 91])
    expect(counts.reduce((a, b) => a + b)).toBeLessThanOrEqual(1000)
    const { coalitions } = drawCoalitions(14, counts, 1, false)
    expect(new Set(coalitions).size).toBe(coalitions.length)
  })

  it.each([false, true])('extends a smaller draw of the same seed, paired: %s', paired => {
    const importance = evened(sizeImportance('SII', 40, 2))
    const [few, many] = [300, 900].map(budget => drawCoalitions(40, allocate(importance, budget), 7, paired))
    for (const { size, count, start, paired: both } of few!.blocks) {
      const other = many!.blocks.find(block => block.size === size)!
      for (const half of both ? [0, 1] : [0]) {
        const [from, there] = [start + half * count, other.start + half * other.count]
        const rows = few!.coalitions.subarray(2 * from, 2 * (from + count))
        expect(many!.coalitions.subarray(2 * there, 2 * (there + count))).toEqual(rows)
      }
    }
  })

  it('pairs every coalition with its complement, the empty one first and the full one second', () => {
    const { coalitions, blocks } = drawCoalitions(14, allocate(evened(sizeImportance('SII', 14, 2)), 1000), 1, true)
    expect([...coalitions.subarray(0, 2)]).toEqual([0, 2 ** 14 - 1])
    expect(new Set(coalitions).size).toBe(coalitions.length)
    for (const { count, start, end } of blocks) {
      expect(end - start).toBe(2 * count)
      for (let row = start; row < start + count; row++)
        expect(coalitions[row]! + coalitions[row + count]!).toBe(2 ** 14 - 1)
    }
  })
})
