import { describe, expect, it } from 'vitest'
import { Random } from '../random/index.ts'
import {
  DecayingMoments,
  DecayingRelevance,
  kMeans,
  MeanShift,
  PageHinkley,
  seedCenters,
  varianceWithin,
} from './index.ts'

describe('decaying moments', () => {
  it('are the weighted mean and variance by definition', () => {
    const moments = new DecayingMoments(1, 3)
    const values = [1, 4, 2, 8, 5, 7]
    values.forEach((_, i) => moments.add(values, i))
    const weights = values.map((_, i) => 2 ** ((i - values.length + 1) / 3))
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    const mean = values.reduce((sum, value, i) => sum + weights[i]! * value, 0) / total
    const variance = values.reduce((sum, value, i) => sum + weights[i]! * (value - mean) ** 2, 0) / total
    expect(moments.mean[0]).toBeCloseTo(mean, 12)
    expect(moments.variance[0]).toBeCloseTo(variance, 12)
  })

  it('scale within limits, and leave a constant at 0', () => {
    const moments = new DecayingMoments(2, 100)
    for (let i = 0; i < 50; i++) moments.add([i % 2, 7])
    const scaled = new Float32Array(2)
    moments.scale([100, 9], scaled)
    expect([...scaled]).toEqual([5, 0])
  })
})

/** I(x; y) in nats of x ~ N(-d/2 or d/2, 1), either as likely: by Simpson's rule. */
function exactInformation(shift: number): number {
  const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)
  const at = (x: number) => {
    const [a, b] = [density(x + shift / 2), density(x - shift / 2)]
    const both = (a + b) / 2
    return [a, b].reduce((sum, each) => sum + (each > 0 ? (each / 2) * Math.log(each / both) : 0), 0)
  }
  const [steps, low, high] = [2000, -10, 10]
  const step = (high - low) / steps
  let sum = at(low) + at(high)
  for (let i = 1; i < steps; i++) sum += (i % 2 === 0 ? 2 : 4) * at(low + i * step)
  return (sum * step) / 3
}

describe('decaying relevance', () => {
  it('is the mutual information of a shifted Gaussian, and none of noise', () => {
    const random = new Random(1, 'relevance')
    const relevance = new DecayingRelevance(2, { classes: 2, halfLife: 50_000 })
    for (let i = 0; i < 50_000; i++) {
      const label = random.integer(2)
      relevance.add([random.normal() + 2 * label - 1, random.normal()], label)
    }
    const [told, noise] = relevance.information()
    expect(exactInformation(2)).toBeCloseTo(0.3368, 3)
    expect(Math.abs(told! - exactInformation(2))).toBeLessThan(0.02)
    expect(noise).toBeLessThan(0.005)
  })

  it('forgets what no longer holds', () => {
    const random = new Random(2, 'relevance')
    const relevance = new DecayingRelevance(2, { classes: 2, halfLife: 300 })
    for (let i = 0; i < 8000; i++) {
      const label = random.integer(2)
      const told = random.normal() + 2 * label
      relevance.add(i < 4000 ? [told, random.normal()] : [random.normal(), told], label)
    }
    const [first, second] = relevance.information()
    expect(second).toBeGreaterThan(0.2)
    expect(first).toBeLessThan(0.03)
  })
})

describe('drift', () => {
  const losses = (rise: number, seed: number) => {
    const random = new Random(seed, 'drift')
    return Array.from({ length: 4000 }, (_, i) => 0.6 + 0.3 * random.normal() + (i >= 2000 ? rise : 0))
  }
  it.each([1, 2, 3])('Page-Hinkley hears a rise of one deviation, not before it comes, seed %i', seed => {
    const heard = (rise: number) => {
      const test = new PageHinkley({ tolerance: 0.05, threshold: 15 })
      return losses(rise, seed).flatMap((loss, i) => (test.add(loss) ? [i] : []))
    }
    expect(heard(0)).toEqual([])
    expect(heard(0.3)[0]).toBeGreaterThanOrEqual(2000)
    expect(heard(0.3)[0]).toBeLessThan(2150)
  })

  it.each([1, 2, 3])('the mean shift is heard either way, seed %i', seed => {
    const heard = (rise: number) => {
      const test = new MeanShift(250, 5)
      return losses(rise, seed).flatMap((loss, i) => {
        const shift = test.add(loss)
        if (shift !== 0) expect(shift).toBe(Math.sign(rise))
        return shift === 0 ? [] : [i]
      })
    }
    expect(heard(0)).toEqual([])
    for (const rise of [0.3, -0.3]) {
      expect(heard(rise)[0]).toBeGreaterThanOrEqual(2000)
      expect(heard(rise)[0]).toBeLessThanOrEqual(2250)
    }
  })
})

describe('k-means', () => {
  const random = new Random(5, 'blobs')
  const truth = [0, 0, 10, 0, 0, 10]
  const points = Float32Array.from({ length: 600 }, (_, i) => {
    const blob = Math.floor(i / 2) % 3
    return truth[2 * blob + (i % 2)]! + 0.5 * random.normal()
  })

  it('from warm centres ends where it does from drawn ones', () => {
    const cold = kMeans(points, 2, seedCenters(points, 2, 3, new Random(1, 'seeds')))
    const warm = kMeans(points, 2, Float64Array.from([1, 1, 9, 1, -1, 9]))
    const order = ({ centers }: { centers: Float64Array }) =>
      [0, 1, 2].map(k => [...centers.subarray(2 * k, 2 * k + 2)]).sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!)
    order(cold)
      .flat()
      .forEach((value, i) => expect(value).toBeCloseTo(order(warm).flat()[i]!, 6))
    expect(warm.rounds).toBeLessThan(5)
  })

  it('starts an empty cluster anew', () => {
    const far = kMeans(points, 2, Float64Array.from([0, 0, 10, 0, 1e6, 1e6]))
    expect(new Set(far.assignment).size).toBe(3)
  })

  it('says what of each feature the clusters leave', () => {
    const hand = Float32Array.of(0, 1, 0, 3, 10, 1, 10, 3)
    const within = varianceWithin(hand, 2, kMeans(hand, 2, Float64Array.of(0, 2, 10, 2)))
    expect([...within]).toEqual([0, 1])
  })
})
