import { speedCases } from './cases.ts'
import { matmulRate } from './matmul.ts'
import { trainNetwork } from './network-trainer.ts'
import { trainTable } from './table-trainer.ts'
import type { CompileTime, TrainerSetup } from './trainer.ts'

export interface RoundsSetup extends TrainerSetup {
  /** A key of `speedCases`. */
  name: string
}

/** What one round answers, ours and a peer's alike; all from `plannedBytes` on are ours only. */
export interface Round {
  seconds: number
  rowsPerSecond: number
  peakBytes: number
  loss: number
  /** What the program said before it ran that it would take, the runtime and the rows left out. */
  plannedBytes?: number
  compileSeconds?: CompileTime
  /** Operations a second of the step's matrix products, and those a plain MatMul reached right after. */
  products?: { step: number; matmul: number }
}

/** Steps not counted: the first touches every buffer. */
const warmup = 3

/** Trains one case on drawn batches, in rounds of steps. */
export async function startRounds({ name, ...setup }: RoundsSetup) {
  const speedCase = speedCases[name]!
  const trainer = await ('system' in speedCase ? trainTable(speedCase, setup) : trainNetwork(speedCase, setup))
  const product = await matmulRate(setup.threads)
  const { plan, compileSeconds } = trainer
  for (let i = 0; i < warmup; i++) await trainer.step()
  return {
    async round(steps: number): Promise<Round> {
      let loss = Number.NaN
      const started = performance.now()
      for (let i = 0; i < steps; i++) loss = await trainer.step()
      const seconds = (performance.now() - started) / 1000
      const matmul = await product.rate(5)
      return {
        seconds,
        rowsPerSecond: (steps * setup.batch) / seconds,
        peakBytes: process.resourceUsage().maxRSS * 1024,
        loss,
        plannedBytes: plan.peakBytes,
        compileSeconds,
        products: { step: (plan.productOperations * steps) / seconds, matmul },
      }
    },
    async close() {
      await Promise.all([trainer.close(), product.close()])
    },
  }
}
