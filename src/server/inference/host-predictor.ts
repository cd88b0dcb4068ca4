import { InterplayError } from '../../errors/index.ts'
import type { HostModel } from './model.ts'
import type { Answered, PredictOptions, Predictor } from './predictor.ts'
import { readRows } from './rows.ts'

/** A model that answers by itself, on the event loop: for answers of microseconds a row. */
export class HostPredictor implements Predictor {
  readonly ready = Promise.resolve()
  readonly queuedRows = 0
  private closing?: Promise<void>
  private readonly listeners: ((rows: number) => void)[] = []

  constructor(private readonly model: HostModel) {}

  get name(): string {
    return this.model.name
  }

  get version(): string {
    return this.model.version
  }

  get fields(): Predictor['fields'] {
    return this.model.fields
  }

  get outputs(): Predictor['outputs'] {
    return this.model.outputs
  }

  get state(): Predictor['state'] {
    return this.closing ? 'closed' : 'ready'
  }

  onBatch(listener: (rows: number) => void): void {
    this.listeners.push(listener)
  }

  async predict(input: unknown, options?: PredictOptions): Promise<Answered['predictions']> {
    return (await this.answer(input, options)).predictions
  }

  async answer(input: unknown, { signal, maxRows }: PredictOptions = {}): Promise<Answered> {
    if (this.closing) throw new InterplayError('engine/closed', `'${this.name}' is closed`)
    signal?.throwIfAborted()
    const rows = readRows(input, maxRows)
    const predictions = await this.model.answer(rows)
    for (const listener of this.listeners) listener(rows.length)
    return { predictions, warnings: [], unseen: {} }
  }

  close(): Promise<void> {
    this.closing ??= Promise.resolve(this.model.close?.())
    return this.closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
