import { InterplayError } from '../errors/index.ts'

/** Any float array a predictor may answer with. */
export type Answer = Float32Array | Float64Array

export interface AskOptions {
  /** The predictor as the user named it. */
  name: string
  rows: number
  outputs: number
  signal?: AbortSignal
  /** Seconds after which the request is given up. */
  timeout?: number
}

const places = (rows: number[]) => `row${rows.length > 1 ? 's' : ''} ${rows.join(', ')}`

/** Refuses an answer of the wrong length or with numbers that are not finite; rows are counted from 1. */
export function checkAnswer(answer: Answer, { name, rows, outputs }: AskOptions): void {
  const expected = rows * outputs
  if (!ArrayBuffer.isView(answer) || answer.length !== expected) {
    const given = ArrayBuffer.isView(answer) ? `${answer.length} values` : `a ${typeof answer}`
    const wanted = outputs === 1 ? `${rows} rows` : `${rows} rows of ${outputs} outputs`
    throw new InterplayError('predictor/answer', `the predictor gave ${given} for ${wanted}`, { where: name })
  }
  let faults = 0
  const first: number[] = []
  for (let k = 0; k < expected; k++) {
    if (Number.isFinite(answer[k])) continue
    if (faults++ < 3) first.push(Math.floor(k / outputs) + 1)
  }
  if (faults > 0)
    throw new InterplayError('predictor/answer', `the predictor gave ${faults} values that are not finite numbers`, {
      where: name,
      why: `of ${expected} values; first at ${places(first)} of the request`,
    })
}

/**
 * Runs one request under a time limit and a signal, and checks what comes back.
 *
 * @throws InterplayError `predictor/answer` where the predictor throws, is silent past `timeout` seconds, answers with
 *   another number of values, or with NaN or infinity; the signal's reason where it is aborted.
 */
export async function ask<A extends Answer>(
  request: (signal: AbortSignal) => Promise<A>,
  options: AskOptions,
): Promise<A> {
  const { name, rows, signal, timeout } = options
  signal?.throwIfAborted()
  const late = new AbortController()
  const both = signal ? AbortSignal.any([signal, late.signal]) : late.signal
  let timer: ReturnType<typeof setTimeout> | undefined
  let stop: (() => void) | undefined
  const given = new Promise<never>((_, reject) => {
    stop = () => reject(both.reason as Error)
    both.addEventListener('abort', stop, { once: true })
    if (timeout !== undefined)
      timer = setTimeout(() => {
        const message = `the predictor gave no answer for ${rows} rows in ${timeout} s`
        late.abort(
          new InterplayError('predictor/answer', message, { where: name, try: 'a smaller batch or a longer timeout' }),
        )
      }, timeout * 1000)
  })
  try {
    const answer = await Promise.race([request(both), given])
    checkAnswer(answer, options)
    return answer
  } catch (error) {
    if (error instanceof InterplayError || both.aborted) throw error
    const said = error instanceof Error ? error.message : String(error)
    throw new InterplayError('predictor/answer', `the predictor failed on ${rows} rows`, {
      where: name,
      why: said,
      cause: error,
    })
  } finally {
    clearTimeout(timer)
    if (stop) both.removeEventListener('abort', stop)
  }
}
