import { availableParallelism } from 'node:os'
import type { Device } from '../../engine/index.ts'
import { InterplayError } from '../../errors/index.ts'
import { decode, type Prediction } from './decode.ts'
import { HostPredictor } from './host-predictor.ts'
import type { HostModel, RowWarning, ServedField, ServedModel, ServedOutput } from './model.ts'
import { WorkerPool } from './pool.ts'
import { BatchQueue, type QueueOptions } from './queue.ts'
import { readRows } from './rows.ts'

export interface PredictorOptions extends Partial<QueueOptions> {
  /** Worker threads shared by all models; one per core when absent. */
  workers?: number
  /** Threads inside one operator: cores / workers when absent. */
  threads?: number
  /** Where tensors are computed; the processor when absent. */
  device?: Device
}

export interface PredictOptions {
  /** Gives up rows that do not run yet. */
  signal?: AbortSignal
  /** Rows of one call at most. */
  maxRows?: number
}

export interface Answered {
  predictions: Prediction[]
  warnings: readonly RowWarning[]
  /** Values outside the vocabulary, by field. */
  unseen: Readonly<Record<string, number>>
}

/** A model that answers raw rows, off the event loop. */
export interface Predictor extends AsyncDisposable {
  readonly name: string
  readonly version: string
  readonly fields: readonly ServedField[]
  readonly outputs: readonly ServedOutput[]
  /** Every worker holds the model; rejects when the runtime refuses it. */
  readonly ready: Promise<void>
  readonly state: 'starting' | 'ready' | 'failed' | 'closed'
  /** Rows that wait for a worker. */
  readonly queuedRows: number
  /** Calls `listener` with the rows of every run from now on. */
  onBatch(listener: (rows: number) => void): void
  /**
   * One prediction per row of `[{...}]` or `{ rows: [{...}] }`; all rows are valid or none is answered.
   *
   * @throws InterplayError `request/invalid`, `server/busy`, `server/too-large`.
   */
  predict(input: unknown, options?: PredictOptions): Promise<Prediction[]>
  /** The same with what was noticed on the way. */
  answer(input: unknown, options?: PredictOptions): Promise<Answered>
  /** Lets the calls under way end. The workers, which predictors made in one call share, end with the last of them. */
  close(): Promise<void>
}

/** Predictors, those of ONNX graphs over one pool of workers, starting; await `ready` before the first call. */
export function createPredictors(
  models: readonly (ServedModel | HostModel)[],
  options: PredictorOptions = {},
): Predictor[] {
  const pooled = pooledPredictors(models.filter(isGraph), options)
  return models.map(model => (isGraph(model) ? pooled.shift()! : new HostPredictor(model)))
}

const isGraph = (model: ServedModel | HostModel): model is ServedModel => 'modelPath' in model

function pooledPredictors(models: readonly ServedModel[], options: PredictorOptions): Predictor[] {
  if (models.length === 0) return []
  const cores = availableParallelism()
  const workers = options.workers ?? cores
  const threads = options.threads ?? Math.max(1, Math.floor(cores / workers))
  const pool = new WorkerPool({
    models: models.map(model => model.modelPath),
    workers,
    threads,
    device: options.device,
  })
  const { maxBatch = 256, maxWait = 0.002, maxQueue = 1024 } = options
  let open = models.length
  const release = async () => {
    if (--open === 0) await pool.close()
  }
  const limits = { maxBatch, maxWait, maxQueue }
  return models.map((model, index) => new PooledPredictor(model, pool, index, limits, release))
}

class PooledPredictor implements Predictor {
  readonly ready: Promise<void>
  private readonly queue: BatchQueue
  private started: Predictor['state'] = 'starting'
  private closing?: Promise<void>
  private readonly listeners: ((rows: number) => void)[] = []
  private readonly calls = new Set<Promise<Answered>>()

  constructor(
    private readonly model: ServedModel,
    private readonly pool: WorkerPool,
    index: number,
    options: QueueOptions,
    private readonly release: () => Promise<void>,
  ) {
    const runner = {
      get free() {
        return pool.free
      },
      run: (feeds: Parameters<WorkerPool['run']>[1]) => pool.run(index, feeds),
    }
    this.queue = new BatchQueue(runner, options)
    this.queue.onBatch = rows => this.listeners.forEach(listener => listener(rows))
    pool.onFree(() => this.queue.pump())
    this.ready = pool.ready
    pool.ready.then(
      () => (this.started = 'ready'),
      () => (this.started = 'failed'),
    )
  }

  get name(): string {
    return this.model.name
  }

  get version(): string {
    return this.model.version
  }

  get fields(): readonly ServedField[] {
    return this.model.fields
  }

  get outputs(): readonly ServedOutput[] {
    return this.model.outputs
  }

  get state(): Predictor['state'] {
    if (this.closing) return 'closed'
    return this.pool.alive === 0 ? 'failed' : this.started
  }

  get queuedRows(): number {
    return this.queue.rows
  }

  onBatch(listener: (rows: number) => void): void {
    this.listeners.push(listener)
  }

  async predict(input: unknown, options?: PredictOptions): Promise<Prediction[]> {
    return (await this.answer(input, options)).predictions
  }

  async answer(input: unknown, options: PredictOptions = {}): Promise<Answered> {
    if (this.closing) throw new InterplayError('engine/closed', `'${this.name}' is closed`)
    const call = this.compute(input, options)
    this.calls.add(call)
    try {
      return await call
    } finally {
      this.calls.delete(call)
    }
  }

  private async compute(input: unknown, { signal, maxRows }: PredictOptions): Promise<Answered> {
    await this.ready
    const { feeds, rows, unseen, warnings } = this.model.encode(readRows(input, maxRows))
    const outputs = await this.queue.add(feeds, rows, signal)
    return { predictions: decode(this.outputs, outputs, rows), warnings, unseen }
  }

  close(): Promise<void> {
    this.closing ??= Promise.allSettled(this.calls).then(this.release)
    return this.closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
