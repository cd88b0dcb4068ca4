import { setTimeout as pause } from 'node:timers/promises'
import type { Contender } from './contender.ts'
import type { Round } from './rounds.ts'

/** Seconds a round should take, so that a burst of other work on the machine spoils one round, not all. */
const roundSeconds = 0.7

/** Milliseconds for the other side's threads to stop spinning. */
const settle = 300

/** Rounds of both sides in turns, of as many steps as fill a round, `least` at least; the side that begins changes. */
export async function compare(
  ours: Contender,
  peer: Contender | undefined,
  rounds: number,
  least = 2,
): Promise<[Round[], Round[]]> {
  const first = await ours.round(least)
  const steps = Math.max(least, Math.min(100, Math.round((roundSeconds * least) / first.seconds)))
  const results: [Round[], Round[]] = [[], []]
  const sides = [{ side: ours, into: results[0] }, ...(peer ? [{ side: peer, into: results[1] }] : [])]
  for (let round = 0; round < rounds; round++) {
    for (const { side, into } of round % 2 === 0 ? sides : sides.toReversed()) {
      await pause(settle)
      into.push(await side.round(steps))
    }
  }
  return results
}
