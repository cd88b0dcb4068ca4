import { describe, expect, it } from 'vitest'
import { Random } from '../../random/index.ts'
import {
  cotangents,
  examplesAt,
  fewest,
  integrationPoints,
  integrationRules,
  leiden,
  modularity,
  pieces,
  type WeightedEdge,
} from './index.ts'

describe('bisection', () => {
  it.each([1, 2, 7, 64, 100])('finds the fewest of 100 that are enough: %i', async least => {
    let asked = 0
    expect(await fewest(100, async kept => (asked++, kept >= least))).toBe(least)
    expect(asked).toBeLessThanOrEqual(7)
  })
  it('takes all where nothing less is enough', async () => expect(await fewest(9, async () => false)).toBe(9))
})

describe('leiden', () => {
  const clique = (first: number, size: number): WeightedEdge[] =>
    Array.from({ length: size }, (_, i) =>
      Array.from({ length: i }, (_, j) => ({ a: first + i, b: first + j, weight: 1 })),
    ).flat()
  const ring = [
    ...clique(0, 5),
    ...clique(5, 4),
    ...clique(9, 3),
    { a: 0, b: 5, weight: 0.5 },
    { a: 6, b: 9, weight: 0.5 },
  ]

  it('finds cliques, the largest first', () => {
    const found = leiden(12, ring, { seed: 1 })
    expect([...found]).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2])
    expect(modularity(found, ring)).toBeGreaterThan(0.5)
  })
  it('is of the seed alone', () => expect(leiden(12, ring, { seed: 4 })).toEqual(leiden(12, ring, { seed: 4 })))
  it('leaves nodes without edges alone', () =>
    expect(new Set(leiden(4, [{ a: 1, b: 2, weight: 1 }], { seed: 1 })).size).toBe(3))
  it('has the modularity of two pairs by hand', () => {
    const pairs = [
      { a: 0, b: 1, weight: 1 },
      { a: 2, b: 3, weight: 1 },
    ]
    expect(modularity(Int32Array.of(0, 0, 1, 1), pairs)).toBeCloseTo(0.5, 12)
    expect(modularity(Int32Array.of(0, 0, 0, 0), pairs)).toBeCloseTo(0, 12)
  })
})

describe('cotangents', () => {
  const list = (probes: { positions: number; directions: number }) =>
    [...cotangents([2, 2, 3], probes, new Random(1, 'test'))].length
  it('are one for each output, or as many as asked', () => {
    expect(list({ positions: 0, directions: 0 })).toBe(6)
    expect(list({ positions: 4, directions: 0 })).toBe(12)
    expect(list({ positions: 0, directions: 5 })).toBe(10)
    expect(list({ positions: 4, directions: 5 })).toBe(20)
  })
  it('are 1 at one output of every row', () => {
    for (const { cotangent, direction } of cotangents([2, 2, 3], { positions: 0, directions: 0 }, new Random(1)))
      expect([...cotangent].map((value, at) => (value ? at % 3 : -1)).filter(at => at >= 0)).toEqual([
        direction,
        direction,
      ])
  })
  it('are signs over all that is mixed', () => {
    for (const { cotangent } of cotangents([3, 2, 2], { positions: 1, directions: 1 }, new Random(1)))
      expect([...cotangent].every(value => Math.abs(value) === 1)).toBe(true)
  })
})

describe('examples', () => {
  const data = {
    inputs: { ids: { dtype: 'int32' as const, dims: [5, 2], data: Int32Array.from({ length: 10 }, (_, i) => i) } },
    labels: Int32Array.of(0, 1, 2, 3, 4),
  }
  it('are taken by row, labels with them', () => {
    const { inputs, labels } = examplesAt(data, Int32Array.of(3, 1))
    expect([...inputs.ids!.data]).toEqual([6, 7, 2, 3])
    expect([...labels!]).toEqual([3, 1])
  })
  it('come in pieces', () => expect([...pieces(data, 2)].map(({ labels }) => labels!.length)).toEqual([2, 2, 1]))
})

describe('integration', () => {
  const integral = (rule: (typeof integrationRules)[number], count: number, f: (at: number) => number) =>
    integrationPoints(rule, count).reduce((sum, { at, weight }) => sum + weight * f(at), 0)

  it.each(integrationRules)('%s: weights sum to 1', rule => {
    for (const count of [1, 2, 5]) expect(integral(rule, count, () => 1)).toBeCloseTo(1, 12)
  })
  it('is exact for polynomials below twice the Gauss-Legendre points', () =>
    expect(integral('gauss-legendre', 3, at => 6 * at ** 5)).toBeCloseTo(1, 12))
  it('is exact for lines by the trapezoid rule, whose one point is in the middle', () => {
    for (const count of [1, 2, 7]) expect(integral('trapezoid', count, at => 2 * at)).toBeCloseTo(1, 12)
    expect(integrationPoints('trapezoid', 1)).toEqual([{ at: 0.5, weight: 1 }])
  })
  it('comes to the integral with more points', () =>
    expect(integral('trapezoid', 200, at => Math.E ** at)).toBeCloseTo(Math.E - 1, 4))
  it('looks at the end alone by the point rule', () => expect(integral('point', 9, at => at)).toBe(1))
})
