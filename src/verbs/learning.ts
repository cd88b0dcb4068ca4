import { availableParallelism } from 'node:os'
import { formatCount } from '../charts/format.ts'
import type { PreparedTable, Warning } from '../data/index.ts'
import type { Parameter } from '../engine/index.ts'
import { InterplayError } from '../errors/index.ts'
import { countParameters } from '../nn/index.ts'
import type { LearnedTable, SearchOutcome, TableAnswerer, TableSystem } from '../system/index.ts'
import {
  Checkpoints,
  TableLearner,
  tablesByRow,
  requestedSettings,
  trainingSettings,
  trainTable,
  type EpochRecord,
  type TrainingResult,
  type TrainingSettings,
} from '../train/index.ts'
import type { FitOptions } from './fit.ts'
import { memoryOf, rowBytes } from './memory.ts'
import type { RunFolder } from './run-folder.ts'

/** Settings of the shared training; a system that learns by itself takes seed and threads alone. */
export type FitSettings = Partial<TrainingSettings> & Pick<TrainingSettings, 'seed' | 'threads'>

export type Training = Pick<TrainingResult, 'stopped' | 'epochs' | 'bestEpoch' | 'metric' | 'history'>

export interface LearnedModel {
  model: TableAnswerer & { export(metadata?: Record<string, string>): Uint8Array }
  parameters: number
  training: Training
  notes: readonly string[]
  warnings: readonly Warning[]
  /** What it was chosen from, where it was. */
  search?: SearchOutcome
}

/** A learner that has its settings and no run folder yet: settings it cannot take are refused before anything is written. */
export interface Learner {
  run(folder: RunFolder): Promise<LearnedModel>
  /** After its model's last use. */
  close(): Promise<void>
}

/** How a table is learned, with what is known of it before it is. */
export interface Learning {
  settings: FitSettings
  /** Learned values: those of the network, or the most there can be. */
  parameters: number
  memoryBytes: number
  /** What `epochs` of the result count, where it is no passes over the rows. */
  unit?: 'round'
  start(): Learner
}

type Options = Readonly<Record<string, unknown>>

/** The way of a system: the shared training of the network it creates, or its own `learn`. */
export const learningOf = (system: TableSystem, chosen: Options, prepared: PreparedTable, options: FitOptions) =>
  system.create ? network(system, chosen, prepared, options) : itself(system, chosen, prepared, options)

function network(system: TableSystem, chosen: Options, prepared: PreparedTable, options: FitOptions): Learning {
  const { spec, train } = prepared
  const { seed = 1, threads = availableParallelism() } = options
  const settings = trainingSettings(
    train.rows,
    {
      ...requestedSettings(options, spec.targets[0]!.kind),
      seed,
      threads,
      device: options.device,
    },
    system.training?.(chosen),
  )
  const told = system.check?.(prepared, chosen) ?? []
  const model = system.create!(chosen, spec)
  const parameters = countParameters(model)
  const tables = tablesByRow(model, settings)
  const byRow = tables.reduce((total, { size }) => total + size, 0)
  return {
    settings,
    parameters,
    memoryBytes: memoryOf({ all: parameters, byRow }, settings.batch, prepared),
    start() {
      const learner = new TableLearner(model, spec, settings, train)
      return {
        async run(folder) {
          const training = await trained(learner, prepared, settings, folder, options)
          return { model: learner, parameters, training, notes: [...told, ...tables.map(tableNote)], warnings: [] }
        },
        close: () => learner.close(),
      }
    },
  }
}

/** Said of each embedding table that is too large to move whole. */
const tableNote = ({ shape: [rows, width] }: Parameter): string =>
  `an embedding table of ${formatCount(rows!)} × ${width} moves only in the rows of each batch; the others keep their moments`

async function trained(
  learner: TableLearner,
  prepared: PreparedTable,
  settings: TrainingSettings,
  folder: RunFolder,
  { resume, signal, onProgress, checkpointSteps }: FitOptions,
): Promise<TrainingResult> {
  const checkpoints = new Checkpoints(folder.file('checkpoints'))
  const from = resume ? await checkpoints.load(learner) : undefined
  await folder.rewind('metrics.jsonl', line => Number(line.epoch) <= (from?.cursor.progress.epoch ?? 0))
  return trainTable(learner, prepared, {
    settings,
    signal,
    onProgress,
    checkpoints,
    checkpointSteps,
    resume: from,
    onEpoch: record => appendMetrics(folder, record),
  })
}

const appendMetrics = (folder: RunFolder, { epoch, step, valid, trainLoss, rowsPerSecond }: EpochRecord) =>
  folder.append('metrics.jsonl', {
    schema: 'interplay.metrics/1',
    time: new Date().toISOString(),
    step,
    epoch,
    split: 'valid',
    trainLoss,
    ...valid,
    rowsPerSecond,
  })

/** Flags of the shared training, which mean nothing to a system that learns by itself and trains no network. */
const networkFlags = ['epochs', 'batch', 'learningRate', 'patience', 'metric', 'training'] as const

/** Flags that only the shared training knows. */
const sharedFlags = ['timeLimit', 'device'] as const

function itself(system: TableSystem, chosen: Options, prepared: PreparedTable, options: FitOptions): Learning {
  refuseFlags(system, options)
  const { seed = 1, threads = availableParallelism(), signal, onProgress } = options
  const { rows } = prepared.train
  const size = system.size!(chosen, prepared)
  const wanted = system.training && requestedSettings(options, prepared.spec.targets[0]!.kind)
  let model: LearnedTable | undefined
  return {
    settings: wanted
      ? trainingSettings(rows, { ...wanted, seed, threads }, system.training!(chosen))
      : { seed, threads },
    parameters: size.parameters,
    memoryBytes: rowBytes(prepared) + size.bytes,
    ...(wanted ? {} : { unit: 'round' }),
    start: () => ({
      async run(folder) {
        const history: EpochRecord[] = []
        const warnings: Warning[] = []
        model = await system.learn!(prepared, chosen, {
          seed,
          threads,
          signal,
          training: wanted,
          onSearch: progress => onProgress?.({ kind: 'search', ...progress }),
          onRound: ({ round, trainLoss, valid, best, seconds }, total) => {
            const rowsPerSecond = (rows * round) / seconds
            history.push({ epoch: round, step: round, learningRate: 0, trainLoss, valid, rowsPerSecond, seconds, best })
            onProgress?.({ kind: 'round', round, total, trainLoss })
          },
          onWarning: warning => {
            warnings.push(warning)
            onProgress?.({ kind: 'warning', warning })
          },
        })
        for (const record of history) await appendMetrics(folder, record)
        const { parameters, bestRound, metric, notes, search } = model
        const training = { stopped: 'patience' as const, epochs: history.length, bestEpoch: bestRound, metric, history }
        return { model, parameters, training, notes, warnings, search }
      },
      close: async () => model?.close?.(),
    }),
  }
}

/** The flags given that are for networks alone, as they are written. */
export const networkFlagsGiven = (options: Omit<FitOptions, 'budget'>): string[] =>
  networkFlags.filter(name => options[name] !== undefined).map(spelled)

/** The options without flags that are for networks alone. */
export function withoutNetworkFlags<Options extends Omit<FitOptions, 'budget'>>(options: Options): Options {
  const rest = { ...options }
  for (const name of networkFlags) delete rest[name]
  return rest
}

const spelled = (name: string): string => `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`

/** @throws InterplayError where a flag is given that means nothing to a system which learns by itself */
export function refuseFlags(system: TableSystem, options: Omit<FitOptions, 'budget'>): void {
  if (options.resume) {
    throw new InterplayError('usage/resume', `${system.name} has no checkpoints to go on from`, { try: '--overwrite' })
  }
  const refused = system.training ? sharedFlags : [...networkFlags, ...sharedFlags]
  const given = refused.find(name => options[name] !== undefined && options[name] !== 'cpu')
  if (given === undefined) return
  const flag = spelled(given)
  const own = system.options.shape[given] !== undefined
  const why = system.training
    ? `${system.name} has no use for ${flag}`
    : `${flag} is for networks, ${system.name} is none`
  throw new InterplayError('option/conflict', why, {
    where: flag,
    try: own ? `--set ${given}=...` : `interplay systems ${system.name}`,
  })
}
