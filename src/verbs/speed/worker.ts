import { createInterface } from 'node:readline'
import { startRounds, type RoundsSetup } from './rounds.ts'

/** A process of its own for each case, so that its peak memory is its own: the peers' protocol, line by line. */
const answer = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`)

const rounds = await startRounds(JSON.parse(process.argv[2]!) as RoundsSetup)
answer({ ready: {} })
for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line) as { round: number } | { operators: true }
  answer('round' in asked ? await rounds.round(asked.round) : { operators: await rounds.operators() })
}
await rounds.close()
