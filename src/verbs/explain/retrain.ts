import type { EncodedTable } from '../../data/index.ts'
import { gather } from '../../lenses/index.ts'
import type { TableSpec } from '../../nn/index.ts'
import { parseOptions, type TableSystem } from '../../system/index.ts'
import { TableLearner, trainTable, type TrainingSettings } from '../../train/index.ts'
import type { RunFile } from '../run-folder.ts'

/** What a run was learned from, and how. */
export interface Learned {
  run: RunFile
  system: TableSystem
  spec: TableSpec
  train: EncodedTable
  valid: EncodedTable
}

/** The first logit of `query`'s rows after the run is trained again, by its own settings and seed, without some rows. */
export async function retrainedWithout(
  { run, system, spec, train, valid }: Learned,
  left: ReadonlySet<number>,
  query: EncodedTable,
  { threads, signal }: { threads: number; signal?: AbortSignal },
): Promise<number[]> {
  const kept = Int32Array.from({ length: train.rows }, (_, row) => row).filter(row => !left.has(row))
  const rows = gather(train, kept)
  const settings = { ...(run.settings as unknown as TrainingSettings), seed: run.seed, threads }
  const model = system.create!(parseOptions(system, run.settings.set as Record<string, unknown>), spec)
  const learner = new TableLearner(model, spec, settings, rows)
  try {
    await trainTable(learner, { train: rows, valid }, { settings, signal })
    signal?.throwIfAborted()
    const logits = await learner.logits(query)
    const width = logits.length / query.rows
    return Array.from({ length: query.rows }, (_, row) => logits[row * width]!)
  } finally {
    await learner.close()
  }
}
