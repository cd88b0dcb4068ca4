import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { InterplayError } from '../errors/index.ts'
import { entryBeside } from '../server/inference/entry.ts'
import { version } from './version.ts'

export interface EncodingRow {
  /** With an empty cache, or from the entry that the cold runs left. */
  cache: 'cold' | 'warm'
  rows: number
  /** Median over the rounds, without the start of the process. */
  seconds: number
  rowsPerSecond: number
  /** Processor time of the whole process, its start included. */
  cpuSeconds: number
  /** Largest resident set of any round. */
  peakBytes: number
  /** Of the encoded columns. */
  encodedBytes: number
}

export interface EncodingDocument {
  schema: 'interplay.bench-encoding/1'
  interplay: string
  command: 'bench encoding'
  seconds: number
  warnings: never[]
  input: string
  threads: number
  rounds: number
  rows: EncodingRow[]
}

export interface BenchEncodingOptions {
  target?: string[]
  threads?: number
  rounds?: number
  signal?: AbortSignal
  onProgress?: (said: string) => void
}

type Trial = Omit<EncodingRow, 'cache' | 'rowsPerSecond'>

/**
 * How fast an input becomes typed arrays, each round in a process of its own with an empty cache folder: first cold, then
 * again from the cache.
 */
export async function benchEncoding(input: string, options: BenchEncodingOptions): Promise<EncodingDocument> {
  const { threads = availableParallelism(), rounds = 3, signal, onProgress } = options
  const started = performance.now()
  const trials: Record<EncodingRow['cache'], Trial[]> = { cold: [], warm: [] }
  for (let round = 1; round <= rounds; round++) {
    const home = await mkdtemp(join(tmpdir(), 'interplay-bench-'))
    try {
      for (const cache of ['cold', 'warm'] as const) {
        onProgress?.(`round ${round} of ${rounds}, ${cache}`)
        trials[cache].push(await trial(input, { target: options.target, threads }, home, signal))
      }
    } finally {
      await rm(home, { recursive: true, force: true })
    }
  }
  return {
    schema: 'interplay.bench-encoding/1',
    interplay: version,
    command: 'bench encoding',
    seconds: (performance.now() - started) / 1000,
    warnings: [],
    input,
    threads,
    rounds,
    rows: (['cold', 'warm'] as const).map(cache => summary(cache, trials[cache])),
  }
}

async function trial(input: string, options: object, home: string, signal?: AbortSignal): Promise<Trial> {
  const { url, execArgv } = entryBeside(import.meta.url, 'encoding-trial')
  const words = [...execArgv, fileURLToPath(url), JSON.stringify([input, options])]
  const environment = { ...process.env, INTERPLAY_HOME: home, ...datasetsOf() }
  try {
    const { stdout } = await promisify(execFile)(process.execPath, words, { env: environment, signal })
    return JSON.parse(stdout) as Trial
  } catch (cause) {
    signal?.throwIfAborted()
    const text = (cause as { stderr?: string }).stderr ?? ''
    const said = /InterplayError: (.*)/.exec(text)?.[1]
    throw new InterplayError('data/encoding-failed', `'${input}' cannot be encoded`, {
      why: said,
      try: `interplay data show ${input}`,
      cause,
    })
  }
}

/** Fetched datasets stay within reach of a process whose cache is empty. */
const datasetsOf = () =>
  process.env['INTERPLAY_DATA'] === undefined && process.env['INTERPLAY_HOME'] !== undefined
    ? { INTERPLAY_DATA: join(process.env['INTERPLAY_HOME'], 'datasets') }
    : {}

function summary(cache: EncodingRow['cache'], trials: Trial[]): EncodingRow {
  const median = (of: (trial: Trial) => number) =>
    trials.map(of).sort((a, b) => a - b)[Math.floor((trials.length - 1) / 2)]!
  const { rows, encodedBytes } = trials[0]!
  const seconds = median(trial => trial.seconds)
  return {
    cache,
    rows,
    seconds,
    rowsPerSecond: rows / seconds,
    cpuSeconds: median(trial => trial.cpuSeconds),
    peakBytes: Math.max(...trials.map(trial => trial.peakBytes)),
    encodedBytes,
  }
}
