import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runtime } from '#runtime'
import type { HostTensor } from '../../engine/index.ts'
import {
  isTableWorld,
  prepareTable,
  worldNamed,
  takeRows,
  worlds,
  type EncodedTable,
  type PreparedTable,
  type PrepareOptions,
} from '../../data/index.ts'
import { outputWidth, type TableSpec } from '../../nn/index.ts'
import { Random } from '../../random/index.ts'
import { parseOptions, type AnySystem, type TableSystem } from '../../system/index.ts'
import {
  modelPath,
  readBundle,
  rowFeeds,
  TableLearner,
  trainingSettings,
  trainTable,
  writeBundle,
} from '../../train/index.ts'
import { distance } from '../probe.ts'
import { broken, refused } from './broken.ts'
import { fingerprint } from './fingerprint.ts'
import type { ContractCheck } from './index.ts'
import { mixedTable } from './mixed-table.ts'

/** Rows of the world it is checked on; enough for a split. */
const checkedRows = 600

export function tableChecks(given: AnySystem): ContractCheck[] {
  const system = given as TableSystem
  let shared: Promise<Trained> | undefined
  const once = () => (shared ??= trained(system))
  return [
    { name: 'the same seed gives the same model', run: async () => sameSeed(system, await once()) },
    { name: 'inputs stay as they were', run: async () => untouched(await once()) },
    { name: 'the order of rows changes nothing at prediction', run: async () => anyOrder(await once()) },
    { name: 'what was saved predicts the same', run: async () => savedSame(await once()) },
    { name: 'numbers, sequences and every kind of target are learned from', run: () => everyKind(system) },
    { name: 'tables that cannot be learned from are refused by name', run: () => faults(system) },
  ]
}

/** What one model trained on the small world answered, and how. */
interface Trained {
  data: PreparedTable
  answers: Float32Array
  /** Of the test rows in another order, the new i-th being the old `order[i]`-th. */
  moved: Float32Array
  order: Int32Array
  /** Of the bundle, written and read again. */
  loaded: Float32Array
  unchanged: boolean
}

async function trained(system: TableSystem): Promise<Trained> {
  const data = await smallWorld(system)
  const { spec, train, valid, test } = data
  const before = fingerprint({ spec, train, valid, test })
  const order = new Random(1, 'order').permutation(test.rows)
  return learned(system, data, async learner => {
    const answers = await learner.logits(test)
    const moved = await learner.logits(takeRows(test, order))
    const unchanged = fingerprint({ spec, train, valid, test }) === before
    return { data, answers, moved, order, unchanged, loaded: await throughBundle(system, data, learner) }
  })
}

async function smallWorld({ world }: TableSystem): Promise<PreparedTable> {
  const own = world === undefined ? worlds.find(isTableWorld)! : worldNamed(world)
  if (!isTableWorld(own)) broken(`its world '${own.name}' is made for ${own.task}`)
  const { columns } = own.make({ seed: 1, size: 'small' })
  const lists = Object.values(columns).map(list => list.slice(0, checkedRows))
  const text = [Object.keys(columns).join(','), ...lists[0]!.map((_, row) => lists.map(list => list[row]).join(','))]
  return fromText(text.join('\n'), own.recipe)
}

/** Tables by their text: several systems are checked on the same ones, and none may change them. */
const read = new Map<string, Promise<PreparedTable>>()

function fromText(text: string, options: PrepareOptions): Promise<PreparedTable> {
  const known = read.get(text) ?? inFile(text, path => prepareTable(path, { ...options, cache: false }))
  read.set(text, known)
  return known
}

async function inFile<Result>(text: string, use: (path: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'interplay-contract-'))
  try {
    await writeFile(join(folder, 'rows.csv'), `${text}\n`)
    return await use(join(folder, 'rows.csv'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Trains for one epoch and hands the learner over. */
async function learned<Result>(
  system: TableSystem,
  { spec, train, valid }: Pick<PreparedTable, 'spec' | 'train' | 'valid'>,
  use: (learner: TableLearner) => Promise<Result>,
): Promise<Result> {
  const options = parseOptions(system, {})
  const settings = trainingSettings(
    train.rows,
    { epochs: 1, batch: 128, seed: 1, threads: 1 },
    system.training?.(options),
  )
  const learner = new TableLearner(system.create!(options, spec), spec, settings, train)
  try {
    await trainTable(learner, { train, valid }, { settings })
    return await use(learner)
  } finally {
    await learner.close()
  }
}

async function sameSeed(system: TableSystem, { data, answers }: Trained): Promise<void> {
  if (answers.some(value => !Number.isFinite(value))) broken('an answer is not finite')
  const again = await learned(system, data, learner => learner.logits(data.test))
  if (fingerprint(answers) !== fingerprint(again)) broken(`answers differ by ${distance(answers, again)}`)
}

function untouched({ unchanged }: Trained): void {
  if (!unchanged) broken('fitting or predicting changed its inputs')
}

function anyOrder({ answers, moved, order, data }: Trained): void {
  const width = outputWidth(data.spec)
  const expected = moved.map((_, i) => answers[order[Math.floor(i / width)]! * width + (i % width)]!)
  if (distance(expected, moved) > 1e-5) broken(`answers move by ${distance(expected, moved)} when rows change places`)
}

function savedSame({ answers, loaded }: Trained): void {
  const error = distance(answers, loaded)
  if (error > 1e-5) broken(`the exported model answers otherwise, by ${error}`)
}

/** The answers of the bundle, written to files and read again. */
async function throughBundle(system: TableSystem, data: PreparedTable, learner: TableLearner): Promise<Float32Array> {
  const folder = await mkdtemp(join(tmpdir(), 'interplay-contract-'))
  try {
    const about = { interplay: '', system: system.name, task: 'table' as const, metrics: {}, parameters: 0 }
    const bundle = { ...about, ...data.encoding, data: { name: data.name, sha256: '', rows: data.schema.rows } }
    await writeBundle(folder, learner.export(), bundle)
    const path = await modelPath(folder, await readBundle(folder))
    const session = await runtime.createSession(await readFile(path), { threads: 1, optimization: 'all' })
    try {
      const { logits } = await session.run(exportedFeeds(data.spec, data.test), { logits: null })
      return Float32Array.from(logits!.data as Float32Array)
    } finally {
      await session.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function exportedFeeds(spec: TableSpec, table: EncodedTable): Record<string, HostTensor> {
  const feeds = Object.entries(rowFeeds(spec, table, 0, table.rows)) as [string, Int32Array | Float32Array][]
  return Object.fromEntries(
    feeds.map(([name, data]): [string, HostTensor] => {
      const dims = [table.rows, data.length / table.rows]
      return [name, { dtype: data instanceof Int32Array ? 'int32' : 'float32', dims, data }]
    }),
  )
}

async function everyKind(system: TableSystem): Promise<void> {
  for (const kind of ['multiclass', 'regression'] as const) {
    const { spec, table } = mixedTable(kind)
    const answers = await learned(system, { spec, train: table, valid: table }, learner => learner.logits(table))
    if (answers.length !== table.rows * outputWidth(spec)) broken(`a ${kind} target gets ${answers.length} answers`)
    if (answers.some(value => !Number.isFinite(value))) broken(`an answer to a ${kind} target is not finite`)
  }
}

async function faults(system: TableSystem): Promise<void> {
  const rows = (count: number, row: (i: number) => string) => Array.from({ length: count }, (_, i) => row(i)).join('\n')
  const cases: [what: string, names: RegExp, text: string][] = [
    ['a table without rows', /rows\.csv/, 'a,y'],
    ['a table of one row', /'y'|rows\.csv/, 'a,y\nx,1'],
    ['a target of one class', /'y'/, `a,y\n${rows(40, i => `v${i % 3},1`)}`],
    ['an infinite number', /'a'/, `a,y\n${rows(40, i => `${i === 6 ? 'inf' : i / 7},${i % 2}`)}`],
  ]
  for (const [what, names, text] of cases) {
    const attempt = async () => {
      const data = await fromText(text, { target: ['y'] })
      await learned(system, data, learner => learner.logits(data.test))
    }
    await refused(what, names, attempt)
  }
}
