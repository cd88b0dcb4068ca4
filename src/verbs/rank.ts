import { resolveInput, type TableInput, type TableSource, type Warning } from '../data/index.ts'
import { InterplayError } from '../errors/index.ts'
import { renderRankPage } from '../report/index.ts'
import { parseOptions, tasks, type AnySystem, type Ranked, type VerbProgress } from '../system/index.ts'
import { systemNamed, systems } from '../systems/index.ts'
import { RunFolder, type RunFile } from './run-folder.ts'
import { version } from './version.ts'

export interface RankOptions extends Omit<TableSource, 'input' | 'target'> {
  target?: string | string[]
  /** What is ranked. Default `fields`. */
  of?: 'fields' | 'models'
  /** Default `outrank`. */
  system?: string
  /** Fields in a set, at most. Default 1. */
  order?: number
  /** Rows taken at random. Default: all. */
  sample?: number
  /** Whether chance is measured. Default true. */
  controls?: boolean
  /** Options of the system. */
  set?: Record<string, unknown>
  seed?: number
  threads?: number
  /** Folder of the run. */
  out?: string
  overwrite?: boolean
  signal?: AbortSignal
  onProgress?: (progress: VerbProgress) => void
  /** Kept in run.json. */
  command?: string
  origins?: Record<string, string>
}

/** One line of the ranking, as `rank --json` has it. */
export interface RankedRow {
  set: string[]
  /** Nats, or the units of the score chosen. */
  gain: number
  /** What chance reaches with as many values; null without controls. */
  noise: number | null
  values: number
  /** Share of rows in [0, 1]. */
  missing: number
  flags: string[]
}

/** The document of `rank --json` and of `result.json`. */
export interface RankResult {
  schema: 'interplay.rank/1'
  interplay: string
  command: 'rank'
  seed: number
  seconds: number
  warnings: Warning[]
  notes: string[]
  run: string
  system: string
  data: string
  target: string
  options: Record<string, unknown>
  /** Rows it rests on. */
  ranked: number
  rows: RankedRow[]
  files: string[]
}

/**
 * Orders the fields of a table, and sets of them, by what they tell of the target before anything is fitted, and writes a
 * run folder with `result.json` and `report.html`.
 * @throws InterplayError `usage/wrong-verb`, `data/*`, `option/*`, `run/exists`
 */
export async function rank(input: TableInput, options: RankOptions = {}): Promise<RankResult> {
  const started = performance.now()
  const { seed = 1, threads = 1, signal, onProgress } = options
  const system = ranking(options)
  const chosen = parseOptions(system, settingsOf(options)) as Record<string, unknown>
  const { name, recipe } = resolveInput(input, seed)
  const target = options.target === undefined ? recipe?.options.target : [options.target].flat()
  if (target !== undefined && target.length > 1) throw oneTarget(target)
  const { types, roles, ignore, where, split, reader } = options
  const source: TableSource = { input, target, types, roles, ignore, where, split, reader }
  RunFolder.refuse(options.out, options.overwrite ?? false)
  const progress = (event: VerbProgress) => onProgress?.(event)
  const created = new Date().toISOString()
  const ranked = await system.rank!(source, chosen, { seed, threads, signal, progress })
  const folder = await RunFolder.create(name, system.name, options.out, options.overwrite ?? false)
  const document: RankResult = {
    schema: 'interplay.rank/1',
    interplay: version,
    command: 'rank',
    seed,
    seconds: (performance.now() - started) / 1000,
    warnings: [...(ranked.warnings ?? [])],
    notes: [...(ranked.notes ?? [])],
    run: folder.path,
    system: system.name,
    data: name,
    target: target![0]!,
    options: chosen,
    ranked: ranked.rows ?? 0,
    rows: ranked.results.map(rowOf),
    files: ['report.html', 'result.json'],
  }
  const file: RunFile = {
    schema: 'interplay.run/1',
    interplay: version,
    node: process.versions.node,
    command: options.command ?? '',
    created,
    state: 'finished',
    system: system.name,
    input: typeof input === 'string' ? input : JSON.stringify(input),
    settings: { set: chosen, target, types, roles, ignore, where, split, reader, threads },
    origins: options.origins ?? {},
    seed,
    data: (ranked.inputs ?? []).map(({ path, sha256, bytes }) => ({ path, sha256, bytes })),
  }
  await folder.writeJson('result.json', document)
  await folder.writeText('report.html', await reportOf(document, file))
  await folder.writeRun(file)
  return document
}

const rowOf = ({ set, gain, noise, values, missing, flags }: Ranked): RankedRow => ({
  set: [...set],
  gain,
  noise: noise ?? null,
  values: values ?? 0,
  missing: missing ?? 0,
  flags: [...(flags ?? [])],
})

const units: Record<string, string> = { adjusted: 'share of what is left to tell', coverage: 'share of rows' }

const reportOf = (document: RankResult, { created, command }: RunFile): Promise<string> =>
  renderRankPage({
    ...document,
    entries: document.rows.map(({ noise, ...row }) => ({ ...row, ...(noise === null ? {} : { noise }) })),
    units: units[String(document.options['score'])] ?? 'nats',
    created,
    command,
  })

/** The system asked for, or the one that ranks fields of a table. */
function ranking({ system: name = 'outrank', of = 'fields' }: RankOptions): AnySystem {
  const ranks = systems.filter(system => system.rank && system.task === tasks.source)
  if (of === 'models') {
    throw new InterplayError('usage/wrong-verb', 'no system here ranks models', {
      where: '--of models',
      why: 'systems that compare trained models are not in this version',
      try: '--of fields',
    })
  }
  const system = systemNamed(name)
  if (ranks.includes(system)) return system
  throw new InterplayError('usage/wrong-verb', `${name} ranks no fields of a table`, {
    where: `--system ${name}`,
    try: `-s ${ranks[0]!.name}`,
  })
}

/** The verb's own settings are options of the system under the same names. */
function settingsOf({ set = {}, order, sample, controls = true }: RankOptions): Record<string, unknown> {
  return {
    ...set,
    ...(order === undefined ? {} : { order }),
    ...(sample === undefined ? {} : { sample }),
    ...(controls ? {} : { controls: 0 }),
  }
}

const oneTarget = (target: readonly string[]) =>
  new InterplayError('option/conflict', `fields are ranked for one target, ${target.length} were given`, {
    where: `--target ${target.join(',')}`,
    try: `--target ${target[0]}`,
  })
