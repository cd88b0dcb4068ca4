import { describe, expect, it } from 'vitest'
import { ddim, minSnrWeights, noised, noiseSchedule, samplingSteps, velocity } from '../index.ts'

const schedule = noiseSchedule('cosine')

it('a picture and its noise follow from a noisy picture and its velocity', () => {
  const [clean, noise, t] = [Float32Array.of(-1, 0.5, 0.25, 1), Float32Array.of(0.3, -2, 1.5, 0.1), [700, 20]]
  const [x, v] = [noised(schedule, clean, noise, t), velocity(schedule, clean, noise, t)]
  for (const at of clean.keys()) {
    const left = schedule.signal[t[at >> 1]!]!
    expect(Math.sqrt(left) * x[at]! - Math.sqrt(1 - left) * v[at]!).toBeCloseTo(clean[at]!, 6)
    expect(Math.sqrt(left) * v[at]! + Math.sqrt(1 - left) * x[at]!).toBeCloseTo(noise[at]!, 6)
  }
})

it('an error of the picture counts what its signal over noise is, up to a bound', () => {
  const t = [20, 300, 700, 990]
  const [ofNoise, ofVelocity] = (['noise', 'velocity'] as const).map(target => minSnrWeights(schedule, t, target, 5))
  t.forEach((step, i) => {
    const snr = schedule.signal[step]! / (1 - schedule.signal[step]!)
    // An error d of x_0 is one of d sqrt(snr) of the noise and of d sqrt(snr + 1) of the velocity.
    expect(ofNoise![i]! * snr).toBeCloseTo(Math.min(snr, 5), 4)
    expect(ofVelocity![i]! * (snr + 1)).toBeCloseTo(Math.min(snr, 5), 4)
  })
  expect(Math.min(...ofVelocity!)).toBeLessThan(0.01)
})

it('trailing steps begin at the last one, leading steps end at the first', () => {
  expect(samplingSteps(schedule, 4, { spacing: 'trailing' })).toEqual([
    { t: 999, previous: 749 },
    { t: 749, previous: 499 },
    { t: 499, previous: 249 },
    { t: 249, previous: -1 },
  ])
  expect(samplingSteps(schedule, 4)[3]).toEqual({ t: 1, previous: -249 })
})

describe('a bound on what a step foretells', () => {
  const steps = samplingSteps(schedule, 10, { spacing: 'trailing' })
  const start = Float32Array.of(-1.2, 0.4, 2)
  /** The noise that data of this one value have. */
  const towards = (value: number) => async (x: Float32Array, t: number) => {
    const left = schedule.signal[t]!
    return x.map(own => (own - Math.sqrt(left) * value) / Math.sqrt(1 - left))
  }
  const drawn = (value: number, bound?: number) => ddim(towards(value), start, schedule, steps, { end: 'none', bound })

  it('changes nothing within it', async () => {
    expect(await drawn(0.7, 1)).toEqual(await drawn(0.7))
  })

  it('holds what is beyond it, the noise being what then remains', async () => {
    for (const value of await drawn(3, 1)) expect(value).toBeCloseTo(1, 5)
    for (const value of await drawn(3)) expect(value).toBeCloseTo(3, 2)
  })
})
