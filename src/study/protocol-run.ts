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
  data: PreparedTable,
  options: ProtocolRunOptions,
): Promise<ProtocolResult> {
  if (!system.create) return learnedRun(protocol, name, system, data, options)
  const { spec, train, valid, test } = data
  const { seed, threads, signal, onEpoch } = options
  const row = protocol.rows[name]!
  const model = system.create(parseOptions(system, row.options), spec)
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

/** A row of a system that learns by itself; its epochs are those of the model that came out. */
async function learnedRun(
  protocol: Protocol,
  name: string,
  system: TableSystem,
  data: PreparedTable,
  { seed, threads, signal, onEpoch }: ProtocolRunOptions,
): Promise<ProtocolResult> {
  const started = performance.now()
  const row = protocol.rows[name]!
  let epochs = 0
  let validAuc = Number.NaN
  const model = await system.learn!(data, parseOptions(system, row.options), {
    seed,
    threads,
    signal,
    training: { ...protocol.training, ...row.training },
    onRound: ({ round, valid, best }) => {
      epochs = round
      if (best) validAuc = valid.auc!
      onEpoch?.(round, valid.auc!)
    },
  })
  try {
    const seconds = (performance.now() - started) / 1000
    const [answers] = await answersOf(model, data.test, signal)
    const { auc, logLoss } = evaluate(answers!, ['auc', 'logLoss'])
    const { parameters } = model
    return { system: name, seed, testAuc: auc!, testLogLoss: logLoss!, validAuc, parameters, epochs, seconds }
  } finally {
    await model.close?.()
  }
}
