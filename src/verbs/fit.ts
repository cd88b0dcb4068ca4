import { formatCount } from '../charts/format.ts'
import type { Parameter } from '../engine/index.ts'
import { InterplayError } from '../errors/index.ts'
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
  tablesByRow,
  trainingSettings,
  trainTable,
  writeBundle,
  type FitProgress,
  type TrainingResult,
  type TrainingSettings,
} from '../train/index.ts'
import { baselines, type Baseline, type Measure } from './baselines.ts'
import { interactionsOf } from './interactions.ts'
import { memoryOf, type WeightCounts } from './memory.ts'
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
  classWeights?: TrainingSettings['classWeights']
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

/** What is known before training. */
export interface FitPlan {
  data: { name: string; rows: number; fields: Record<string, number> }
  target: { name: string; kind: TargetSpec['kind']; summary: string; split: string }
  ignored: { fields: string[]; reason: string }[]
  system: { name: string; chosen?: string; parameters: number; memoryBytes: number }
  settings: TrainingSettings & { system: string; options: Record<string, unknown> }
  notes: string[]
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
  const { seed = 1, threads = 1, signal, onProgress } = options
  const system = tableSystem(options.system ?? defaultTableSystem)
  const settingsOf = parseOptions(system, options.set ?? {})
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
      classWeights: options.classWeights,
      timeLimit: options.timeLimit,
      seed,
      threads,
    },
    system.training?.(settingsOf),
  )
  const model = system.create!(settingsOf, spec)
  const tables = tablesByRow(model, settings)
  const weights = { all: countParameters(model), byRow: tables.reduce((total, { size }) => total + size, 0) }
  const plan = planOf(prepared, system.name, options.system === undefined, weights, settings, settingsOf)
  plan.notes.push(...tables.map(tableNote))
  onProgress?.({ kind: 'plan', plan })
  for (const warning of prepared.warnings) onProgress?.({ kind: 'warning', warning })
  if (options.dryRun)
    return { schema: 'interplay.plan/1', interplay: version, command: 'fit', plan, warnings: prepared.warnings }

  const { folder, file } = await runOf(input, prepared, plan, options)
  onProgress?.({ kind: 'run', run: folder.path })
  const learner = new TableLearner(model, spec, settings, prepared.train)
  try {
    const training = await train(learner, prepared, settings, folder, options)
    const [validAnswers] = await answersOf(learner, prepared.valid)
    const [testAnswers] = await answersOf(learner, prepared.test.rows > 0 ? prepared.test : prepared.valid)
    const test = estimate(testAnswers!)
    const interrupted = training.stopped === 'interrupted'
    if (!interrupted) onProgress?.({ kind: 'stage', stage: 'baselines' })
    const peers = interrupted ? [] : await baselines(spec, prepared, seed, threads, signal)
    if (!interrupted) onProgress?.({ kind: 'stage', stage: 'interactions' })
    const measured = interrupted
      ? undefined
      : await interactionsOf(learner, prepared, { budget: options.budget, seed, signal })
    const bundle = {
      interplay: version,
      system: system.name,
      task: 'table' as const,
      ...prepared.encoding,
      metrics: { test: plainMetrics(test) },
      data: { name: prepared.name, sha256: prepared.inputs[0]?.sha256 ?? '', rows: prepared.schema.rows },
      parameters: countParameters(model),
    }
    await writeBundle(folder.path, learner.export({ system: system.name, interplay: version }), bundle)
    const document: FitDocument = {
      schema: 'interplay.fit/1',
      interplay: version,
      command: 'fit',
      seed,
      seconds: (performance.now() - started) / 1000,
      warnings: prepared.warnings,
      notes: plan.notes,
      run: folder.path,
      system: system.name,
      options: settingsOf,
      rows: prepared.split.rows,
      metrics: { valid: estimate(validAnswers!), test },
      baselines: peers,
      importances: importancesOf(measured),
      interactions: strongest(measured),
      parameters: countParameters(model),
      epochs: { ran: training.epochs, best: training.bestEpoch, metric: training.metric },
      complete: training.stopped !== 'time-limit' && !interrupted,
      files: ['report.html', 'model.onnx', 'interplay.json'],
    }
    if (!interrupted) {
      onProgress?.({ kind: 'stage', stage: 'report' })
      const report = await reportOf({
        document,
        prepared,
        learner,
        training,
        measured,
        answers: testAnswers!,
        settings,
        file,
      })
      await folder.writeText('report.html', report)
    }
    await folder.writeJson('result.json', document)
    await folder.writeRun({ ...file, state: interrupted ? 'interrupted' : 'finished' })
    signal?.throwIfAborted()
    return document
  } finally {
    await learner.close()
  }
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

async function runOf(
  input: TableInput,
  prepared: PreparedTable,
  plan: FitPlan,
  options: FitOptions,
): Promise<{ folder: RunFolder; file: RunFile }> {
  const { resume = false, overwrite = false, out } = options
  if (resume && out !== undefined) {
    const { folder, file } = await RunFolder.open(out)
    checkUnchanged(file, prepared)
    return { folder, file }
  }
  const folder = await RunFolder.create(prepared.name, plan.system.name, out, overwrite)
  const { seed = 1 } = options
  const { system, options: chosen, ...settings } = plan.settings
  const file: RunFile = {
    schema: 'interplay.run/1',
    interplay: version,
    node: process.versions.node,
    command: options.command ?? '',
    created: new Date().toISOString(),
    state: 'running',
    system,
    input: typeof input === 'string' ? input : JSON.stringify(input),
    settings: {
      ...settings,
      set: chosen,
      target: options.target,
      split: options.split,
      ignore: options.ignore,
      where: options.where,
    },
    origins: options.origins ?? {},
    seed,
    data: prepared.inputs.map(({ path, sha256, bytes }) => ({ path, sha256, bytes })),
  }
  await folder.writeRun(file)
  return { folder, file }
}

function checkUnchanged(file: RunFile, prepared: PreparedTable): void {
  for (const [i, { path, sha256 }] of file.data.entries()) {
    if (prepared.inputs[i]?.sha256 !== sha256) {
      throw new InterplayError('run/changed', `cannot resume: '${path}' changed since the run began`)
    }
  }
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
      ...(verdict === 'supported' ? {} : { reason: verdict }),
    }))

const importancesOf = (measured: InteractionMeasurement | undefined): (Measure & { field: string })[] =>
  (measured?.importances ?? []).map(({ field, importance, effect }) => ({ field, ...(importance ?? effect) }))

const plainMetrics = (metrics: Record<string, Measure>): Record<string, number> =>
  Object.fromEntries(Object.entries(metrics).map(([name, { value }]) => [name, value]))

function planOf(
  prepared: PreparedTable,
  system: string,
  byDefault: boolean,
  weights: WeightCounts,
  settings: TrainingSettings,
  options: Record<string, unknown>,
): FitPlan {
  const { schema, spec, split, recipe } = prepared
  const types: Record<string, number> = {}
  for (const { role, type } of schema.fields) if (role === 'input') types[type] = (types[type] ?? 0) + 1
  const ignored = new Map<string, string[]>()
  for (const { name, role, reason = 'not an input' } of schema.fields) {
    if (role !== 'ignored' || reason.startsWith('read by target')) continue
    const why = recipe?.options.ignore?.includes(name) ? (recipe.because ?? reason) : reason
    ignored.set(why, [...(ignored.get(why) ?? []), name])
  }
  return {
    data: { name: prepared.name, rows: schema.rows, fields: types },
    target: {
      name: spec.targets.map(target => target.name).join(', '),
      kind: spec.targets[0]!.kind,
      summary: summaryOf(prepared),
      split: splitText(split),
    },
    ignored: [...ignored].map(([reason, fields]) => ({ fields, reason })),
    system: {
      name: system,
      ...(byDefault ? { chosen: 'default for tables' } : {}),
      parameters: weights.all,
      memoryBytes: memoryOf(weights, settings.batch, prepared),
    },
    settings: { ...settings, system, options },
    notes: [...prepared.notes],
  }
}

/** Said of each embedding table that is too large to move whole. */
const tableNote = ({ shape: [rows, width] }: Parameter): string =>
  `an embedding table of ${formatCount(rows!)} × ${width} moves only in the rows of each batch; the others keep their moments`

function summaryOf({ spec, train }: PreparedTable): string {
  const [target] = spec.targets
  if (target!.kind === 'regression')
    return `mean ${target!.mean.toPrecision(3)}, deviation ${target!.deviation.toPrecision(3)}`
  if (target!.kind === 'multiclass') return `${target!.classes.length} classes`
  const positive = train.targets[0]!.reduce((sum, value) => sum + value, 0) / Math.max(train.rows, 1)
  return `${(100 * positive).toFixed(1)}% ${target!.classes[1]}`
}

const splitText = ({ rule, seed }: PreparedTable['split']): string =>
  rule === 'random' ? `7:1:2 random, seed ${seed}` : rule
