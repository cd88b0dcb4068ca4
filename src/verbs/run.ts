import type { TableInput } from '../data/index.ts'
import { InterplayError } from '../errors/index.ts'
import type { Predictor } from '../server/index.ts'
import { fitTable, type FitDocument, type FitEvent, type FitOptions } from './fit.ts'
import { open } from './open.ts'
import { requestedSettings } from '../train/index.ts'

/** How far a fit is, at most ten times a second. */
export interface RunProgress {
  epoch: number
  step: number
  /** Validation metrics of the last finished epoch, by name; none before the first. */
  valid: Readonly<Record<string, number>>
  /** Mean loss of the last step, or of the epoch that ended. */
  loss: number
  rowsPerSecond: number
}

export interface RunOptions extends Omit<FitOptions, 'dryRun' | 'onProgress'> {
  onProgress?: (progress: RunProgress) => void
}

/** A finished fit: its folder, how good it is, and a model that answers. */
export interface Run extends AsyncDisposable {
  /** Folder of the run. */
  readonly path: string
  /** Validation and test metrics by name, with their 95% intervals. */
  readonly metrics: FitDocument['metrics']
  /** What `interplay fit --json` prints. */
  readonly result: FitDocument
  /** One prediction a row, off the event loop. Throws `request/invalid`; `usage/closed` after `close`. */
  predict: Predictor['predict']
  /** Ends the worker that answers. */
  close(): Promise<void>
}

/**
 * Learns a model of a table and writes its run folder.
 *
 * @throws InterplayError as the command does, `option/invalid` for numbers out of range before any data are read; an `AbortError` where `signal` aborts, the run being resumable then.
 */
export async function fit(input: TableInput, options: RunOptions = {}): Promise<Run> {
  const { onProgress, ...rest } = options
  requireNumbers(rest)
  const result = (await fitTable(input, { ...rest, onProgress: onProgress && told(onProgress) })) as FitDocument
  return new FittedRun(result)
}

/** What the flags of these names may be. */
function requireNumbers({ threads, budget, checkpointSteps, ...options }: FitOptions): void {
  const { epochs, batch, learningRate, patience, timeLimit, seed } = options
  requestedSettings({ epochs, batch, learningRate, patience, timeLimit, seed }, 'binary')
  for (const [name, value] of Object.entries({ threads, budget, checkpointSteps })) {
    if (value === undefined || (Number.isSafeInteger(value) && value >= 1)) continue
    throw new InterplayError('option/invalid', `${name} must be an integer >= 1, got '${String(value)}'`)
  }
}

/** Training events in one shape, the latest validation metrics on each. */
function told(listener: (progress: RunProgress) => void): (event: FitEvent) => void {
  let valid: Readonly<Record<string, number>> = {}
  return event => {
    if (event.kind === 'epoch') valid = event.valid
    else if (event.kind !== 'step') return
    const { epoch, step, rowsPerSecond } = event
    listener({ epoch, step, valid, loss: event.kind === 'epoch' ? event.trainLoss : event.loss, rowsPerSecond })
  }
}

class FittedRun implements Run {
  private model?: Promise<Predictor>
  private closed = false

  constructor(readonly result: FitDocument) {}

  get path(): string {
    return this.result.run
  }

  get metrics(): FitDocument['metrics'] {
    return this.result.metrics
  }

  async predict(...given: Parameters<Predictor['predict']>): ReturnType<Predictor['predict']> {
    if (this.closed) throw new InterplayError('usage/closed', `the run '${this.path}' is closed`)
    this.model ??= open(this.path)
    return (await this.model).predict(...given)
  }

  async close(): Promise<void> {
    this.closed = true
    await (await this.model)?.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
