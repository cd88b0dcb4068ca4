import { describe, expect, it } from 'vitest'
import { dense, identity, multiply } from '../linear-algebra/index.ts'
import { Random } from '../random/index.ts'
import { emitted, maternStateSpace, observed, regress, smooth, type Matern } from './index.ts'

const random = new Random(1, 'state space')
const at = Float64Array.from({ length: 30 }, () => random.uniform()).sort()
const values = at.map(t => Math.sin(6 * t) + 0.1 * random.normal())
const query = Float64Array.of(-0.3, 0.111, 0.5, 0.777, 1.4)
const noise = 0.02

/** The same posterior by filtering and smoothing: places asked for are states without a message. */
function filtered(kernel: Matern) {
  const places = [...at, ...query]
  const order = [...places.keys()].sort((a, b) => places[a]! - places[b]!)
  const { stationary, emission, transition } = maternStateSpace(kernel, 1)
  const { states, logEvidence } = smooth({
    start: stationary,
    transitions: order.slice(1).map((place, i) => transition(places[place]! - places[order[i]!]!)),
    emission,
    messages: order.map(place => (place < at.length ? observed(values[place]!, noise) : undefined)),
  })
  const of = (place: number) => emitted(states[order.indexOf(place)]!, emission)
  const constant = values.reduce((sum, y) => sum - Math.log(2 * Math.PI * noise) / 2 - (y * y) / (2 * noise), 0)
  return {
    mean: places.map((_, i) => of(i).mean.data[0]!),
    variance: places.map((_, i) => of(i).covariance.data[0]!),
    logEvidence: logEvidence + constant,
  }
}

describe('filter and smoother', () => {
  it.each([0.5, 1.5] as const)('are exact Gaussian-process regression, smoothness %d', smoothness => {
    const kernel: Matern = { smoothness, lengthScale: 0.3, variance: 1.7 }
    const exact = regress(kernel, { at, values, noise }, [...at, ...query])
    const quick = filtered(kernel)
    quick.mean.forEach((mean, i) => expect(Math.abs(mean - exact.mean[i]!)).toBeLessThan(1e-8))
    quick.variance.forEach((variance, i) => expect(Math.abs(variance - exact.variance[i]!)).toBeLessThan(1e-8))
    expect(Math.abs(quick.logEvidence - exact.logEvidence)).toBeLessThan(1e-8)
  })

  it('take a message on one of two functions', () => {
    const { stationary, emission, transition } = maternStateSpace({ smoothness: 1.5, lengthScale: 1, variance: 2 }, 2)
    const { states } = smooth({
      start: stationary,
      transitions: [transition(0.5)],
      emission,
      messages: [{ precision: dense(2, 2, [4, 0, 0, 0]), shift: dense(2, 1, [4, 0]) }, undefined],
    })
    const { mean, covariance } = emitted(states[0]!, emission)
    expect([...mean.data]).toEqual([expect.closeTo(8 / 9, 12), 0])
    expect([...covariance.data]).toEqual([expect.closeTo(1 / (0.5 + 4), 12), 0, 0, expect.closeTo(2, 12)])
  })

  it('cross a gap in one step as in two', () => {
    const { transition } = maternStateSpace({ smoothness: 1.5, lengthScale: 0.4, variance: 1 }, 2)
    const whole = transition(0.7).matrix
    const parted = multiply(transition(0.5).matrix, transition(0.2).matrix)
    whole.data.forEach((value, i) => expect(value).toBeCloseTo(parted.data[i]!, 12))
    transition(0).matrix.data.forEach((value, i) => expect(value).toBeCloseTo(identity(4).data[i]!, 15))
  })
})
