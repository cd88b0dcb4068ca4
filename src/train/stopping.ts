import { improves, type Metric } from '../metrics/index.ts'
import { leastGain, lowestLearningRate } from './settings.ts'

/** Where early stopping and the learning-rate schedule stand; plain data, part of a checkpoint. */
export interface Progress {
  /** Epochs finished. */
  epoch: number
  learningRate: number
  bestValue: number
  bestEpoch: number
  bestStep: number
  /** Epochs in a row without improvement. */
  stalled: number
}

export const startOf = (learningRate: number): Progress => ({
  epoch: 0,
  learningRate,
  bestValue: Number.NaN,
  bestEpoch: 0,
  bestStep: 0,
  stalled: 0,
})

/**
 * The state after an epoch whose validation metric was `value`: better by at least 1e-6 resets the count; otherwise the
 * count grows and the learning rate is multiplied by `plateauFactor`, not to below 1e-6 (the field's protocol, section 3,
 * where the factor is 0.1).
 */
export function afterEpoch(
  progress: Progress,
  metric: Metric,
  value: number,
  step: number,
  plateauFactor: number,
): Progress {
  const epoch = progress.epoch + 1
  if (improves(metric, value, progress.bestValue, leastGain)) {
    return { ...progress, epoch, bestValue: value, bestEpoch: epoch, bestStep: step, stalled: 0 }
  }
  const learningRate = Math.max(progress.learningRate * plateauFactor, lowestLearningRate)
  return { ...progress, epoch, learningRate, stalled: progress.stalled + 1 }
}
