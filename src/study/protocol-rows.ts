import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { prepareTable, type PreparedTable } from '../data/index.ts'
import { countParameters } from '../nn/index.ts'
import { parseOptions, type StudyContext, type TableSystem } from '../system/index.ts'
import { readProtocol } from './protocol-file.ts'
import { protocolRun, type ProtocolResult } from './protocol-run.ts'
import { stagedResult } from './stages.ts'

/** Rows of a protocol for a study: all seeds of each row, the protocol's own seeds. */
export interface ProtocolRows {
  rows: Record<string, ProtocolResult[]>
  /** Where rows came from that were not trained now. */
  note?: string
}

/** Rows trained by this process, so that several studies of one command share them. */
const trained = new Map<string, ProtocolResult>()
const tables = new Map<string, Promise<PreparedTable>>()

/**
 * Rows of `bench/protocols/<name>.yaml`, by the same code as `bench leaderboard`: finished ones are read from its folder
 * `runs/leaderboard-<name>`, or from the one that comes with the package, the others trained, each a stage. Undefined where
 * the data are not on this machine.
 */
export async function protocolRows(
  name: string,
  names: readonly string[],
  systems: readonly TableSystem[],
  {
    seeds,
    threads,
    signal,
    dataset,
    stage,
    progress,
  }: Pick<StudyContext, 'seeds' | 'threads' | 'signal' | 'dataset' | 'stage' | 'progress'>,
): Promise<ProtocolRows | undefined> {
  const protocol = await readProtocol(name)
  if (dataset(protocol.dataset) === undefined) return undefined
  const prepared = (seed: number) => {
    const key = `${name} ${seed}`
    if (!tables.has(key))
      tables.set(key, prepareTable(`data:${protocol.dataset}`, { ...protocol.prepare, seed, signal }))
    return tables.get(key)!
  }
  const rows: Record<string, ProtocolResult[]> = Object.fromEntries(names.map(row => [row, []]))
  let read = 0
  for (const seed of seeds.map((_, s) => protocol.seeds + s)) {
    for (const row of names) {
      const system = systems.find(each => each.name === protocol.rows[row]!.system)!
      const key = `${name} ${seed} ${row}`
      const table = await prepared(seed)
      const model = system.create?.(parseOptions(system, protocol.rows[row]!.options), table.spec)
      const kept = await finishedRow(name, row, seed, model && countParameters(model))
      if (kept && !trained.has(key)) read++
      const result =
        trained.get(key) ??
        kept ??
        (await stagedResult({ stage }, key, () =>
          protocolRun(protocol, row, system, table, {
            seed,
            threads,
            signal,
            onEpoch: (epoch, value) => progress(`${row}, seed ${seed}: epoch ${epoch}, valid AUC ${value.toFixed(4)}`),
          }),
        ))
      trained.set(key, result)
      rows[row]!.push(result)
    }
  }
  const count = names.length * seeds.length
  return { rows, ...(read > 0 ? { note: `${read} of ${count} rows read from the leaderboard` } : {}) }
}

/** A row of a leaderboard, unless it was trained when the model, where its size is known before, had another. */
async function finishedRow(
  name: string,
  row: string,
  seed: number,
  parameters: number | undefined,
): Promise<ProtocolResult | undefined> {
  const published = fileURLToPath(new URL(`../../bench/leaderboards/${name}`, import.meta.url))
  for (const folder of [join('runs', `leaderboard-${name}`), published]) {
    const text = await readFile(join(folder, 'rows', `${row}-${seed}.json`), 'utf8').catch(() => undefined)
    if (text === undefined) continue
    const result = JSON.parse(text) as ProtocolResult
    if (parameters === undefined || result.parameters === parameters) return result
  }
  return undefined
}

export const meanAuc = (rows: readonly ProtocolResult[]): number =>
  rows.reduce((sum, row) => sum + row.testAuc, 0) / rows.length

/** `0.9844 ± 0.0004`: mean and standard deviation over seeds. */
export function aucText(rows: readonly ProtocolResult[]): string {
  const mean = meanAuc(rows)
  if (rows.length < 2) return mean.toFixed(4)
  const deviation = Math.sqrt(rows.reduce((sum, row) => sum + (row.testAuc - mean) ** 2, 0) / (rows.length - 1))
  return `${mean.toFixed(4)} ± ${deviation.toFixed(4)}`
}

/** The rows as a study's table. */
export const protocolTable = ({ rows }: ProtocolRows) => ({
  columns: ['row', 'seed', 'test AUC', 'log loss', 'epochs', 'parameters'],
  rows: Object.values(rows)
    .flat()
    .map(each => [each.system, each.seed, each.testAuc, each.testLogLoss, each.epochs, each.parameters]),
})
