import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { resolveInput } from '../../data/index.ts'
import { saveSafetensors } from '../../engine/safetensors-file.ts'
import { InterplayError } from '../../errors/index.ts'
import { renderExplanationPage } from '../../report/index.ts'
import {
  parseOptions,
  type AnySystem,
  type Explanation,
  type GivenRun,
  type StudyTable,
  type VerbProgress,
} from '../../system/index.ts'
import { systemNamed, systems } from '../../systems/index.ts'
import { writeWhole } from '../../train/index.ts'
import { RunFolder } from '../run-folder.ts'
import { bundleSystem, givenRun } from '../system-bundle.ts'
import { systemData } from '../system-data.ts'
import { version } from '../version.ts'
import type { ExplainDocument } from './explain.ts'
import { networkSubject, type NetworkSubject } from './network-subject.ts'

export interface SystemExplainOptions {
  /** What the network is run on. */
  input?: string
  /** Field of the labels, of a table. */
  target?: string
  /** Options of the system. */
  set?: Readonly<Record<string, unknown>>
  seed?: number
  threads?: number
  /** Folder of the result; nothing is written without it. */
  out?: string
  /** Stops once the network, the data and the options are read. */
  dryRun?: boolean
  signal?: AbortSignal
  onProgress?: (progress: VerbProgress) => void
  /** Kept on the page. */
  command?: string
}

/** As `explain --json`, with the table of a system that looks into a network. */
export interface SystemExplainDocument extends ExplainDocument {
  options: Record<string, unknown>
  table: StudyTable | null
  /** What was written to its folder. */
  files: string[]
}

/** The system of that name, where it is one that looks into networks. */
export const lensSystem = (name: string): AnySystem | undefined =>
  systems.find(system => system.name === name && system.explain !== undefined && system.task.name === 'network')

/**
 * Looks into a network by a published method.
 *
 * @throws InterplayError `option/*`, `data/*`, `onnx/*`, `lens/needs` and what the system throws
 */
export async function explainNetwork(
  system: AnySystem,
  path: string,
  options: SystemExplainOptions = {},
): Promise<SystemExplainDocument> {
  const started = performance.now()
  const { input, target, seed = 1, threads = 1, signal, onProgress } = options
  const chosen = parseOptions(system, options.set ?? {}) as Record<string, unknown>
  const subject = await networkSubject(path, { input, target, seed, threads, signal })
  try {
    system.task.check?.(subject.data, 'predict')
    const context = { seed, threads, signal, progress: (event: VerbProgress) => onProgress?.(event) }
    const explanation: Explanation = options.dryRun
      ? { results: [], complete: false }
      : await system.explain!(subject.network, subject.data, chosen, context)
    const about = { predictor: path, data: subject.name, rows: rowsOf(subject.data) }
    return await told(system, about, explanation, { ...options, seed, started, chosen })
  } finally {
    await subject.close()
  }
}

const rowsOf = ({ inputs }: NetworkSubject['data']): number => Object.values(inputs)[0]!.dims[0]!

export interface DataExplainOptions extends SystemExplainOptions {
  /** Fields that play the roles of the system's task. */
  roles?: Readonly<Record<string, readonly string[]>>
  /** Folder of a run of the system, where the data are looked at with what it learned. */
  from?: string
}

/**
 * Measures what data tell, without a predictor, by a published method.
 *
 * @throws InterplayError `option/*`, `data/*` and what the system throws
 */
export async function explainData(
  system: AnySystem,
  input: string,
  options: DataExplainOptions = {},
): Promise<SystemExplainDocument> {
  const started = performance.now()
  const { target, roles, from, seed = 1, threads = 1, signal, onProgress } = options
  const chosen = parseOptions(system, options.set ?? {}) as Record<string, unknown>
  const run = from === undefined ? undefined : await givenRun(from)
  const { name, input: table } = resolveInput(input, seed)
  const [role] = system.task.inputs
  const inputs = { [role!]: table as string }
  const data = (await system.task.read!({ inputs, purpose: 'predict', seed, target, roles, signal })) as {
    rows?: number
    items?: number
  }
  system.task.check?.(data, 'predict')
  const context = { seed, threads, signal, from: run, progress: (event: VerbProgress) => onProgress?.(event) }
  const explanation: Explanation = options.dryRun
    ? { results: [], complete: false }
    : await system.explain!(undefined, data, chosen, context)
  const about = { predictor: from ?? name, data: name, rows: data.rows ?? data.items ?? 0 }
  return told(system, about, explanation, { ...options, seed, started, chosen })
}

/** The system of that name, where it learns by itself and explains its runs, and data before any run. */
export const ownLens = (name: string): AnySystem | undefined =>
  systems.find(system => system.name === name && system.fit !== undefined && system.explain !== undefined)

/** The system of a run that it explains itself; undefined for anything else. */
export async function explainsItself(path: string): Promise<AnySystem | undefined> {
  const name = await bundleSystem(path)
  return name === undefined ? undefined : ownLens(name)
}

/**
 * Looks into a run by the system that made it, on the given data, or on those the run learned from.
 *
 * @throws InterplayError `model/*`, `option/*`, `data/*` and what the system throws
 */
export async function explainRun(path: string, options: SystemExplainOptions = {}): Promise<SystemExplainDocument> {
  const from = await givenRun(path)
  const { file } = await RunFolder.open(path)
  const own = { input: file.data[0]?.path, seed: file.seed }
  const { input, seed } = options.input === undefined ? own : { input: options.input, seed: options.seed }
  return explainItems(systemNamed(from.system), input, { ...options, seed }, { from, predictor: path })
}

/** What a system that learns by itself tells of data before anything is learned. */
export const explainUnlearned = (
  system: AnySystem,
  input: string,
  options: SystemExplainOptions = {},
): Promise<SystemExplainDocument> => explainItems(system, input, options, { predictor: input })

async function explainItems(
  system: AnySystem,
  input: string | undefined,
  options: SystemExplainOptions,
  { from, predictor }: { from?: GivenRun; predictor: string },
): Promise<SystemExplainDocument> {
  const started = performance.now()
  const { target, seed = 1, threads = 1, signal, onProgress } = options
  const chosen = parseOptions(system, options.set ?? {}) as Record<string, unknown>
  const [role] = system.task.inputs
  const inputs = input === undefined ? {} : { [role!]: input }
  const { name, data } = await systemData(system, { inputs, purpose: 'predict', seed, target, signal })
  const context = { seed, threads, signal, from, progress: (event: VerbProgress) => onProgress?.(event) }
  const explanation: Explanation = options.dryRun
    ? { results: [], complete: false }
    : await system.explain!(undefined, data, chosen, context)
  const about = {
    predictor: from === undefined ? name : predictor,
    data: name,
    rows: (data as { count: number }).count,
  }
  return told(system, about, explanation, { ...options, seed, started, chosen })
}

/** The document of an explanation, written to its folder where one is given. */
async function told(
  system: AnySystem,
  about: Pick<SystemExplainDocument, 'predictor' | 'data' | 'rows'>,
  explanation: Explanation,
  options: SystemExplainOptions & { seed: number; started: number; chosen: Record<string, unknown> },
): Promise<SystemExplainDocument> {
  const out = options.dryRun ? undefined : options.out
  const document: SystemExplainDocument = {
    schema: 'interplay.explain/1',
    interplay: version,
    command: 'explain',
    seed: options.seed,
    seconds: (performance.now() - options.started) / 1000,
    warnings: [],
    lens: system.name,
    ...about,
    row: null,
    units: explanation.units ?? 'of the measure',
    results: explanation.results.map(({ set, index, value, low, high, exact = true, reason }) => ({
      set: [...set],
      index,
      order: set.length,
      value,
      low: low ?? null,
      high: high ?? null,
      exact,
      budget: 0,
      imputer: 'none',
      ...(reason !== undefined && { reason }),
    })),
    complete: explanation.complete,
    cost: { lenses: [system.name], predictions: 0, seconds: 0 },
    notes: [...(explanation.notes ?? [])],
    options: options.chosen,
    table: explanation.table ?? null,
    files:
      out === undefined ? [] : ['result.json', ...(explanation.tensors ? ['tensors.safetensors'] : []), 'page.html'],
    out: out ?? null,
  }
  if (out !== undefined) await write(document, explanation, out, options.command)
  return document
}

async function write(
  document: SystemExplainDocument,
  { figures, tensors }: Explanation,
  folder: string,
  command = `interplay explain ${document.predictor} --lens ${document.lens}`,
): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeWhole(join(folder, 'result.json'), `${JSON.stringify(document, null, 1)}\n`)
  if (tensors) await saveSafetensors(join(folder, 'tensors.safetensors'), tensors)
  const page = await renderExplanationPage({ ...document, figures, command, created: new Date().toISOString() })
  await writeWhole(join(folder, 'page.html'), page)
}

/** @throws InterplayError `option/conflict` for what only predictors of rows have */
export function refuseRowOptions(system: AnySystem, given: Readonly<Record<string, unknown>>): void {
  const [name] = Object.entries(given).find(([, value]) => value !== undefined) ?? []
  if (name === undefined) return
  const subject =
    system.task.name === 'network' ? 'into a network' : system.fit ? 'at its own data' : 'at a table by itself'
  throw new InterplayError('option/conflict', `${system.name} looks ${subject}, --${name} is of rows of a predictor`, {
    where: `--${name}`,
  })
}
