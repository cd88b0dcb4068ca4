import { describe, expect, it } from 'vitest'
import { Random } from '../../random/index.ts'
import {
  accuracyBounds,
  clusterCodes,
  couplingEntropy,
  decompose,
  entropy,
  jointOf,
  leastInformed,
  marginal,
  marginalPair,
  mutualInformation,
  pairTable,
  reconciled,
  sharedInformation,
  sinkhorn,
  synergyBounds,
  synergyOfCells,
} from './index.ts'

const random = new Random(4, 'information')
const drawn = (count: number) => Float64Array.from({ length: count }, () => -Math.log(1 - random.uniform()))

it('entropy and mutual information of what can be counted by hand', () => {
  expect(entropy([0.25, 0.25, 0.25, 0.25])).toBe(2)
  expect(entropy([1, 0])).toBe(0)
  expect(mutualInformation(Float64Array.of(0.5, 0, 0, 0.5), 2)).toBeCloseTo(1, 12)
  expect(mutualInformation(Float64Array.of(0.25, 0.25, 0.25, 0.25), 2)).toBe(0)
})

it('sinkhorn reaches both sums, keeps zeros, and leaves what has them already', () => {
  const kernel = Float64Array.of(1, 2, 0, 3, 1, 5)
  const { table } = sinkhorn(kernel, Float64Array.of(0.4, 0.6), Float64Array.of(0.2, 0.5, 0.3))
  expect(table[2]).toBe(0)
  expect(table[0]! + table[1]!).toBeCloseTo(0.4, 9)
  expect(table[0]! + table[3]!).toBeCloseTo(0.2, 9)
  expect((table[0]! * table[4]!) / (table[1]! * table[3]!)).toBeCloseTo(1 / 6, 9)
  expect(sinkhorn(table, Float64Array.of(0.4, 0.6), Float64Array.of(0.2, 0.5, 0.3)).table[4]).toBeCloseTo(table[4]!, 9)
})

describe('the least informed distribution', () => {
  const joint = jointOf(drawn(36), [4, 3, 3])
  const [first, second] = [marginalPair(joint, 'first', 'label'), marginalPair(joint, 'second', 'label')]
  const found = leastInformed(first, second)

  it('has the marginals, and a certified gap', () => {
    expect(found.gap).toBeLessThan(1e-6)
    found.tables.forEach((table, y) =>
      first.probabilities.forEach((p, at) => {
        if (at % 3 !== y) return
        const a = Math.floor(at / 3)
        expect(table[3 * a]! + table[3 * a + 1]! + table[3 * a + 2]!).toBeCloseTo(p, 8)
      }),
    )
  })

  it('tells no more than any other with its marginals, and the gap holds early on too', () => {
    expect(found.information).toBeLessThanOrEqual(mutualInformation(joint.probabilities, 3))
    for (const rounds of [1, 9]) {
      const early = leastInformed(first, second, { rounds })
      expect(early.information).toBeGreaterThanOrEqual(found.information - 1e-6)
      expect(early.information - early.gap).toBeLessThanOrEqual(found.information + 1e-9)
    }
  })

  it('gives each cell its part of the synergy', () => {
    const parts = decompose(joint)
    const cells = synergyOfCells(joint, parts.coupling)
    expect(cells.reduce((sum, cell) => sum + cell, 0)).toBeCloseTo(parts.synergy, 4)
  })
})

it('the entropy of a coupling is at least that of either marginal, and no more than a coupling has', () => {
  for (let k = 0; k < 20; k++) {
    const joint = jointOf(drawn(12), [4, 3, 1])
    const [a, b] = [marginal(joint, 'first'), marginal(joint, 'second')]
    const least = couplingEntropy(a, b)
    expect(least).toBeLessThanOrEqual(entropy(joint.probabilities) + 1e-12)
    expect(least).toBeGreaterThanOrEqual(Math.max(entropy(a), entropy(b)) - 1e-12)
  }
})

describe('accuracy', () => {
  it('is certain with all of the bits, and a guess with none', () => {
    expect(accuracyBounds(1, 2, { low: 1, high: 1 })).toEqual({ low: 1, high: 1 })
    expect(accuracyBounds(2, 4, { low: 0, high: 0 }).low).toBeCloseTo(0.25, 12)
    expect(accuracyBounds(2, 4, { low: 0, high: 0 }).high).toBeCloseTo(0.25, 6)
  })

  it('of the best guess lies between its bounds', () => {
    for (let k = 0; k < 50; k++) {
      const joint = jointOf(drawn(24), [8, 1, 3])
      const label = marginal(joint, 'label')
      const information = mutualInformation(joint.probabilities, 3)
      const best = Array.from({ length: 8 }, (_, x) => Math.max(...joint.probabilities.subarray(3 * x, 3 * x + 3)))
      const accuracy = best.reduce((sum, p) => sum + p, 0)
      const { low, high } = accuracyBounds(entropy(label), 3, { low: information, high: information })
      expect(accuracy).toBeGreaterThanOrEqual(low)
      expect(accuracy).toBeLessThanOrEqual(high + 1e-12)
    }
  })
})

describe('codes', () => {
  it('tell clusters that lie apart by direction, whatever the length of a vector', () => {
    const rows = 90
    const values = new Float64Array(rows * 6)
    for (let row = 0; row < rows; row++)
      for (let k = 0; k < 6; k++)
        values[row * 6 + k] = (1 + 3 * random.uniform()) * ((k === row % 3 ? 1 : 0) + 0.03 * random.normal())
    const { codes, count } = clusterCodes(values, 6, { clusters: 3, seed: 1 })
    expect(count).toBe(3)
    codes.forEach((code, row) => expect(code).toBe(codes[row % 3]))
  })

  it('are the values themselves where there are few', () => {
    const { codes, count } = clusterCodes(Float64Array.of(7, 3, 7, 9), 1, { clusters: 5, seed: 1 })
    expect([[...codes], count]).toEqual([[0, 1, 0, 2], 3])
  })
})

describe('tables counted on different rows', () => {
  const joint = jointOf(drawn(12), [3, 2, 2])
  const counts = {
    firstLabel: marginal(joint, 'first', 'label'),
    secondLabel: marginal(joint, 'second', 'label'),
    sources: marginal(joint, 'first', 'second'),
    classes: 2,
  }

  it('stay as they are where they agree', () => {
    const { apart, sources } = reconciled(counts)
    expect(apart).toBeLessThan(1e-12)
    sources.probabilities.forEach((p, cell) => expect(p).toBeCloseTo(counts.sources[cell]!, 12))
  })

  it('are brought together, and how far they were apart is told', () => {
    const secondLabel = counts.secondLabel.map((p, at) => p * (at % 2 === 0 ? 2 : 1))
    const pairs = counts.sources.map((p, at) => (at < 2 ? 0 : p))
    const { apart, ...tables } = reconciled({ ...counts, secondLabel, sources: pairs })
    expect(apart).toBeGreaterThan(0.05)
    expect(synergyBounds(tables).high).toBeGreaterThan(0)
  })
})

describe('refuses', () => {
  const even = pairTable([1, 1, 1, 1], 2, 2)
  it.each<[string, () => unknown, object]>([
    ['weights that do not fill the cells', () => jointOf([1, 2], [2, 2, 2]), { code: 'shape/mismatch' }],
    ['a NaN, by its cell', () => jointOf([1, 1, 1, NaN], [1, 2, 2]), { message: 'cell [0, 1, 1] is NaN' }],
    ['a negative weight', () => pairTable([1, -1, 1, 1], 2, 2), { code: 'data/out-of-range' }],
    ['nothing at all', () => pairTable([0, 0], 1, 2), { code: 'data/empty' }],
    [
      'tables of another p(y)',
      () => sharedInformation(even, pairTable([3, 1, 3, 1], 2, 2)),
      { code: 'data/conflict', message: 'p(y) differs between p(x1, y) and p(x2, y) by 0.250' },
    ],
    [
      'pairs of another p(x1)',
      () => synergyBounds({ firstLabel: even, secondLabel: even, sources: pairTable([3, 3, 1, 1], 2, 2) }),
      { code: 'data/conflict', message: 'p(x1) differs between p(x1, x2) and p(x1, y) by 0.250' },
    ],
    [
      'labels of another number',
      () => sharedInformation(even, pairTable([1, 1, 1, 1, 1, 1], 2, 3)),
      { code: 'shape/mismatch' },
    ],
  ])('%s', (_, run, error) => {
    expect(run).toThrowError(expect.objectContaining(error) as Error)
  })
})
