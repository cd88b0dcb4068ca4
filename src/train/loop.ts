import type { EncodedTable } from '../data/table/encoded.ts'
import { batches } from '../data/table/batches.ts'
import { defaultMetric, evaluate, metric as metricNamed, type Answers, type Metric } from '../metrics/index.ts'
import type { TargetSpec } from '../nn/index.ts'
import { answersOf } from './answers.ts'
import type { TableLearner } from './learner.ts'
import type { TrainingSettings } from './settings.ts'
import { afterEpoch, startOf, type Progress } from './stopping.ts'

/** One finished epoch, as it stands in `metrics.jsonl` and in learning curves. */
export interface EpochRecord {
  epoch: number
  step: number
  learningRate: number
  trainLoss: number
  /** Validation metrics by name; with several targets of one kind their means, else those of the first. */
  valid: Record<string, number>
  rowsPerSecond: number
  seconds: number
  best: boolean
}

/** Everything beside the state's tensors that the rest of a run depends on. */
export interface Cursor {
  progress: Progress
  /** Batches of the current epoch already taken. */
  batch: number
  lossSum: number
  history: EpochRecord[]
  /** Seconds trained so far. */
  seconds: number
}

/** Where a run's checkpoints are kept. `save` returns when the checkpoint is whole on disk. */
export interface CheckpointStore {
  save(cursor: Cursor, learner: TableLearner, best: ReadonlyMap<string, Float32Array> | undefined): Promise<void>
}

export interface StepProgress {
  kind: 'step'
  epoch: number
  step: number
  /** Steps of this epoch, done and in all. */
  done: number
  total: number
  loss: number
  rowsPerSecond: number
  /** Seconds this epoch still takes at the present rate. */
  secondsLeft: number
}

export type FitProgress = StepProgress | ({ kind: 'epoch' } & EpochRecord)

export interface LoopOptions {
  settings: TrainingSettings
  signal?: AbortSignal
  onProgress?: (progress: FitProgress) => void
  onEpoch?: (record: EpochRecord) => Promise<void> | void
  checkpoints?: CheckpointStore
  /** Seconds between checkpoints inside an epoch; every epoch ends with one. */
  checkpointSeconds?: number
  /** Steps between checkpoints inside an epoch. */
  checkpointSteps?: number
  /** Go on from here; the learner's state must be that of the same checkpoint. */
  resume?: { cursor: Cursor; best?: ReadonlyMap<string, Float32Array> }
}

export interface TrainingResult {
  stopped: 'patience' | 'epochs' | 'time-limit' | 'interrupted'
  epochs: number
  steps: number
  bestEpoch: number
  bestValue: number
  metric: string
  history: EpochRecord[]
  seconds: number
}

/**
 * Trains until validation stops improving, then leaves the learner with its best weights. The order of rows, the batches
 * and all randomness follow from (seed, epoch, step), so a run resumed from any checkpoint ends with the same weights.
 */
export async function trainTable(
  learner: TableLearner,
  data: { train: EncodedTable; valid: EncodedTable },
  options: LoopOptions,
): Promise<TrainingResult> {
  const { settings, signal, onProgress, checkpoints, checkpointSeconds = 30, checkpointSteps = Infinity } = options
  const { train, valid } = data
  const monitor = watched(learner.spec.targets[0]!, settings.metric, valid)
  const total = Math.ceil(train.rows / settings.batch)
  const cursor: Cursor = options.resume?.cursor ?? {
    progress: startOf(settings.learningRate),
    batch: 0,
    lossSum: 0,
    history: [],
    seconds: 0,
  }
  let best = options.resume?.best
  let stopped = stopReason(cursor.progress, settings)
  const report = throttled(onProgress)
  while (stopped === undefined) {
    const epoch = cursor.progress.epoch
    const started = performance.now()
    const before = cursor.seconds
    const firstBatch = cursor.batch
    let saved = started
    const elapsed = () => (performance.now() - started) / 1000
    for (const { feeds, rows } of batches(train, {
      size: settings.batch,
      seed: settings.seed,
      epoch,
      start: cursor.batch,
      targets: learner.spec.targets.map(target => target.name),
    })) {
      const loss = await learner.step(feeds, cursor.progress.learningRate)
      cursor.lossSum += loss * rows
      cursor.batch++
      cursor.seconds = before + elapsed()
      const done = cursor.batch
      const pace = elapsed() / (done - firstBatch)
      report({
        kind: 'step',
        epoch: epoch + 1,
        step: learner.state.step,
        done,
        total,
        loss,
        rowsPerSecond: settings.batch / pace,
        secondsLeft: pace * (total - done),
      })
      if (signal?.aborted) stopped = 'interrupted'
      else if (settings.timeLimit !== undefined && cursor.seconds > settings.timeLimit) stopped = 'time-limit'
      if (stopped !== undefined && done < total) break
      const due = done % checkpointSteps === 0 || performance.now() - saved > checkpointSeconds * 1000
      if (checkpoints && due && done < total) {
        await checkpoints.save(cursor, learner, best)
        saved = performance.now()
      }
    }
    if (cursor.batch < total) break
    const trainSeconds = elapsed()
    const scores = scoresOf(await answersOf(learner, valid), monitor)
    const value = scores[monitor.name]!
    cursor.progress = afterEpoch(cursor.progress, monitor, value, learner.state.step, settings.plateauFactor)
    const improved = cursor.progress.bestEpoch === cursor.progress.epoch
    if (improved) best = learner.snapshot()
    const record: EpochRecord = {
      epoch: epoch + 1,
      step: learner.state.step,
      learningRate: cursor.progress.learningRate,
      trainLoss: cursor.lossSum / train.rows,
      valid: scores,
      rowsPerSecond: ((total - firstBatch) * settings.batch) / trainSeconds,
      seconds: elapsed(),
      best: improved,
    }
    cursor.seconds = before + elapsed()
    cursor.history.push(record)
    cursor.batch = 0
    cursor.lossSum = 0
    await options.onEpoch?.(record)
    onProgress?.({ kind: 'epoch', ...record })
    await checkpoints?.save(cursor, learner, best)
    stopped ??= stopReason(cursor.progress, settings)
  }
  if (cursor.batch > 0) await checkpoints?.save(cursor, learner, best)
  const steps = learner.state.step
  if (best) learner.restore(best)
  const { epoch: epochs, bestEpoch, bestValue } = cursor.progress
  return {
    stopped: stopped!,
    epochs,
    steps,
    bestEpoch,
    bestValue,
    metric: monitor.name,
    history: cursor.history,
    seconds: cursor.seconds,
  }
}

const stopReason = (progress: Progress, settings: TrainingSettings): TrainingResult['stopped'] | undefined =>
  progress.stalled >= settings.patience ? 'patience' : progress.epoch >= settings.epochs ? 'epochs' : undefined

/** AUC says nothing where validation rows are of one class: unless it was asked for, the loss is watched then. */
function watched(target: TargetSpec, name: string | undefined, valid: EncodedTable): Metric {
  const [first] = valid.targets[0]!
  const oneClass = target.kind === 'binary' && valid.targets[0]!.every(value => value === first)
  return monitorOf(target, name ?? (oneClass ? 'logLoss' : undefined))
}

export const monitorOf = ({ kind }: TargetSpec, name?: string): Metric =>
  name === undefined ? defaultMetric(kind) : metricNamed(name, kind)

/**
 * The metrics an epoch shows: the one watched, and the task's loss beside it. Of several targets of one kind the mean, else
 * those of the first; a target whose validation rows are of one class has no say in what needs two.
 */
function scoresOf(answers: readonly Answers[], monitor: Metric): Record<string, number> {
  const { kind } = answers[0]!
  const names = [...new Set([monitor.name, kind === 'regression' ? 'rmse' : 'logLoss'])]
  const told = answers.every(each => each.kind === kind) ? answers : answers.slice(0, 1)
  const scores = told.map(each => evaluate(each, names))
  return Object.fromEntries(
    names.map(name => {
      const known = scores.map(each => each[name]!).filter(value => !Number.isNaN(value))
      return [name, known.reduce((sum, value) => sum + value, 0) / known.length]
    }),
  )
}

/** At most ten step events a second; the epoch events pass by themselves. */
function throttled(onProgress: LoopOptions['onProgress']): (progress: StepProgress) => void {
  let last = -Infinity
  return progress => {
    const now = performance.now()
    if (!onProgress || now - last < 100) return
    last = now
    onProgress(progress)
  }
}
