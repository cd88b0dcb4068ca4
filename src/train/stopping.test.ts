import { describe, expect, it } from 'vitest'
import { metric } from '../metrics/index.ts'
import { afterEpoch, startOf, type Progress } from './stopping.ts'

const auc = metric('auc', 'binary')
const after = (values: number[], by = auc, factor = 0.1): Progress =>
  values.reduce((progress, value, i) => afterEpoch(progress, by, value, 50 * (i + 1), factor), startOf(1e-3))

describe('the plateau schedule of the field', () => {
  it('counts epochs without a gain and cuts the learning rate tenfold in each', () => {
    expect(after([0.9, 0.95])).toMatchObject({ stalled: 0, learningRate: 1e-3, bestEpoch: 2, bestStep: 100 })
    const once = after([0.9, 0.95, 0.94])
    expect(once).toMatchObject({ stalled: 1, bestEpoch: 2, bestValue: 0.95 })
    expect(once.learningRate).toBeCloseTo(1e-4, 12)
    expect(after([0.9, 0.95, 0.94, 0.93]).learningRate).toBeCloseTo(1e-5, 12)
  })
  it('a gain resets the count, not the learning rate', () => {
    const progress = after([0.9, 0.8, 0.95])
    expect(progress).toMatchObject({ stalled: 0, bestEpoch: 3 })
    expect(progress.learningRate).toBeCloseTo(1e-4, 12)
  })
  it('a gain under 1e-6 is none', () => {
    expect(after([0.9, 0.9 + 5e-7])).toMatchObject({ stalled: 1, bestEpoch: 1 })
    expect(after([0.9, 0.9 + 2e-6])).toMatchObject({ stalled: 0, bestEpoch: 2 })
  })
  it('ends at 1e-6', () => {
    expect(after([0.9, ...Array<number>(8).fill(0.1)]).learningRate).toBe(1e-6)
  })
  it('keeps the learning rate where the factor is 1, and counts all the same', () => {
    expect(after([0.9, 0.8, 0.7], auc, 1)).toMatchObject({ stalled: 2, learningRate: 1e-3 })
    expect(after([0.9, 0.8, 0.7], auc, 0.5).learningRate).toBeCloseTo(2.5e-4, 12)
  })
  it('knows which way a metric is better', () => {
    expect(after([0.5, 0.4, 0.45], metric('logLoss', 'binary'))).toMatchObject({ bestEpoch: 2, stalled: 1 })
  })
  it('NaN is never better, and anything is better than NaN', () => {
    expect(after([Number.NaN, 0.5, Number.NaN])).toMatchObject({ bestEpoch: 2, stalled: 1 })
  })
})
