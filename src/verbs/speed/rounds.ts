import { heldMemory } from '../../engine/runtime/held-memory.ts'
import { operatorTimes, type OperatorTime } from '../../engine/runtime/operator-times.ts'
import { onProcessor, placementOf } from '../../engine/runtime/placement.ts'
import { stepsOfRun } from '../../train/index.ts'
import { speedCases } from './cases.ts'
import { matmulRate } from './matmul.ts'
import { trainNetwork } from './network-trainer.ts'
import { trainTable } from './table-trainer.ts'
import type { CompileTime, Trainer, TrainerSetup } from './trainer.ts'

export interface RoundsSetup extends TrainerSetup {
  /** A key of `speedCases`. */
  name: string
}

/** What one round answers, ours and a peer's alike; all from `heldBytes` on are ours only. */
export interface Round {
  seconds: number
  rowsPerSecond: number
  peakBytes: number
  loss: number
  /** What JavaScript holds after the round, garbage collected: its heap and the buffers outside it. */
  heldBytes?: number
  /** What the program said before it ran that it would take, the runtime and the rows left out. */
  plannedBytes?: number
  compileSeconds?: CompileTime
  /** Operations a second of the step's matrix products, and those a plain MatMul reached right after. */
  products?: { step: number; matmul: number }
  /** Operators of the step that another device than the one asked for runs, as `onProcessor` words them. */
  onProcessor?: string
}

/** Steps not counted: the first touches every buffer. */
const warmup = 3

/** Trains one case on drawn batches, in rounds of steps. */
export async function startRounds({ name, ...setup }: RoundsSetup) {
  const speedCase = speedCases[name]!
  const trainer = await ('system' in speedCase ? trainTable(speedCase, setup) : trainNetwork(speedCase, setup))
  const product = await matmulRate(setup.threads, setup.device)
  const { plan, compileSeconds } = trainer
  const fallen = await fallenOf(trainer, setup)
  await trainer.train(Math.max(warmup, stepsOfRun(setup.device)))
  return {
    async round(steps: number): Promise<Round> {
      const started = performance.now()
      const loss = await trainer.train(steps)
      const seconds = (performance.now() - started) / 1000
      const matmul = await product.rate(5)
      return {
        seconds,
        rowsPerSecond: (steps * setup.batch) / seconds,
        peakBytes: process.resourceUsage().maxRSS * 1024,
        loss,
        heldBytes: await heldBytes(),
        plannedBytes: plan.peakBytes,
        compileSeconds,
        ...(fallen && { onProcessor: fallen }),
        products: { step: (plan.productOperations * steps) / seconds, matmul },
      }
    },
    /** Where the time of a step goes. */
    operators(): Promise<OperatorTime[]> {
      const { model, feeds } = trainer.execution()
      return operatorTimes(model, feeds, setup)
    },
    async close() {
      await Promise.all([trainer.close(), product.close()])
    },
  }
}

/** The heap, and the buffers outside it. */
async function heldBytes(): Promise<number> {
  const { heapUsed, external } = await heldMemory()
  return heapUsed + external
}

async function fallenOf(trainer: Trainer, { threads, device = 'cpu' }: TrainerSetup): Promise<string | undefined> {
  if (device === 'cpu') return undefined
  const { model, feeds } = trainer.execution()
  return onProcessor(await placementOf(model, feeds, { threads, device }))
}
