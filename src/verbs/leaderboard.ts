import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { prepareTable, type PreparedTable } from '../data/index.ts'
import { InterplayError, suggest } from '../errors/index.ts'
import { renderLeaderboardPage, type BoardRow } from '../report/index.ts'
import { writeWhole } from '../train/index.ts'
import type { Protocol } from '../system/index.ts'
import { protocolRun, readProtocol, type ProtocolResult } from '../study/index.ts'
import { tableSystem } from '../systems/index.ts'
import { version } from './version.ts'

export interface LeaderboardOptions {
  /** Rows of the protocol; all of them where left out. */
  systems?: readonly string[]
  /** How many seeds, from the protocol's first. */
  seeds?: number
  threads?: number
  /** Folder of finished rows, so that an interrupted board goes on. */
  out?: string
  signal?: AbortSignal
  onProgress?: (progress: { row: string; seed: number; epoch?: number; value?: number; done?: ProtocolResult }) => void
}

export interface LeaderboardDocument {
  schema: 'interplay.leaderboard/1'
  interplay: string
  command: 'bench leaderboard'
  seconds: number
  warnings: never[]
  dataset: string
  protocol: string
  notes: string[]
  rows: ProtocolResult[]
  summary: BoardRow[]
}

/** Trains the rows of a protocol under its one recipe, seed by seed; finished rows are kept and not trained again. */
export async function leaderboard(dataset: string, options: LeaderboardOptions = {}): Promise<LeaderboardDocument> {
  const started = performance.now()
  const { seeds = 3, threads = 1, signal, onProgress, out = boardFolder(dataset) } = options
  const protocol = await readProtocol(dataset)
  const names = chosenRows(protocol, dataset, options.systems)
  await mkdir(join(out, 'rows'), { recursive: true })
  const data = new Map<number, PreparedTable>()
  const prepared = async (seed: number) => {
    const known =
      data.get(seed) ?? (await prepareTable(`data:${protocol.dataset}`, { ...protocol.prepare, seed, signal }))
    return data.set(seed, known).get(seed)!
  }
  const rows: ProtocolResult[] = []
  for (let s = 0; s < seeds; s++) {
    for (const name of names) {
      const seed = protocol.seeds + s
      const path = rowPath(out, name, seed)
      const kept = await readFile(path, 'utf8').then(
        text => JSON.parse(text) as ProtocolResult,
        () => undefined,
      )
      const result =
        kept ??
        (await protocolRun(protocol, name, tableSystem(protocol.rows[name]!.system), await prepared(seed), {
          seed,
          threads,
          signal,
          onEpoch: (epoch, value) => onProgress?.({ row: name, seed, epoch, value }),
        }))
      if (!kept) await writeWhole(path, `${JSON.stringify(result, null, 1)}\n`)
      onProgress?.({ row: name, seed, done: result })
      rows.push(result)
    }
  }
  const document: LeaderboardDocument = {
    schema: 'interplay.leaderboard/1',
    interplay: version,
    command: 'bench leaderboard',
    seconds: (performance.now() - started) / 1000,
    warnings: [],
    dataset,
    protocol: `bench/protocols/${dataset}.yaml`,
    notes: protocol.notes,
    rows,
    summary: names.map(name => summaryOf(name, rows, protocol)),
  }
  await writeWhole(join(out, 'result.json'), `${JSON.stringify(document, null, 1)}\n`)
  await writeWhole(join(out, 'report.html'), await renderLeaderboardPage(document))
  return document
}

/** The document of `bench leaderboard --dry-run`: which rows would be trained. */
export interface LeaderboardPlan {
  schema: 'interplay.plan/1'
  interplay: string
  command: 'bench leaderboard'
  dataset: string
  protocol: string
  notes: string[]
  rows: { row: string; system: string; seed: number; kept: boolean }[]
}

/** @throws InterplayError `data/not-found`, `option/invalid` */
export async function planLeaderboard(dataset: string, options: LeaderboardOptions = {}): Promise<LeaderboardPlan> {
  const { seeds = 3, out = boardFolder(dataset) } = options
  const protocol = await readProtocol(dataset)
  const names = chosenRows(protocol, dataset, options.systems)
  return {
    schema: 'interplay.plan/1',
    interplay: version,
    command: 'bench leaderboard',
    dataset,
    protocol: `bench/protocols/${dataset}.yaml`,
    notes: protocol.notes,
    rows: Array.from({ length: seeds }, (_, s) => protocol.seeds + s).flatMap(seed =>
      names.map(row => ({
        row,
        system: protocol.rows[row]!.system,
        seed,
        kept: existsSync(rowPath(out, row, seed)),
      })),
    ),
  }
}

/** Where a board goes unless it is told. */
export const boardFolder = (dataset: string): string => join('runs', `leaderboard-${dataset}`)

const rowPath = (out: string, row: string, seed: number): string => join(out, 'rows', `${row}-${seed}.json`)

function chosenRows(protocol: Protocol, dataset: string, systems: readonly string[] | undefined): string[] {
  const known = Object.keys(protocol.rows)
  for (const name of systems ?? []) {
    if (known.includes(name)) continue
    throw new InterplayError('option/invalid', `the ${dataset} protocol has no row '${name}'`, {
      where: `--systems ${name}`,
      why: `nearest: ${suggest(name, known).join(', ') || known.join(', ')}`,
    })
  }
  return systems ? [...systems] : known
}

function summaryOf(name: string, rows: readonly ProtocolResult[], protocol: Protocol): BoardRow {
  const own = rows.filter(row => row.system === name)
  const mean = average(own.map(row => row.testAuc))
  const deviation =
    own.length < 2 ? null : Math.sqrt(own.reduce((sum, row) => sum + (row.testAuc - mean) ** 2, 0) / (own.length - 1))
  return {
    system: name,
    mean,
    deviation,
    logLoss: average(own.map(row => row.testLogLoss)),
    seeds: own.length,
    parameters: own[0]!.parameters,
    seconds: average(own.map(row => row.seconds)),
    published: protocol.rows[name]!.published?.testAuc ?? null,
  }
}

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
