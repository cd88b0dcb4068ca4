import type { ChartSpec } from '../charts/index.ts'
import type { PreparedTable, TableInput, Warning } from '../data/index.ts'
import { requireDevice, type Device } from '../engine/index.ts'
import type { InteractionMeasurement } from '../lenses/index.ts'
import { estimate } from '../metrics/index.ts'
import type { TargetSpec } from '../nn/index.ts'
import { defaultTableSystem, tableSystem } from '../systems/index.ts'
import { parseOptions, type SearchResult, type VerbProgress } from '../system/index.ts'
import { answersOf, writeBundle, type FitProgress, type TrainingOptions } from '../train/index.ts'
import { beginRun } from './begin-run.ts'
import { baselines, type Baseline, type Measure } from './baselines.ts'
import type { EmbeddingKind } from './embedding.ts'
import { interactionsOf } from './interactions.ts'
import { learningOf, type FitSettings, type LearnedModel } from './learning.ts'
import { planOf, type FitPlan } from './plan.ts'
import { reportOf } from './report.ts'
import { RunFolder, type RunFile } from './run-folder.ts'
import { tableFor } from './table-for.ts'
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
  /** How fields become inputs: `scaling`, `minCount`, `maxLength`, `maxValues`. */
  encoding?: Record<string, unknown>
  /** Whether each value has a row of its own (`separate`, the default) or shares rows. */
  embedding?: EmbeddingKind
  /** Of shared rows: `rows`, `chunks`. */
  sharing?: Record<string, unknown>
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
  /** Where the tensors of a network are computed. Default cpu. */
  device?: Device
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
  /** Drawn in the report beside what the system shows of itself. */
  figures?: readonly ChartSpec[]
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
  /** What a system that learns by itself does before its rounds: a search, its candidates. */
  | ({ kind: 'search' } & VerbProgress)
  /** Of a system that learns by itself, in at most `total` rounds. */
  | { kind: 'round'; round: number; total: number; trainLoss: number }
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
  /** Passes over the training rows, or the `unit` a system learns in. */
  epochs: { ran: number; best: number; metric: string; unit?: 'round' }
  complete: boolean
  /** Where the model was chosen among several: all of them, by validation rows. */
  search?: Pick<SearchResult, 'candidates' | 'best'>
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
  const { signal, onProgress } = options
  const system = tableSystem(options.system ?? defaultTableSystem)
  const settingsOf = parseOptions(system, options.set ?? {})
  await requireDevice(options.device)
  onProgress?.({ kind: 'stage', stage: 'data' })
  const prepared = await tableFor(input, options, system)
  const learning = learningOf(system, settingsOf, prepared, options)
  const { settings, unit } = learning
  const plan = planOf(prepared, system.name, options.system === undefined, learning, settingsOf)
  onProgress?.({ kind: 'plan', plan })
  for (const warning of prepared.warnings) onProgress?.({ kind: 'warning', warning })
  if (options.dryRun)
    return { schema: 'interplay.plan/1', interplay: version, command: 'fit', plan, warnings: prepared.warnings }

  const learner = learning.start()
  try {
    const { folder, file } = await beginRun(input, prepared, plan, options)
    onProgress?.({ kind: 'run', run: folder.path })
    try {
      const learned = await learner.run(folder)
      const document = await measure({ learned, prepared, settings, unit, folder, file, plan, started }, options)
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

interface Source {
  learned: LearnedModel
  prepared: PreparedTable
  settings: FitSettings
  unit?: 'round'
  folder: RunFolder
  file: RunFile
  plan: FitPlan
  started: number
}

/** Writes the bundle, then measures: a run stopped after its training can answer already. */
async function measure(
  { learned, prepared, settings, unit, folder, file, plan, started }: Source,
  options: FitOptions,
): Promise<FitDocument> {
  const { seed, threads } = settings
  const { signal, onProgress } = options
  const { spec } = prepared
  const { system, options: chosen } = plan.settings
  const { model, training, parameters, search } = learned
  const data = { ...prepared, test: prepared.test.rows > 0 ? prepared.test : prepared.valid }
  const interrupted = training.stopped === 'interrupted'
  const answers = interrupted ? [] : await answersOf(model, data.test)
  const test = answers.map(each => estimate(each))
  await writeBundle(folder.path, model.export({ system, interplay: version }), {
    interplay: version,
    system,
    task: 'table',
    ...prepared.encoding,
    metrics: interrupted ? {} : { test: plainMetrics(test[0]!) },
    data: { name: prepared.name, sha256: prepared.inputs[0]?.sha256 ?? '', rows: prepared.schema.rows },
    parameters,
  })
  signal?.throwIfAborted()
  const valid = (await answersOf(model, data.valid)).map(each => estimate(each))
  onProgress?.({ kind: 'stage', stage: 'baselines' })
  const peers = await baselines(data, { system, seed, threads, signal })
  onProgress?.({ kind: 'stage', stage: 'interactions' })
  const measured = await interactionsOf(model, prepared, { budget: options.budget, seed, signal })
  const document: FitDocument = {
    schema: 'interplay.fit/1',
    interplay: version,
    command: 'fit',
    seed,
    seconds: (performance.now() - started) / 1000,
    warnings: [...prepared.warnings, ...learned.warnings],
    notes: [...prepared.notes, ...learned.notes, ...(measured && additive(measured) ? [additiveNote] : [])],
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
    epochs: { ran: training.epochs, best: training.bestEpoch, metric: training.metric, ...(unit ? { unit } : {}) },
    complete: training.stopped !== 'time-limit',
    ...(search ? { search: { candidates: search.candidates, best: search.best } } : {}),
    files: ['report.html', 'model.onnx', 'interplay.json', ...Object.keys(search?.files ?? {})],
  }
  for (const [name, text] of Object.entries(search?.files ?? {})) await folder.writeText(name, text)
  await folder.writeJson('result.json', document)
  onProgress?.({ kind: 'stage', stage: 'report' })
  const figures = [...(options.figures ?? []), ...(search?.figures ?? [])]
  const source = {
    document,
    prepared,
    learner: model,
    training,
    measured,
    answers: answers[0]!,
    settings,
    file,
    figures,
    kept: search?.files ?? {},
  }
  const page = await reportOf(source).catch((error: unknown) => {
    signal?.throwIfAborted()
    return error as Error
  })
  if (typeof page !== 'string') return withoutReport(document, page, folder, onProgress)
  await folder.writeText('report.html', page)
  return document
}

/** What a run is whose page cannot be drawn: whole but for the page. */
async function withoutReport(
  document: FitDocument,
  { message }: Error,
  folder: RunFolder,
  onProgress: FitOptions['onProgress'],
): Promise<FitDocument> {
  const warning = { code: 'report/not-drawn', message: `report.html could not be drawn: ${message}` }
  onProgress?.({ kind: 'warning', warning })
  const rest = {
    ...document,
    warnings: [...document.warnings, warning],
    files: document.files.filter(name => name !== 'report.html'),
  }
  await folder.writeJson('result.json', rest)
  return rest
}

/** Whether no two fields do together what neither does alone. */
const additive = ({ pairs }: InteractionMeasurement): boolean =>
  pairs.length > 0 && pairs.every(pair => pair.value === 0)

const additiveNote = 'no two fields act together in any pair that was measured'

const strongest = (measured: InteractionMeasurement | undefined): FitInteraction[] =>
  (measured?.pairs ?? [])
    .filter(pair => pair.refined && pair.value > 0)
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
