import { availableParallelism } from 'node:os'
import { prepareTable, type PreparedTable, type TableInput, type Warning } from '../data/index.ts'
import type { InteractionMeasurement } from '../lenses/index.ts'
import { estimate, metric as metricNamed } from '../metrics/index.ts'
import { countParameters, type TargetSpec } from '../nn/index.ts'
import { defaultTableSystem, tableSystem } from '../systems/index.ts'
import { parseOptions } from '../system/index.ts'
import {
  answersOf,
  Checkpoints,
  TableLearner,
  trainingSettings,
  trainTable,
  trainingOptions,
  writeBundle,
  type FitProgress,
  type TrainingOptions,
  type TrainingResult,
  type TrainingSettings,
} from '../train/index.ts'
import { beginRun } from './begin-run.ts'
import { baselines, type Baseline, type Measure } from './baselines.ts'
import { interactionsOf } from './interactions.ts'
import { planOf, type FitPlan } from './plan.ts'
import { reportOf } from './report.ts'
import { RunFolder, type RunFile } from './run-folder.ts'
import { version } from './version.ts'

export interface FitOptions {
  target?: string | string[]
  system?: string
  /** Options of the system. */
  set?: Record<string, unknown>
  split?: string
  type?: Record<string, string>
  role?: Record<string, string[]>
  ignore?: string[]
  where?: string
  minCount?: number
  epochs?: number
  batch?: number
  learningRate?: number
  patience?: number
  metric?: string
  /** Training settings that the system chooses where they are left out. */
  training?: TrainingOptions
  /** Seconds. */
  timeLimit?: number
  seed?: number
  threads?: number
  /** Folder of the run. */
  out?: string
  resume?: boolean
  overwrite?: boolean
  reader?: Record<string, unknown>
  /** Stop after saying what would be done. */
  dryRun?: boolean
  /** Predictions spent on measuring interactions. */
  budget?: number
  /** Steps between checkpoints inside an epoch; by default one every 30 seconds. */
  checkpointSteps?: number
  signal?: AbortSignal
  onProgress?: (progress: FitEvent) => void
  /** Kept in run.json. */
  command?: string
  origins?: Record<string, string>
}

export type FitEvent =
  | { kind: 'plan'; plan: FitPlan }
  /** The run folder exists: what to resume if it is stopped. */
  | { kind: 'run'; run: string }
  | { kind: 'stage'; stage: 'data' | 'baselines' | 'interactions' | 'report' }
  | { kind: 'warning'; warning: Warning }
  | FitProgress

export interface FitInteraction extends Measure {
  set: [string, string]
  reason?: string
}

/** The document of `fit --json` and of `result.json`. */
export interface FitDocument {
  schema: 'interplay.fit/1'
  interplay: string
  command: 'fit'
  seed: number
  seconds: number
  warnings: Warning[]
  notes: string[]
  run: string
  system: string
  options: Record<string, unknown>
  rows: { train: number; valid: number; test: number }
  metrics: { valid: Record<string, Measure>; test: Record<string, Measure> }
  baselines: Baseline[]
  /** Where there are several targets, each of them; what stands above is of the first. */
  targets?: (Pick<FitDocument, 'metrics' | 'baselines'> & { name: string; kind: TargetSpec['kind'] })[]
  importances: (Measure & { field: string })[]
  interactions: FitInteraction[]
  parameters: number
  epochs: { ran: number; best: number; metric: string }
  complete: boolean
  files: string[]
}

export type FitOutcome =
  FitDocument | { schema: 'interplay.plan/1'; interplay: string; command: 'fit'; plan: FitPlan; warnings: Warning[] }

/**
 * Learns a model of a table: reads, splits and encodes it, trains, measures it on test rows beside two baselines, finds
 * its strongest interactions, and writes a run folder with `model.onnx`, `interplay.json` and `report.html`.
 */
export async function fitTable(input: TableInput, options: FitOptions): Promise<FitOutcome> {
  const started = performance.now()
  const { seed = 1, threads = availableParallelism(), signal, onProgress } = options
  const system = tableSystem(options.system ?? defaultTableSystem)
  const settingsOf = parseOptions(system, options.set ?? {})
  const training = parseOptions(trainingOptions, options.training ?? {})
  onProgress?.({ kind: 'stage', stage: 'data' })
  const prepared = await prepareTable(input, {
    target: options.target === undefined ? undefined : [options.target].flat(),
    types: options.type,
    roles: options.role,
    ignore: options.ignore,
    where: options.where,
    split: options.split,
    minCount: options.minCount,
    reader: options.reader,
    seed,
    signal,
  })
  const { spec } = prepared
  const settings = trainingSettings(
    prepared.train.rows,
    {
      epochs: options.epochs,
      batch: options.batch,
      learningRate: options.learningRate,
      patience: options.patience,
      metric: options.metric && metricNamed(options.metric, spec.targets[0]!.kind).name,
      ...training,
      timeLimit: options.timeLimit,
      seed,
      threads,
    },
    system.training?.(settingsOf),
  )
  const model = system.create!(settingsOf, spec)
  const plan = planOf(prepared, system.name, options.system === undefined, countParameters(model), settings, settingsOf)
  onProgress?.({ kind: 'plan', plan })
  for (const warning of prepared.warnings) onProgress?.({ kind: 'warning', warning })
  if (options.dryRun)
    return { schema: 'interplay.plan/1', interplay: version, command: 'fit', plan, warnings: prepared.warnings }

  const learner = new TableLearner(model, spec, settings, prepared.train)
  try {
    const { folder, file } = await beginRun(input, prepared, plan, options)
    onProgress?.({ kind: 'run', run: folder.path })
    try {
      const document = await learn({ learner, prepared, settings, folder, file, plan, started }, options)
      await folder.writeRun({ ...file, state: 'finished' })
      return document
    } catch (error) {
      if (signal?.aborted) await folder.writeRun({ ...file, state: 'interrupted' })
      throw error
    }
  } finally {
    await learner.close()
  }
}

interface Learning {
  learner: TableLearner
  prepared: PreparedTable
  settings: TrainingSettings
  folder: RunFolder
  file: RunFile
  plan: FitPlan
  started: number
}

/** Trains, writes the bundle, then measures: a run stopped after its training can answer already. */
async function learn(
  { learner, prepared, settings, folder, file, plan, started }: Learning,
  options: FitOptions,
): Promise<FitDocument> {
  const { seed, threads } = settings
  const { signal, onProgress } = options
  const { spec } = prepared
  const { system, options: chosen } = plan.settings
  const { parameters } = plan.system
  const data = { ...prepared, test: prepared.test.rows > 0 ? prepared.test : prepared.valid }
  const training = await train(learner, prepared, settings, folder, options)
  const interrupted = training.stopped === 'interrupted'
  const answers = interrupted ? [] : await answersOf(learner, data.test)
  const test = answers.map(each => estimate(each))
  await writeBundle(folder.path, learner.export({ system, interplay: version }), {
    interplay: version,
    system,
    task: 'table',
    ...prepared.encoding,
    metrics: interrupted ? {} : { test: plainMetrics(test[0]!) },
    data: { name: prepared.name, sha256: prepared.inputs[0]?.sha256 ?? '', rows: prepared.schema.rows },
    parameters,
  })
  signal?.throwIfAborted()
  const valid = (await answersOf(learner, data.valid)).map(each => estimate(each))
  onProgress?.({ kind: 'stage', stage: 'baselines' })
  const peers = await baselines(system, spec, data, seed, threads, signal)
  onProgress?.({ kind: 'stage', stage: 'interactions' })
  const measured = await interactionsOf(learner, prepared, { budget: options.budget, seed, signal })
  const document: FitDocument = {
    schema: 'interplay.fit/1',
    interplay: version,
    command: 'fit',
    seed,
    seconds: (performance.now() - started) / 1000,
    warnings: prepared.warnings,
    notes: prepared.notes,
    run: folder.path,
    system,
    options: chosen,
    rows: prepared.split.rows,
    metrics: { valid: valid[0]!, test: test[0]! },
    baselines: peers[0]!,
    ...(spec.targets.length > 1
      ? {
          targets: spec.targets.map(({ name, kind }, i) => ({
            name,
            kind,
            metrics: { valid: valid[i]!, test: test[i]! },
            baselines: peers[i]!,
          })),
        }
      : {}),
    importances: importancesOf(measured),
    interactions: strongest(measured),
    parameters,
    epochs: { ran: training.epochs, best: training.bestEpoch, metric: training.metric },
    complete: training.stopped !== 'time-limit',
    files: ['report.html', 'model.onnx', 'interplay.json'],
  }
  await folder.writeJson('result.json', document)
  onProgress?.({ kind: 'stage', stage: 'report' })
  const source = { document, prepared, learner, training, measured, answers: answers[0]!, settings, file }
  await folder.writeText('report.html', await reportOf(source))
  return document
}

async function train(
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
    onEpoch: ({ epoch, step, valid, trainLoss, rowsPerSecond }) =>
      folder.append('metrics.jsonl', {
        schema: 'interplay.metrics/1',
        time: new Date().toISOString(),
        step,
        epoch,
        split: 'valid',
        trainLoss,
        ...valid,
        rowsPerSecond,
      }),
  })
}

const strongest = (measured: InteractionMeasurement | undefined): FitInteraction[] =>
  (measured?.pairs ?? [])
    .filter(pair => pair.refined)
    .slice(0, 10)
    .map(({ fields, value, low, high, verdict }) => ({
      set: fields,
      value,
      low,
      high,
      ...(verdict === 'supported'
        ? {}
        : { reason: verdict === 'within noise' ? 'not confirmed by the labels' : verdict }),
    }))

const importancesOf = (measured: InteractionMeasurement | undefined): (Measure & { field: string })[] =>
  (measured?.importances ?? []).map(({ field, importance, effect }) => ({ field, ...(importance ?? effect) }))

const plainMetrics = (metrics: Record<string, Measure>): Record<string, number> =>
  Object.fromEntries(Object.entries(metrics).map(([name, { value }]) => [name, value]))
