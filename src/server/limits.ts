import { z } from 'zod'
import { InterplayError } from '../errors/index.ts'

/** What one server takes; each is a flag of `serve` (`--max-body`) and a key of its options (`maxBody`). */
export const limits = z.object({
  maxBody: z.number().int().min(1).default(1_000_000).describe('bytes of a request body'),
  maxRows: z.number().int().min(1).default(1000).describe('rows of one request'),
  maxQueue: z.number().int().min(1).default(1024).describe('rows that may wait for a worker'),
  maxBatch: z.number().int().min(1).default(256).describe('rows of one run of the model'),
  maxWait: z.number().min(0).default(0.002).describe('seconds a row waits for others to join its run'),
  timeout: z.number().positive().max(3600).default(10).describe('seconds until a request is answered'),
})

export type Limits = z.output<typeof limits>

/** @throws InterplayError `option/invalid` naming every limit that is out of range */
export function parseLimits(given: Partial<Limits> = {}): Limits {
  const parsed = limits.strict().safeParse(given)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(issue => [issue.path.join('.'), issue.message].filter(Boolean).join(': '))
  throw new InterplayError('option/invalid', `serve: ${faults.join('; ')}`, { try: 'interplay serve --help' })
}
