import { describe, expect, it } from 'vitest'
import { Random } from '../../random/index.ts'
import {
  attention,
  cellsAt,
  cellsInside,
  checkMask,
  CosineIndex,
  maskedMean,
  nearestCells,
  similarityMap,
  spatialSimilarity,
  strongestMean,
  toggled,
  vote,
  type CellFeatures,
} from './index.ts'

const random = new Random(4, 'correspondence')
const values = Float64Array.from({ length: 8 * 12 }, () => random.normal())
const features: CellFeatures = { channels: 8, rows: 3, columns: 4, values }

describe('matching', () => {
  it('an image with itself: each cell lies on itself, all alike', () => {
    const { target, mutual } = nearestCells(features, features)
    expect([...target]).toEqual([...target.keys()])
    expect([...mutual]).toEqual(new Array(12).fill(1))
    for (const similarity of similarityMap(features, features, target)) expect(similarity).toBeCloseTo(1, 10)
  })

  it('an image moved one row down: each cell lies one row down, and not the other way round', () => {
    const moved = { ...features, values: values.map((_, at) => (at % 12 < 4 ? 0 : values[at - 4]!)) }
    expect([...nearestCells(features, moved).target.subarray(0, 8)]).toEqual([4, 5, 6, 7, 8, 9, 10, 11])
    expect([...nearestCells(moved, features).target.subarray(4)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })

  it('points to cells: x is the column, the far edge is the last cell', () => {
    expect([...cellsAt([-1, -1, 1, -1, -0.9, 1, 1, 1], features)]).toEqual([0, 3, 8, 11])
    expect(() => cellsAt([0, 1.2], features)).toThrow(/a point lies at 1.2/)
  })
})

describe('evidence', () => {
  it('spatial similarity adds up to the cosine of the means', () => {
    const other = { ...features, values: values.map((_, at) => values[(at * 7) % values.length]!) }
    const mean = ({ values: own }: CellFeatures, channel: number) =>
      Array.from({ length: 12 }, (_, cell) => own[channel * 12 + cell]!).reduce((sum, value) => sum + value, 0) / 12
    const channels = Array.from({ length: 8 }, (_, channel) => [mean(features, channel), mean(other, channel)] as const)
    const dot = (a: 0 | 1, b: 0 | 1) => channels.reduce((sum, pair) => sum + pair[a] * pair[b], 0)
    const total = spatialSimilarity(features, other).reduce((sum, value) => sum + value, 0)
    expect(total).toBeCloseTo(dot(0, 1) / Math.sqrt(dot(0, 0) * dot(1, 1)), 10)
  })

  it('attention reaches from the threshold on; of equal values nothing is left out', () => {
    expect([...attention(Float64Array.of(0, 4, 10, 5.5), 0.55)]).toEqual([0, 0, 1, 1])
    expect([...attention(new Float64Array(3).fill(2), 0.55)]).toEqual([1, 1, 1])
  })

  it('scores: the strongest under a mask, or the mean over all cells', () => {
    const map = Float64Array.of(0.9, 0.1, 0.5, 0.7)
    expect(strongestMean(map, Uint8Array.of(0, 1, 1, 1), 2)).toBeCloseTo(0.6)
    expect(maskedMean(map, Uint8Array.of(1, 0, 0, 1))).toBeCloseTo(0.4)
  })

  it('masks: switched over, made of a region, refused by name', () => {
    expect([...toggled(Uint8Array.of(1, 0, 1), [0, 1])]).toEqual([0, 1, 1])
    expect([...cellsInside((x, y) => x < 0.4 && y > 0.6, 2, 2)]).toEqual([0, 0, 1, 0])
    expect(() => checkMask([1, 0], 3)).toThrow(/has 2 cells, the image 3/)
    expect(() => checkMask([1, 2, 0], 3)).toThrow(/cell 2 of the mask is 2/)
    expect(() => checkMask([0, 0], 2)).toThrow(/selects no cell/)
  })
})

it('nearest vectors by cosine, the earlier among equals', () => {
  const index = new CosineIndex(Float32Array.of(1, 0, 0, 2, 3, 3, 0, 1), 2)
  const { items, cosines } = index.nearest([0, 5], 3)
  expect([...items]).toEqual([1, 3, 2])
  expect(cosines[2]).toBeCloseTo(Math.SQRT1_2, 6)
  expect(() => index.nearest([1], 1)).toThrow(/a vector of 1/)
})

it('votes: the smaller label of a tie, or one more voter until it is decided', () => {
  const labels = [2, 1, 1, 2, 2]
  expect(vote(labels, 4)).toMatchObject({ label: 1, votes: 2, of: 4 })
  expect(vote(labels, 4, { untilDecided: true })).toMatchObject({ label: 2, votes: 3, of: 5 })
  expect(vote(labels, 2, { untilDecided: true })).toMatchObject({ label: 1, votes: 2, of: 3 })
})
