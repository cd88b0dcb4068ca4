import { InterplayError } from '../../errors/index.ts'
import { joinRows, sliceRows, type Tensors } from './batch.ts'

export interface QueueOptions {
  /** Rows of one run at most. */
  maxBatch: number
  /** Seconds a row waits for others at most, while a worker is free. */
  maxWait: number
  /** Rows that may wait; beyond them `server/busy`. */
  maxQueue: number
}

/** Where batches run: `run` is called only while `free` is above 0. */
export interface Runner {
  readonly free: number
  run(feeds: Tensors): Promise<Tensors>
}

interface Waiting {
  feeds: Tensors
  rows: number
  /** Milliseconds, monotonic. */
  since: number
  resolve(outputs: Tensors): void
  reject(error: unknown): void
}

/**
 * Joins the rows of concurrent requests into one run. A batch leaves when a worker is free and it is full, or its oldest
 * row has waited `maxWait`, or nothing of this model is running: a lone request does not wait. What arrives in one turn of
 * the event loop always joins, and while all workers are busy rows gather.
 */
export class BatchQueue {
  /** Rows that wait. */
  rows = 0
  /** Called with the rows of every run. */
  onBatch?: (rows: number) => void
  private readonly waiting: Waiting[] = []
  private running = 0
  private timer?: NodeJS.Timeout
  private immediate?: NodeJS.Immediate

  constructor(
    private readonly runner: Runner,
    private readonly options: QueueOptions,
  ) {}

  /**
   * The graph's outputs for these rows. A request above `maxBatch` rows is cut into several runs, which workers share.
   *
   * @throws InterplayError `server/busy` at once; the signal's reason when aborted before the rows run.
   */
  async add(feeds: Tensors, rows: number, signal?: AbortSignal): Promise<Tensors> {
    const { maxBatch, maxQueue } = this.options
    if (this.rows + rows > maxQueue) throw busy(this.rows)
    signal?.throwIfAborted()
    const parts: Promise<Tensors>[] = []
    for (let start = 0; start < rows; start += maxBatch) {
      const end = Math.min(rows, start + maxBatch)
      parts.push(this.enqueue(rows > maxBatch ? sliceRows(feeds, start, end) : feeds, end - start, signal))
    }
    this.immediate ??= setImmediate(() => {
      this.immediate = undefined
      this.pump()
    })
    return parts.length === 1 ? parts[0]! : joinRows(await Promise.all(parts))
  }

  private enqueue(feeds: Tensors, rows: number, signal?: AbortSignal): Promise<Tensors> {
    return new Promise((resolve, reject) => {
      const abort = () => this.remove(entry, signal!.reason)
      const settled = () => signal?.removeEventListener('abort', abort)
      const entry: Waiting = {
        feeds,
        rows,
        since: performance.now(),
        resolve: outputs => (settled(), resolve(outputs)),
        reject: error => (settled(), reject(error)),
      }
      this.waiting.push(entry)
      this.rows += rows
      signal?.addEventListener('abort', abort)
    })
  }

  private remove(entry: Waiting, reason: unknown): void {
    const index = this.waiting.indexOf(entry)
    if (index < 0) return
    this.waiting.splice(index, 1)
    this.rows -= entry.rows
    entry.reject(reason)
  }

  /** Sends what may leave; called again whenever a worker becomes free. */
  pump(): void {
    while (this.waiting.length > 0 && this.runner.free > 0) {
      const waited = performance.now() - this.waiting[0]!.since
      const left = this.options.maxWait * 1000 - waited
      if (this.rows < this.options.maxBatch && left > 0 && this.running > 0) return this.wake(left)
      this.send(this.take())
    }
  }

  private wake(milliseconds: number): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined
      this.pump()
    }, milliseconds)
  }

  /** Whole entries from the front, `maxBatch` rows at most. */
  private take(): Waiting[] {
    let rows = 0
    let count = 0
    while (count < this.waiting.length && rows + this.waiting[count]!.rows <= this.options.maxBatch) {
      rows += this.waiting[count++]!.rows
    }
    this.rows -= rows
    return this.waiting.splice(0, count)
  }

  private async send(entries: Waiting[]): Promise<void> {
    this.running++
    try {
      const feeds = joinRows(entries.map(entry => entry.feeds))
      const rows = entries.reduce((sum, entry) => sum + entry.rows, 0)
      this.onBatch?.(rows)
      const outputs = await this.runner.run(feeds)
      let start = 0
      for (const entry of entries) entry.resolve(sliceRows(outputs, start, (start += entry.rows)))
    } catch (error) {
      for (const entry of entries) entry.reject(error)
    } finally {
      this.running--
      this.pump()
    }
  }
}

const busy = (rows: number) =>
  new InterplayError('server/busy', `${rows.toLocaleString('en-US')} rows wait; retry in 1 s`, { details: { rows } })
