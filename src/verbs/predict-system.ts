import { mkdir, writeFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { requireDevice, type Device } from '../engine/index.ts'
import { InterplayError } from '../errors/index.ts'
import {
  parseOptions,
  type AnySystem,
  type Answer,
  type Attached,
  type RunContext,
  type VerbProgress,
} from '../system/index.ts'
import { systemNamed } from '../systems/index.ts'
import { keepInputs, lines, tableFile, type Column } from './answers-out.ts'
import type { PredictDocument } from './predict.ts'
import { givenRun, readSystemBundle } from './system-bundle.ts'
import { systemData } from './system-data.ts'
import { version } from './version.ts'

export interface SystemPredictOptions {
  /** A table file for the records, a file for the one that a system makes, or a folder for several. */
  out?: string
  /** Options of a system that plays or generates without being fitted. */
  set?: Record<string, unknown>
  /** Runs whose systems add to the answers: erasers and other adapters. */
  with?: readonly string[]
  /** Answers an item, of a system that ranks them. */
  top?: number
  stream?: NodeJS.WritableStream
  seed?: number
  threads?: number
  device?: Device
  signal?: AbortSignal
  onProgress?: (progress: VerbProgress) => void
  /** Finds the system a run names; the catalogue by default. */
  system?: (name: string) => AnySystem
}

/** Answers items by a run of a system with a fit of its own. Throws what its data and the system throw. */
export async function predictByRun(
  folder: string,
  inputs: Readonly<Record<string, string>>,
  options: SystemPredictOptions = {},
): Promise<PredictDocument> {
  const started = performance.now()
  keepInputs(options.out, Object.values(inputs))
  await requireDevice(options.device)
  const { bundle, saved } = await readSystemBundle(folder)
  const named = options.system ?? systemNamed
  const system = named(bundle.system)
  const attached = await Promise.all((options.with ?? []).map(run => attachedRun(run, named)))
  const context = { ...contextOf(options), with: attached }
  const fitted = await system.load!(saved, context)
  try {
    const { seed, signal } = context
    const known = saved.description.data
    const { data } = await systemData(system, { inputs, purpose: 'predict', seed, known, signal })
    return await written(await fitted.predict(data, context), options, started)
  } finally {
    await fitted.close?.()
  }
}

/** Plays a world, or generates from inputs, where nothing is fitted. Throws `usage/wrong-verb`. */
export async function predictBySystem(
  system: AnySystem,
  inputs: Readonly<Record<string, string>>,
  options: SystemPredictOptions = {},
): Promise<PredictDocument> {
  const started = performance.now()
  await requireDevice(options.device)
  if (!system.predict) {
    throw new InterplayError('usage/wrong-verb', `${system.name} predicts nothing before it is fitted`, {
      try: `interplay systems ${system.name}`,
    })
  }
  keepInputs(options.out, Object.values(inputs))
  const context = contextOf(options)
  const chosen = parseOptions(system, options.set ?? {})
  const { data } = await systemData(system, { inputs, purpose: 'predict', seed: context.seed, signal: context.signal })
  return written(await system.predict(data, chosen, context), options, started)
}

/** What a run adds to another's predictions. Throws `usage/wrong-task` where its system adds nothing. */
async function attachedRun(folder: string, named: (name: string) => AnySystem): Promise<Attached> {
  const { name, system, saved } = await givenRun(folder)
  const { attach } = named(system)
  if (attach) return { name, system, part: attach(saved, name) }
  throw new InterplayError(
    'usage/wrong-task',
    `'${folder}' is a run of ${system}, which adds nothing to another's answers`,
    {
      where: `--with ${folder}`,
    },
  )
}

const contextOf = ({ seed = 1, threads = 1, device, signal, top, onProgress }: SystemPredictOptions): RunContext => ({
  seed,
  threads,
  device,
  signal,
  top,
  progress: event => onProgress?.(event),
})

const tableEndings = ['.jsonl', '.ndjson', '.csv', '.tsv', '.parquet']

async function written(
  answer: Answer,
  { out, stream, seed = 1 }: SystemPredictOptions,
  started: number,
): Promise<PredictDocument> {
  const files = Object.entries(answer.files ?? {})
  const asTable = out === undefined || tableEndings.includes(extname(out).toLowerCase())
  if (asTable) await writeRecords(answer, out, stream)
  else if (files.length === 1 && extname(out) !== '') await writeFile(out, files[0]![1])
  else {
    await mkdir(out, { recursive: true })
    for (const [name, content] of files) await writeFile(join(out, name), content)
    await writeRecords(answer, join(out, 'records.jsonl'), stream)
  }
  return {
    schema: 'interplay.predict/1',
    interplay: version,
    command: 'predict',
    seed,
    seconds: (performance.now() - started) / 1000,
    warnings: [],
    out: out ?? null,
    rows: answer.records.length,
    unseen: {},
  }
}

async function writeRecords(
  { records }: Answer,
  out: string | undefined,
  stream = process.stdout as NodeJS.WritableStream,
) {
  const names = [...new Set(records.flatMap(record => Object.keys(record)))]
  const columns = names.map((name): Column => ({ name, value: row => records[row]![name] }))
  const text = (name: string) => records.some(record => typeof record[name] === 'string')
  await using sink =
    out === undefined
      ? lines(stream)
      : await tableFile(
          out,
          names.map(name => ({ name, text: text(name) })),
        )
  await sink.write(
    Int32Array.from(records, (_, row) => row + 1),
    columns,
  )
  await sink.end()
}
