/** What ends a measurement early: it gives what was measured until then, and says that it is not complete. */
export interface Ending {
  /** Seconds. */
  timeLimit?: number
  /** A wish to stop, looked at between steps; `signal` in contrast rejects at once. */
  stop?: AbortSignal
}

/** Whether it is over, from now on. */
export function endingOf({ timeLimit = Infinity, stop }: Ending): () => boolean {
  const began = performance.now()
  return () => stop?.aborted === true || performance.now() - began > timeLimit * 1000
}
