import type { PreparedTable } from '../data/index.ts'
import { evaluate } from '../metrics/index.ts'
import { countParameters } from '../nn/index.ts'
import { parseOptions, type Protocol, type TableSystem } from '../system/index.ts'
import { answersOf, TableLearner, trainingSettings, trainTable } from '../train/index.ts'

/** One row of a leaderboard, trained with one seed. */
export interface ProtocolResult {
  /** The protocol's row: a system, or a setting of one (`autoint+`). */
  system: string
  seed: number
  testAuc: number
  testLogLoss: number
  validAuc: number
  parameters: number
  epochs: number
  seconds: number
}

export interface ProtocolRunOptions {
  seed: number
  threads: number
  signal?: AbortSignal
  onEpoch?: (epoch: number, value: number) => void
}

/** Trains one row of a protocol; weights are chosen on validation, and the test rows are used once. */
export async function protocolRun(
  protocol: Protocol,
  name: string,
  system: TableSystem,
  { spec, train, valid, test }: Pick<PreparedTable, 'spec' | 'train' | 'valid' | 'test'>,
  { seed, threads, signal, onEpoch }: ProtocolRunOptions,
): Promise<ProtocolResult> {
  const row = protocol.rows[name]!
  const model = system.create!(parseOptions(system, row.options), spec)
  const settings = trainingSettings(train.rows, { ...protocol.training, ...row.training, seed, threads })
  const learner = new TableLearner(model, spec, settings, train)
  try {
    const training = await trainTable(
      learner,
      { train, valid },
      {
        settings,
        signal,
        onProgress: progress => progress.kind === 'epoch' && onEpoch?.(progress.epoch, progress.valid.auc!),
      },
    )
    signal?.throwIfAborted()
    const [answers] = await answersOf(learner, test, signal)
    const { auc, logLoss } = evaluate(answers!, ['auc', 'logLoss'])
    return {
      system: name,
      seed,
      testAuc: auc!,
      testLogLoss: logLoss!,
      validAuc: training.bestValue,
      parameters: countParameters(model),
      epochs: training.epochs,
      seconds: training.seconds,
    }
  } finally {
    await learner.close()
  }
}
