import type { Context } from 'hono'
import { InterplayError, isInterplayError } from '../errors/index.ts'

/** Any fault as one of ours: what is not ours is `internal/error`, its text kept for the log. */
export function faultOf(error: unknown): InterplayError {
  if (isInterplayError(error)) return error
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return new InterplayError('server/timeout', 'the request took longer than this server waits')
  }
  return new InterplayError('internal/error', 'an internal error', { cause: error })
}

/** Answers with RFC 9457 problem details. */
export function problem(context: Context, fault: InterplayError, requestId: string): Response {
  if (fault.status === 429 || fault.status === 503) context.header('Retry-After', '1')
  const title = fault.code === 'request/invalid' ? 'the request is not valid' : fault.problem.title
  const body = JSON.stringify({ ...fault.problem, title, requestId })
  return context.body(body, fault.status as 400, { 'Content-Type': 'application/problem+json' })
}
