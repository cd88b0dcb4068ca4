import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { saveSafetensors } from '../../engine/safetensors-file.ts'
import { InterplayError } from '../../errors/index.ts'
import { renderExplanationPage } from '../../report/index.ts'
import {
  parseOptions,
  type AnySystem,
  type Explanation,
  type StudyTable,
  type VerbProgress,
} from '../../system/index.ts'
import { systems } from '../../systems/index.ts'
import { writeWhole } from '../../train/index.ts'
import { version } from '../version.ts'
import type { ExplainDocument } from './explain.ts'
import { networkSubject } from './network-subject.ts'

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
    const out = options.dryRun ? undefined : options.out
    const document: SystemExplainDocument = {
      schema: 'interplay.explain/1',
      interplay: version,
      command: 'explain',
      seed,
      seconds: (performance.now() - started) / 1000,
      warnings: [],
      lens: system.name,
      predictor: path,
      data: subject.name,
      rows: Object.values(subject.data.inputs as Record<string, { dims: number[] }>)[0]!.dims[0]!,
      row: null,
      units: 'of the measure',
      results: explanation.results.map(({ set, index, value, low, high, reason }) => ({
        set: [...set],
        index,
        order: set.length,
        value,
        low: low ?? null,
        high: high ?? null,
        exact: true,
        budget: 0,
        imputer: 'none',
        ...(reason !== undefined && { reason }),
      })),
      complete: explanation.complete,
      cost: { lenses: [system.name], predictions: 0, seconds: 0 },
      notes: [...(explanation.notes ?? [])],
      options: chosen,
      table: explanation.table ?? null,
      out: out ?? null,
    }
    if (out !== undefined) await write(document, explanation, out, options.command)
    return document
  } finally {
    await subject.close()
  }
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
  throw new InterplayError('option/conflict', `${system.name} looks into a network, --${name} is of rows`, {
    where: `--${name}`,
  })
}
