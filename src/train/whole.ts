import type { State } from '../engine/index.ts'
import { InterplayError } from '../errors/index.ts'
import { metric as metricNamed } from '../metrics/index.ts'
import { restore, snapshotOf } from './snapshot.ts'
import { afterEpoch, startOf } from './stopping.ts'

/** Training in which every step sees all the data there is. */
export interface WholeOptions {
  state: State
  learningRate: number
  /** Most steps. */
  epochs: number
  /** Steps without a lower validation loss before training stops. */
  patience: number
  signal?: AbortSignal
  /** One update; returns its loss. */
  step(learningRate: number): Promise<number>
  /** The validation loss as the weights now stand. */
  validate(): Promise<number>
  onEpoch?(epoch: WholeEpoch): void
}

export interface WholeEpoch {
  epoch: number
  trainLoss: number
  validLoss: number
  best: boolean
}

export interface WholeResult {
  history: WholeEpoch[]
  bestEpoch: number
  bestLoss: number
}

/**
 * Trains at a constant rate until the validation loss stops falling, then puts the best weights back.
 * @throws InterplayError `train/not-finite`; the signal's reason when it is aborted
 */
export async function trainWhole(options: WholeOptions): Promise<WholeResult> {
  const { state, learningRate, epochs, patience, signal, step, validate, onEpoch } = options
  const logLoss = metricNamed('logLoss', 'multiclass')
  const history: WholeEpoch[] = []
  let progress = startOf(learningRate)
  let best = snapshotOf(state)
  while (progress.epoch < epochs && progress.stalled < patience) {
    signal?.throwIfAborted()
    const trainLoss = await step(learningRate)
    if (!Number.isFinite(trainLoss)) {
      throw new InterplayError('train/not-finite', `loss became ${trainLoss} at step ${state.step}`, {
        try: `--set learningRate=${learningRate / 10}`,
      })
    }
    const validLoss = await validate()
    progress = afterEpoch(progress, logLoss, validLoss, state.step, 1)
    const improved = progress.bestEpoch === progress.epoch
    if (improved) best = snapshotOf(state)
    const epoch = { epoch: progress.epoch, trainLoss, validLoss, best: improved }
    history.push(epoch)
    onEpoch?.(epoch)
  }
  restore(state, best)
  return { history, bestEpoch: progress.bestEpoch, bestLoss: progress.bestValue }
}
