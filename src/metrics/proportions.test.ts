import { expect, it } from 'vitest'
import { correctKeypoints } from './keypoints.ts'
import { clusterBootstrap, powerOfTwoProportions, twoProportions } from './proportions.ts'

it('two proportions: the published 407 of 560 and 618 of 840', () => {
  const { value, z, pValue, low, high } = twoProportions(
    { successes: 407, trials: 560 },
    { successes: 618, trials: 840 },
  )
  expect(value).toBeCloseTo(618 / 840 - 407 / 560, 12)
  // pooled 1025 / 1400: z = difference / sqrt(p (1 - p) (1 / 560 + 1 / 840))
  expect(z).toBeCloseTo(0.3696, 3)
  expect(pValue).toBeCloseTo(0.7117, 3)
  expect(low).toBeLessThan(0)
  expect(high).toBeGreaterThan(0)
})

it('power of a difference, and half the level where there is none', () => {
  // 0.2 / sqrt(.25 / 100 + .21 / 100) = 2.9489; P(Z < 2.9489 - 1.96)
  expect(powerOfTwoProportions(0.5, 0.7, 100, 100)).toBeCloseTo(0.8386, 3)
  expect(powerOfTwoProportions(0.5, 0.5, 100, 100)).toBeCloseTo(0.025, 3)
})

it('clusters drawn again: wider than if all that is in them were drawn', () => {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const clusters = Array.from({ length: 20 }, (_, k) => new Array<number>(10).fill(k % 2))
  const whole = clusterBootstrap(clusters, drawn => mean(drawn.flat()), { resamples: 500 })
  const single = clusterBootstrap(clusters.flat(), mean, { resamples: 500 })
  expect(whole.value).toBe(0.5)
  expect(whole.high - whole.low).toBeGreaterThan(2 * (single.high - single.low))
  // 1.96 sqrt(.25 / 20) = .219 to either side
  expect(whole.high - whole.low).toBeCloseTo(0.44, 1)
})

it('keypoints within a tenth of the extent', () => {
  expect(correctKeypoints([0, 0, 5, 5], [0, 9, 5, 16], 100)).toBe(0.5)
})
