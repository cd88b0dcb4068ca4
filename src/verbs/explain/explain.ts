import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { InterplayError, suggest } from '../../errors/index.ts'
import { CheckedPredictor, imputerNames, indices, rowsIn, type Constraint, type IndexName } from '../../lenses/index.ts'
import { renderExplainPage, type About, type ExplainReport } from '../../report/index.ts'
import type { RulesDocument } from '../../systems/explain/blackbox-highdim/explanation.ts'
import { writeWhole } from '../../train/index.ts'
import { version } from '../version.ts'
import { endpointSubject, onnxSubject } from './foreign-subject.ts'
import type { Lens, LensFinding, LensOptions, LensReport } from './lens.ts'
import { lensNamed, usualLenses } from './lenses.ts'
import { rowOf } from './row.ts'
import { runSubject } from './run-subject.ts'
import type { Subject } from './subject.ts'

export interface ExplainOptions {
  /** Rows to explain on; a run rereads its own data. */
  input?: string
  /** Field of the labels, for predictors that are no runs. */
  target?: string
  lens?: string[]
  /** Row to look at, from 1. */
  row?: number
  index?: string
  order?: number
  /** Findings said, and figures drawn. */
  top?: number
  /** Predictions to spend. */
  predictions?: number
  /** Seconds to spend. */
  seconds?: number
  /** `marginal` or `baseline`. */
  imputer?: string
  constraints?: readonly Constraint[]
  /** Of a lens that is a system: its options, where they are not options here. */
  settings?: Readonly<Record<string, unknown>>
  /** Models of a cloud, beside those made for single sets. */
  models?: number
  seed?: number
  threads?: number
  /** Folder of the result; `explain/<lens>-<hash8>` in a run's folder by default, nothing for other predictors. */
  out?: string
  /** Seconds one request to the predictor may take. */
  timeout?: number
  /** Stops after saying what it would cost. */
  dryRun?: boolean
  /** Rejects at once. */
  signal?: AbortSignal
  /** Ends with what was measured until then, `complete` being false; before anything is measured it rejects as `signal` does. */
  stop?: AbortSignal
  onProgress?: (progress: ExplainEvent) => void
  /** Kept in the result. */
  command?: string
}

export type ExplainEvent =
  { kind: 'cost'; cost: ExplainCost } | { kind: 'progress'; lens: string; done: number; total: number }

/** What the lenses will spend, before they do. */
export interface ExplainCost {
  lenses: string[]
  predictions: number
  /** At the pace of a first request. */
  seconds: number
}

export interface ExplainFinding extends LensFinding {
  /** Predictions its lens spent. */
  budget: number
}

/** The document of `explain --json` and of `result.json`. */
export interface ExplainDocument {
  schema: 'interplay.explain/1'
  interplay: string
  command: 'explain'
  seed: number
  seconds: number
  warnings: { code: string; message: string }[]
  lens: string
  predictor: string
  data: string
  rows: number
  row: number | null
  units: string
  results: ExplainFinding[]
  /** False where a budget, or a wish to stop, ended it early. */
  complete: boolean
  /** What ended it early. */
  stopped?: 'budget' | 'request'
  cost: ExplainCost
  /** What the results are of, where they are no fields. */
  about?: About
  notes: string[]
  /** Of `--rules`. */
  rules?: RulesDocument
  /** Folder of the result and its page; null where it was not written. */
  out: string | null
}

/**
 * Measures what a predictor does: a run, a bundle, an ONNX file or an endpoint.
 *
 * @throws InterplayError `data/no-row`, `usage/unknown-lens`, `option/invalid`, `lens/needs`, `predictor/answer` and what
 * reading the data throws
 */
export async function explainPredictor(path: string, options: ExplainOptions = {}): Promise<ExplainDocument> {
  checkOptions(options)
  const signal = AbortSignal.any([options.signal, options.stop].filter(each => each !== undefined))
  const subject = await openSubject(path, { ...options, signal })
  try {
    return await explainSubject(subject, { ...options, out: options.out ?? folderOf(path, subject, options) })
  } finally {
    await subject.close()
  }
}

/** A run, a bundle, an ONNX file or an endpoint, with its rows. */
export function openSubject(path: string, options: ExplainOptions): Promise<Subject> {
  if (/^https?:\/\//.test(path)) return endpointSubject(path, options)
  if (path.endsWith('.onnx') && existsSync(path) && !existsSync(join(dirname(path), 'interplay.json')))
    return onnxSubject(path, options)
  return runSubject(path, options)
}

/** As `explainPredictor`, for a subject that is open already. */
export async function explainSubject(given: Subject, options: ExplainOptions): Promise<ExplainDocument> {
  const started = performance.now()
  const { row, order = 2, top = 10, seed = 1, signal, stop, onProgress } = options
  checkOptions(options)
  const chosen = options.lens?.length ? options.lens.map(lensNamed) : usualLenses(row)
  refuseRow(chosen, row)
  refuseSettings(chosen, options.settings)
  const checked = new CheckedPredictor(given.predictor, { timeout: options.timeout })
  const subject: Subject = { ...given, predictor: checked }
  if (rowsIn(subject.rows) === 0) throw new InterplayError('data/empty', `'${subject.data}' has no rows`)
  if (row !== undefined) rowOf(subject, row)

  const common: Omit<LensOptions, 'onProgress'> = {
    row,
    index: options.index as IndexName | undefined,
    order,
    predictions: options.predictions === undefined ? undefined : Math.ceil(options.predictions / chosen.length),
    seconds: options.seconds === undefined ? undefined : options.seconds / chosen.length,
    imputer: (options.imputer ?? 'marginal') as LensOptions['imputer'],
    constraints: options.constraints ?? [],
    settings: options.settings,
    models: options.models,
    top,
    seed,
    signal,
    stop,
  }
  const { cost, pace } = await previewCost(subject, chosen, common, signal)
  onProgress?.({ kind: 'cost', cost })
  const bounded =
    common.seconds === undefined ? common : { ...common, predictions: affordable(common, chosen, subject, pace) }
  const reports = await reportsOf(subject, options.dryRun ? [] : chosen, bounded, onProgress)
  const complete = options.dryRun === true || (reports.length === chosen.length && reports.every(each => each.complete))
  const names = chosen.map(lens => lens.name).join('+')
  const about = reports.find(report => report.about)?.about
  const document: ExplainDocument = {
    schema: 'interplay.explain/1',
    interplay: version,
    command: 'explain',
    seed,
    seconds: (performance.now() - started) / 1000,
    warnings: [],
    lens: names,
    predictor: subject.name,
    data: subject.data,
    rows: Math.max(0, ...reports.map(report => report.rows)),
    row: row ?? null,
    units: reports.find(report => report.units)?.units ?? subject.units,
    results: reports.flatMap(({ results, predictions }) => results.map(result => ({ ...result, budget: predictions }))),
    complete,
    ...(complete ? {} : { stopped: stop?.aborted ? 'request' : 'budget' }),
    cost,
    ...(about ? { about } : {}),
    notes: [...subject.notes, ...reports.flatMap(report => report.notes)],
    ...Object.assign({}, ...reports.map(report => report.parts)),
    out: options.dryRun ? null : (options.out ?? null),
  }
  if (document.out !== null) await write(document, reports, subject, options, document.out)
  return document
}

/** One lens after another; once a report stands, a wish to stop keeps it. */
async function reportsOf(
  subject: Subject,
  chosen: readonly Lens[],
  options: Omit<LensOptions, 'onProgress'>,
  onProgress: ExplainOptions['onProgress'],
): Promise<LensReport[]> {
  const reports: LensReport[] = []
  for (const lens of chosen) {
    const progress = (done: { done: number; total: number }) =>
      onProgress?.({ kind: 'progress', lens: lens.name, ...done })
    try {
      options.stop?.throwIfAborted()
      reports.push(await lens.run(subject, { ...options, onProgress: progress }))
    } catch (error) {
      if (reports.length > 0 && error === options.stop?.reason) break
      throw error
    }
  }
  return reports
}

function checkOptions({ index, imputer, order, row }: ExplainOptions): void {
  const names = Object.keys(indices)
  if (index !== undefined && !names.includes(index)) {
    const near = suggest(index, names)
    throw new InterplayError('option/invalid', `index must be one of ${names.join(', ')}, got '${index}'`, {
      where: `--index ${index}`,
      try: `--index ${names.find(name => name.toLowerCase() === index.toLowerCase()) ?? near[0] ?? 'SII'}`,
    })
  }
  if (imputer !== undefined && !imputerNames.includes(imputer as 'marginal'))
    throw new InterplayError('option/invalid', `imputer must be one of ${imputerNames.join(', ')}, got '${imputer}'`)
  if (order !== undefined && !(Number.isInteger(order) && order >= 1))
    throw new InterplayError('option/invalid', `order must be an integer >= 1, got '${order}'`)
  if (row !== undefined && !(Number.isInteger(row) && row >= 1))
    throw new InterplayError('option/invalid', `row must be an integer >= 1, got '${row}'`, { where: `--row ${row}` })
}

function refuseRow(chosen: readonly Lens[], row: number | undefined): void {
  const wrong = chosen.find(lens => (row === undefined ? lens.of === 'row' : lens.of === 'rows'))
  if (!wrong) return
  throw row === undefined
    ? new InterplayError('usage/missing-value', `${wrong.name} looks at one row`, {
        try: `--lens ${wrong.name} --row 1`,
      })
    : new InterplayError('option/conflict', `${wrong.name} looks at all rows together, not at one`, {
        where: `--row ${row}`,
        try: `--lens ${wrong.name} without --row, or --lens indices --row ${row}`,
      })
}

function refuseSettings(chosen: readonly Lens[], settings: ExplainOptions['settings'] = {}): void {
  const [unknown] = Object.keys(settings)
  if (unknown === undefined || chosen.some(lens => lens.system)) return
  throw new InterplayError('option/unknown', `explain has no option '${unknown}'`, {
    where: `--set ${unknown}`,
    why: 'there are imputer, timeout, immutable, only, range, and the options of a lens that is a system',
  })
}

const probeRows = 1024

/** What the lenses will cost, at the pace of one request of some rows. */
async function previewCost(
  subject: Subject,
  chosen: readonly Lens[],
  options: Omit<LensOptions, 'onProgress'>,
  signal?: AbortSignal,
): Promise<{ cost: ExplainCost; pace: number }> {
  const { predictor, rows } = subject
  const count = Math.min(probeRows, rowsIn(rows))
  const some = rows.map(column => column.subarray(0, count))
  const began = performance.now()
  await predictor.predict(some, signal)
  const pace = (performance.now() - began) / 1000 / count
  const all: LensOptions = { ...options, onProgress: () => {} }
  const predictions = chosen.reduce((sum, lens) => sum + lens.cost(subject, all), 0)
  const seconds = Math.min(predictions * pace, (options.seconds ?? Infinity) * chosen.length)
  return { cost: { lenses: chosen.map(lens => lens.name), predictions, seconds }, pace }
}

/** Predictions a time buys; no more than a lens wants by itself. */
function affordable(
  options: Omit<LensOptions, 'onProgress'>,
  chosen: readonly Lens[],
  subject: Subject,
  pace: number,
): number | undefined {
  const buys = Math.max(1, Math.floor((0.8 * options.seconds!) / pace))
  const most = Math.max(...chosen.map(lens => lens.cost(subject, { ...options, onProgress: () => {} })))
  return buys >= most ? options.predictions : Math.min(buys, options.predictions ?? Infinity)
}

/** `explain/<lens>-<hash8>` of a run's folder. The hash is of the model, the data and everything asked. */
function folderOf(path: string, subject: Subject, options: ExplainOptions): string | undefined {
  const folder = path.endsWith('interplay.json') || path.endsWith('.onnx') ? dirname(path) : path
  if (!existsSync(join(folder, 'run.json'))) return undefined
  const { input, target, lens, row, index, order, predictions, seconds, imputer, constraints, settings, models, seed } =
    options
  const lenses = { lens, row, index, order, imputer, constraints, settings, models }
  const asked = { input, target, ...lenses, predictions, seconds, seed }
  const hash = createHash('sha256')
    .update(JSON.stringify([subject.model, subject.data, asked]))
    .digest('hex')
  const names = lens?.length ? lens : usualLenses(row).map(each => each.name)
  return join(folder, 'explain', `${names.join('+')}-${hash.slice(0, 8)}`)
}

async function write(
  document: ExplainDocument,
  reports: readonly LensReport[],
  subject: Subject,
  options: ExplainOptions,
  folder: string,
): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeWhole(join(folder, 'result.json'), `${JSON.stringify(document, null, 1)}\n`)
  const report: ExplainReport = {
    schema: document.schema,
    interplay: version,
    lens: document.lens,
    predictor: basename(resolve(document.predictor)),
    data: document.row === null ? document.data : `${document.data}, row ${document.row}`,
    rows: document.rows,
    fields: subject.predictor.fields.map(({ name }) => name),
    units: document.units,
    results: document.results.map(result => ({ ...result, set: [...result.set] })),
    complete: document.complete,
    stopped: document.stopped,
    about: document.about,
    created: new Date().toISOString(),
    seconds: document.seconds,
    seed: document.seed,
    command: options.command ?? `interplay explain ${document.predictor}`,
    pairs: reports.flatMap(({ pairs = [] }) => pairs),
    figures: reports.flatMap(({ figures = [] }) => figures),
    warnings: document.warnings,
    notes: document.notes,
  }
  await writeWhole(join(folder, 'page.html'), await renderExplainPage(report))
}
