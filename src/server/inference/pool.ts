import { Worker } from 'node:worker_threads'
import { InterplayError } from '../../errors/index.ts'
import { buffersOf, type Tensors } from './batch.ts'
import { entryBeside } from './entry.ts'
import type { RunMessage, WorkerMessage, WorkerSetup } from './protocol.ts'

interface Pending {
  resolve(outputs: Tensors): void
  reject(error: Error): void
}

export interface PoolOptions extends WorkerSetup {
  workers: number
}

/**
 * Worker threads that each hold a session of every model, so that a run blocks none but its own thread. One run at a
 * time per worker: who calls `run` has looked at `free`. A worker that dies after it was ready is replaced; its run fails.
 *
 * Bare threads and not a pool library, because the queue above already decides what runs when: a one-row run and back
 * measured 165 microseconds this way and 221 to 265 through piscina.
 */
export class WorkerPool {
  readonly ready: Promise<void>
  private readonly idle: Worker[] = []
  private readonly running = new Map<Worker, Pending>()
  private readonly exits = new Map<Worker, Promise<void>>()
  private readonly listeners: (() => void)[] = []
  private closing = false

  constructor(private readonly options: PoolOptions) {
    this.ready = Promise.all(Array.from({ length: options.workers }, () => this.start())).then(() => undefined)
    this.ready.catch(() => undefined)
  }

  /** Workers that wait for work. */
  get free(): number {
    return this.idle.length
  }

  /** Workers that run or are being started. */
  get alive(): number {
    return this.exits.size
  }

  /** Calls `listener` whenever a worker becomes free; the one called first changes each time, so that none starves. */
  onFree(listener: () => void): void {
    this.listeners.push(listener)
  }

  /** Runs a model's graph; the feeds' buffers are given away. */
  run(model: number, feeds: Tensors): Promise<Tensors> {
    const worker = this.idle.pop()
    if (!worker) throw new InterplayError('internal/pool', 'no worker is free')
    const message: RunMessage = { model, feeds }
    return new Promise((resolve, reject) => {
      this.running.set(worker, { resolve, reject })
      worker.postMessage(message, buffersOf(feeds))
    })
  }

  /** Lets the runs under way end, frees every session and ends the threads. */
  async close(): Promise<void> {
    this.closing = true
    for (const worker of this.exits.keys()) worker.postMessage('close')
    await Promise.all(this.exits.values())
  }

  private start(): Promise<void> {
    const { models, threads, device } = this.options
    const setup: WorkerSetup = { models, threads, device }
    const worker = new Worker(entry.url, { workerData: setup, execArgv: entry.execArgv })
    return new Promise((started, failed) => {
      let reason: unknown
      worker.on('message', (message: WorkerMessage) => {
        if ('ready' in message) started()
        else this.settle(worker, message)
        this.release(worker)
      })
      worker.on('error', error => {
        reason = error
        failed(error)
      })
      const exit = new Promise<void>(resolve => worker.on('exit', () => resolve()))
      this.exits.set(
        worker,
        exit.then(() => {
          this.lost(worker, reason)
          failed(new InterplayError('internal/worker', 'a worker ended before it was ready'))
        }),
      )
    })
  }

  private settle(worker: Worker, message: Exclude<WorkerMessage, { ready: true }>): void {
    const pending = this.running.get(worker)!
    this.running.delete(worker)
    if ('outputs' in message) return pending.resolve(message.outputs)
    const { code, message: text, why } = message.error
    pending.reject(new InterplayError(code.startsWith('engine/') ? 'internal/run' : code, text, { why }))
  }

  private release(worker: Worker): void {
    this.idle.push(worker)
    this.listeners.push(...this.listeners.splice(0, 1))
    for (const listener of this.listeners) listener()
  }

  private lost(worker: Worker, cause: unknown): void {
    this.exits.delete(worker)
    const wasReady = this.idle.includes(worker) || this.running.has(worker)
    if (this.idle.includes(worker)) this.idle.splice(this.idle.indexOf(worker), 1)
    this.running.get(worker)?.reject(new InterplayError('internal/worker', 'the worker of this run ended', { cause }))
    this.running.delete(worker)
    if (wasReady && !this.closing) this.start().catch(() => undefined)
  }
}

const entry = entryBeside(import.meta.url, 'worker')
