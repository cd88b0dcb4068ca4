import type { State } from '../engine/index.ts'
import { swapAverages, type Optimizer } from '../nn/index.ts'
import { Random } from '../random/index.ts'
import type { RunContext } from '../system/index.ts'
import { decodeProgress, encodeProgress, type EpochsProgress } from './epoch-checkpoint.ts'
import { restore, snapshotOf } from './snapshot.ts'

/** What is learned in passes over items, whatever the items and the network. */
export interface EpochsOptions {
  state: State
  epochs: number
  /** Validations without a better score before training stops. */
  patience: number
  /** Epochs from one validation to the next; the last epoch always has one. Default 1. */
  every?: number
  /** Whose averages of weights are validated and kept, instead of the weights. */
  averages?: Optimizer
  better: 'higher' | 'lower'
  /** One pass, from 0; returns its mean loss. */
  epoch(epoch: number): Promise<number>
  /** The score watched, as the weights now stand. */
  validate(): Promise<number>
  /** What the score is called in progress. */
  score: string
  /** With a checkpoint it goes on from what is kept there: `epoch` must follow from its number and the state alone. */
  context: Pick<RunContext, 'signal' | 'progress' | 'checkpoint'>
}

export interface EpochScore {
  epoch: number
  trainLoss: number
  score: number
  best: boolean
}

export interface EpochsResult {
  history: EpochScore[]
  /** 0 where no validation was better than none. */
  bestEpoch: number
  bestScore: number
}

/** Trains until the validation score stops getting better, then puts the best weights back. Throws the signal's reason. */
export async function trainEpochs(options: EpochsOptions): Promise<EpochsResult> {
  const { state, epochs, patience, every = 1, averages, better, context } = options
  const { checkpoint } = context
  const kept = await checkpoint?.load()
  const progress: EpochsProgress = kept
    ? decodeProgress(kept, state)
    : {
        history: [],
        best: snapshotOf(state),
        bestEpoch: 0,
        bestScore: better === 'higher' ? -Infinity : Infinity,
        stalled: 0,
        done: 0,
      }
  const { history } = progress
  for (let epoch = progress.done + 1; epoch <= epochs && progress.stalled < patience; epoch++) {
    const trainLoss = await options.epoch(epoch - 1)
    const values: Record<string, number> = { loss: trainLoss }
    if (epoch % every === 0 || epoch === epochs) {
      if (averages) swapAverages(state, averages)
      const score = await options.validate()
      const improved = better === 'higher' ? score > progress.bestScore : score < progress.bestScore
      if (improved) {
        progress.best = snapshotOf(state)
        progress.bestEpoch = epoch
        progress.bestScore = score
      }
      if (averages) swapAverages(state, averages)
      progress.stalled = improved ? 0 : progress.stalled + 1
      history.push({ epoch, trainLoss, score, best: improved })
      values[options.score] = score
    }
    progress.done = epoch
    await checkpoint?.save(encodeProgress(state, progress))
    context.progress({ stage: 'epoch', done: epoch, total: epochs, values })
  }
  restore(state, progress.best)
  return { history, bestEpoch: progress.bestEpoch, bestScore: progress.bestScore }
}

/** Items of one pass in an order of (seed, epoch), `size` at a time; a last batch below `least` items is left out. */
export function* itemBatches(
  items: Int32Array,
  { size, seed, epoch, least = 1 }: { size: number; seed: number; epoch: number; least?: number },
): Iterable<Int32Array> {
  const order = new Random(seed, 'items', epoch).shuffle(Int32Array.from(items))
  for (let start = 0; start < order.length; start += size) {
    const batch = order.subarray(start, start + size)
    if (start === 0 || batch.length >= least) yield batch
  }
}

/**
 * Half a cosine from the rate to `floor` over all steps, after a linear rise over the first `warmUp`; several cycles start
 * again from the rate (Loshchilov and Hutter 2017).
 */
export function cosineRate(
  rate: number,
  step: number,
  steps: number,
  { warmUp = 0, floor = 0, cycles = 1 } = {},
): number {
  if (step < warmUp) return (rate * (step + 1)) / warmUp
  const done = (step - warmUp) / Math.max(1, steps - warmUp)
  const ofCycle = done >= 1 ? 1 : (cycles * done) % 1
  return floor + ((rate - floor) * (1 + Math.cos(Math.PI * ofCycle))) / 2
}
