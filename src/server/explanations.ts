import { InterplayError } from '../errors/index.ts'

/** What explains a served model on rows that the server holds, and talks about both. */
export interface Explanations {
  /** The name of the model. */
  readonly model: string
  /**
   * `{ row, lens, index, order, top, budget, seed }`: a result of `explain`.
   *
   * @throws InterplayError `request/invalid`, and what the lenses throw
   */
  explain(request: unknown): Promise<object>
  /** `{ question, conversation }`: a reply, and the conversation that goes on. Throws `request/invalid`. */
  ask(request: unknown): Promise<object>
  close(): Promise<void>
}

/** Explanations asked for and not yet given, at most. */
const mostWaiting = 8

/** One explanation after the other: each keeps a processor busy for seconds. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve()
  private waiting = 0

  /** Throws `server/busy`; what `signal` aborts is computed no further than its turn. */
  async take<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.waiting >= mostWaiting) {
      throw new InterplayError('server/busy', `${mostWaiting} explanations are waiting`)
    }
    this.waiting++
    const own = this.last.then(() => {
      signal.throwIfAborted()
      return work()
    })
    this.last = own.catch(() => undefined).finally(() => this.waiting--)
    return Promise.race([own, aborted(signal)])
  }
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }))
