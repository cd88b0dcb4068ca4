import { profiledRuns } from './profiled.ts'
import type { Feeds, SessionOptions } from './runtime.ts'

/** What all executions of one operator take in a run. */
export interface OperatorTime {
  operator: string
  count: number
  /** The middle of the runs. */
  seconds: number
}

/** Runs that are looked at; one before them touches every buffer. */
const runs = 3

/**
 * Where the time of a run goes, the costliest operator first. Operators in the body of a loop or branch count there and in
 * the operator around them.
 * @throws InterplayError `engine/device`
 */
export async function operatorTimes(model: Uint8Array, feeds: Feeds, options: SessionOptions): Promise<OperatorTime[]> {
  const [, ...measured] = await profiledRuns(model, feeds, options, 1 + runs)
  const counts = new Map<string, number>()
  for (const { operator } of measured[0]!) counts.set(operator, (counts.get(operator) ?? 0) + 1)
  const middle = (operator: string) => {
    const perRun = measured.map(run =>
      run.reduce((sum, each) => sum + (each.operator === operator ? each.microseconds : 0), 0),
    )
    return perRun.sort((a, b) => a - b)[Math.floor(runs / 2)]! / 1e6
  }
  return [...counts]
    .map(([operator, count]) => ({ operator, count, seconds: middle(operator) }))
    .sort((a, b) => b.seconds - a.seconds)
}

/** Operators called by name. */
const named = 5

/** `Gemm 42%, Conv 9%, Mul 8%, ReduceSum 7%, Gather 6%, 21 others 28%` */
export function timeShares(times: readonly OperatorTime[]): string {
  const total = times.reduce((sum, { seconds }) => sum + seconds, 0)
  const share = (list: readonly OperatorTime[]) =>
    `${((list.reduce((sum, { seconds }) => sum + seconds, 0) / total) * 100).toFixed(0)}%`
  const shares = times.slice(0, named).map(time => `${time.operator} ${share([time])}`)
  const rest = times.slice(named)
  if (rest.length > 0) shares.push(`${rest.length} other${rest.length === 1 ? '' : 's'} ${share(rest)}`)
  return shares.join(', ')
}
