import { availableParallelism, cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { requireDevice, type Device } from '../engine/index.ts'
import type { OperatorTime } from '../engine/runtime/operator-times.ts'
import { InterplayError, isInterplayError, suggest } from '../errors/index.ts'
import { entryBeside } from '../server/inference/entry.ts'
import { stepsOfRun } from '../train/index.ts'
import { recipe, speedCases } from './speed/cases.ts'
import { compare } from './speed/compare.ts'
import { startContender, type Contender } from './speed/contender.ts'
import type { Round, RoundsSetup } from './speed/rounds.ts'
import type { CompileTime } from './speed/trainer.ts'
import { version } from './version.ts'

export interface SpeedOptions {
  /** Rows of the table; all where left out. */
  systems?: readonly string[]
  against?: 'torch'
  /** The Python that has the peer's library. */
  python?: string
  rounds?: number
  /** Rows a step; each case's own where left out. */
  batch?: number
  threads?: number
  /** Where our steps are computed; a peer takes the card where this is not the processor. */
  device?: Device
  seed?: number
  signal?: AbortSignal
  onProgress?: (row: SpeedRow) => void
}

/** The middle of the rounds, and the ends. */
export interface Spread {
  median: number
  min: number
  max: number
}

export interface SpeedRow {
  system: string
  /** Rows, images or sequences a step. */
  batch: number
  /** Of them, how many a second. */
  ours: Spread | null
  peer: Spread | null
  /** Ours over the peer's. */
  ratio: number | null
  /** Bytes; `peer` is null where it was not measured. */
  peakBytes: { ours: number; peer: number | null } | null
  /** State, feeds and intermediates in bytes, as named before the first step. */
  plannedBytes: number | null
  /** Seconds until the training program could run. */
  compileSeconds: CompileTime | null
  /** Rate of the step's matrix products over that of a plain MatMul in the same round. */
  ofMatMul: Spread | null
  /** Where the time of our step goes. */
  operators?: OperatorTime[]
  /** What JavaScript held after the last round over what it held after the first, and the steps between. */
  heap?: HeapGrowth
  /** Operators of a step that fall to the processor though another device was asked for. */
  onProcessor?: string
  /** Why the peer was not measured. */
  reason?: string
}

export interface HeapGrowth {
  steps: number
  grownBytes: number
}

export interface SpeedDocument {
  schema: 'interplay.speed/1'
  interplay: string
  command: 'bench speed'
  seed: number
  seconds: number
  warnings: never[]
  machine: {
    processor: string
    threads: number
    device: Device
    /** The card, as a peer names it. */
    card: string | null
  }
  against: 'torch' | null
  /** What every case was asked to take; null where each took its own. */
  batch: number | null
  rounds: number
  /** Operations a second of a 1024 x 1024 x 1024 MatMul of the same runtime, between the rounds. */
  matmul: Spread
  rows: SpeedRow[]
}

/**
 * Rows a second of a whole training step (forward, gradient, clipping, Adam) on drawn Frappe-shaped rows, images or text,
 * each system in a process of its own, in turns with a peer's.
 *
 * @throws InterplayError `option/invalid` for a system that has no case.
 */
export async function speed(options: SpeedOptions = {}): Promise<SpeedDocument> {
  const started = performance.now()
  const {
    systems = byDefault,
    against = null,
    rounds = 7,
    batch = null,
    seed = 1,
    device = 'cpu',
    onProgress,
  } = options
  const threads = options.threads ?? availableParallelism()
  systems.forEach(expectCase)
  await requireDevice(device)
  const rows: SpeedRow[] = []
  const rates: number[] = []
  let card: string | null = null
  for (const name of systems) {
    const setup = { name, batch: batch ?? speedCases[name]!.batch, threads, device, seed }
    const { row, matmul, on } = await measure(setup, rounds, options)
    card ??= on
    rows.push(row)
    rates.push(...matmul)
    onProgress?.(row)
  }
  return {
    schema: 'interplay.speed/1',
    interplay: version,
    command: 'bench speed',
    seed,
    seconds: (performance.now() - started) / 1000,
    warnings: [],
    machine: { processor: cpus()[0]?.model ?? 'unknown', threads, device, card },
    against,
    batch,
    rounds,
    matmul: spreadOf(rates),
    rows,
  }
}

const byDefault = Object.keys(speedCases).filter(name => !speedCases[name]!.onRequest)

function expectCase(name: string): void {
  const known = Object.keys(speedCases)
  if (known.includes(name)) return
  throw new InterplayError('option/invalid', `no speed is measured of '${name}'`, {
    where: `--systems ${name}`,
    why: `nearest: ${suggest(name, known).join(', ') || known.join(', ')}`,
  })
}

async function measure(setup: RoundsSetup, rounds: number, { against, python, signal }: SpeedOptions) {
  const { url, execArgv } = entryBeside(import.meta.url, 'speed/worker')
  const arguments_ = [...execArgv, fileURLToPath(url), JSON.stringify(setup)]
  const ours = await startContender(process.execPath, arguments_, signal)
  const peer = against ? await startPeer(setup, python, signal) : undefined
  const met = typeof peer === 'object' ? peer : undefined
  try {
    const [own, others] = await compare(ours, met, rounds, Math.max(2, stepsOfRun(setup.device)))
    const row = rowOf(setup, own, others)
    row.operators = await ours.operators()
    const heap = heapOver(own, setup.batch)
    if (heap) row.heap = heap
    if (own[0]!.onProcessor) row.onProcessor = own[0]!.onProcessor
    if (typeof peer === 'string') row.reason = peer
    const on = typeof met?.ready.card === 'string' ? met.ready.card : null
    return { row, matmul: own.map(round => round.products!.matmul), on }
  } finally {
    await Promise.all([ours.close(), met?.close()])
  }
}

const peers = new URL('../../bench/peers/', import.meta.url)

/** The peer of a case, or why there is none. */
async function startPeer(
  { name, batch, threads, device = 'cpu' }: RoundsSetup,
  python = 'python3',
  signal?: AbortSignal,
): Promise<Contender | string> {
  const speedCase = speedCases[name]!
  const script = new URL('system' in speedCase ? 'torch_tables.py' : 'torch_networks.py', peers)
  const settings = {
    threads,
    batch,
    ...(device !== 'cpu' && { device: 'cuda' }),
    clip: recipe.clipNorm,
    'learning-rate': recipe.learningRate,
  }
  const flags = Object.entries(settings).flatMap(([key, value]) => [`--${key}`, String(value)])
  try {
    return await startContender(python, [fileURLToPath(script), ...speedCase.peer, ...flags], signal)
  } catch (error) {
    if (!isInterplayError(error)) throw error
    const absent = /ENOENT|No module named/.test(error.why ?? '')
    return absent ? 'peer not installed' : `the peer ended: ${error.why}`
  }
}

function rowOf({ name, batch }: RoundsSetup, own: readonly Round[], others: readonly Round[]): SpeedRow {
  const rate = (rounds: readonly Round[]) => spreadOf(rounds.map(round => round.rowsPerSecond))
  const peak = (rounds: readonly Round[]) => Math.max(...rounds.map(round => round.peakBytes))
  const ours = rate(own)
  const peer = others.length > 0 ? rate(others) : null
  return {
    system: name,
    batch,
    ours,
    peer,
    ratio: peer && ours.median / peer.median,
    peakBytes: { ours: peak(own), peer: peer && peak(others) },
    plannedBytes: own[0]!.plannedBytes ?? null,
    compileSeconds: own[0]!.compileSeconds ?? null,
    ofMatMul: spreadOf(own.map(({ products }) => products!.step / products!.matmul)),
  }
}

function heapOver(own: readonly Round[], batch: number): HeapGrowth | undefined {
  const rows = own.slice(1).reduce((total, { seconds, rowsPerSecond }) => total + seconds * rowsPerSecond, 0)
  if (rows === 0) return undefined
  return { steps: Math.round(rows / batch), grownBytes: own.at(-1)!.heldBytes! - own[0]!.heldBytes! }
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const median = (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2
  return { median, min: sorted[0]!, max: sorted.at(-1)! }
}
