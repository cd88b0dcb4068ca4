import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { InterplayError } from '../../errors/index.ts'
import type { OperatorTime } from '../../engine/runtime/operator-times.ts'
import type { Round } from './rounds.ts'

/** One side of a comparison. */
export interface Contender {
  /** What it said of itself when it was ready. */
  readonly ready: Readonly<Record<string, unknown>>
  round(steps: number): Promise<Round>
  /** Where the time of a step goes; asked of our side only. */
  operators(): Promise<OperatorTime[]>
  close(): Promise<void>
}

/**
 * Starts a program that answers `{"ready": ...}`, then one line to each `{"round": steps}` and, on our side, to
 * `{"operators": true}`; returns when it is ready.
 *
 * @throws InterplayError `bench/peer` with the program's last words when it ends before.
 */
export async function startContender(
  command: string,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<Contender> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], signal })
  let words = ''
  child.stderr.on('data', (data: Buffer) => (words = (words + data.toString()).slice(-2000)))
  child.stdin.on('error', () => undefined)
  const ended = new Promise<Error | undefined>(resolve => {
    child.once('error', resolve)
    child.once('close', () => resolve(undefined))
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async <T>() => {
    const { value, done } = await lines.next()
    if (!done) return JSON.parse(value) as T
    const fault = await ended
    signal?.throwIfAborted()
    const why = fault?.message ?? words.trim().split('\n').at(-1) ?? ''
    throw new InterplayError('bench/peer', `'${command}' ended`, { why, cause: fault })
  }
  const ask = <T>(question: object) => {
    child.stdin.write(`${JSON.stringify(question)}\n`)
    return answer<T>()
  }
  const { ready = {} } = await answer<{ ready?: Record<string, unknown> }>()
  return {
    ready,
    round: steps => ask<Round>({ round: steps }),
    operators: async () => (await ask<{ operators: OperatorTime[] }>({ operators: true })).operators,
    async close() {
      child.stdin.end()
      await ended
    },
  }
}
