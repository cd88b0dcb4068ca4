import { InterplayError } from '../../errors/index.ts'
import type { TableSpec } from '../../nn/fields/spec.ts'
import { resolveInput, type Recipe, type ResolvedInput } from '../datasets/resolve.ts'
import { renamedWarnings } from './answer-name.ts'
import { ofField } from './by-field.ts'
import { cacheKey, readCached, writeCached } from './cache.ts'
import { constantWarning, ignoredWarning, imbalanceWarning, leakWarnings, rareWarnings } from './checks.ts'
import { encodeColumns } from './encode-columns.ts'
import type { EncodedTable } from './encoded.ts'
import { tableSpec, type Encoding } from './encoding.ts'
import { requireField } from './fields.ts'
import { fitFields, prepared } from './fit.ts'
import { misfitsOf, misfitWarnings } from './misfits.ts'
import { openTable, type OpenOptions, type Table, type TableInput } from './open.ts'
import { planFields, rolesOf, type Plan, type PlanOptions, type PlannedField } from './plan.ts'
import { prepareDefaults } from './prepare-defaults.ts'
import type { FieldProfile } from './profile.ts'
import { rowOrder, wholePlacement, type RowOrder } from './rows.ts'
import { sliceTable } from './slice.ts'
import type { Database } from './database.ts'
import { hashFile, relativePath } from './readers/input-file.ts'
import type { InputFile, Warning } from './readers/source.ts'
import { readerOptions } from './readers/reader-options.ts'
import { rowColumn } from './readers/source.ts'
import { identifier, runUserSql } from './sql.ts'
import { givenSplit, parseSplit, refuseEmptySplits, splitExpression } from './split.ts'
import { momentsOf } from './target-values.ts'
import { chosenTargets, planTarget, type TargetSource } from './targets.ts'

export interface PrepareOptions extends OpenOptions, PlanOptions {
  /** Fields, or `name = SQL`. Default: the dataset's recipe. */
  target?: string[]
  /** SQL over the fields; other rows take no part. */
  where?: string
  /** `random` (7:1:2), `time:F`, `key:F`, `given:F`. Default: the files given, else `random`. */
  split?: string
  /** Of the random and key splits. Default 1. */
  seed?: number
  /** Share of the training file's rows that validate, where there is no validation file. Default an eighth. */
  validShare?: number
  /** Values seen less often in training rows share the unknown id. Default 2. */
  minCount?: number | Record<string, number>
  /** More kept values than this in one field are refused. Default 500,000: a table of 32 MB at an embedding width of 16. */
  maxValues?: number
  /** Codes that values hash into in place of a vocabulary, so that new ones have codes too: of all fields, or by field. */
  codes?: number | Record<string, number>
  /** Whether encoded columns are kept on disk by content hash. Default true. */
  cache?: boolean
}

export interface PreparedTable {
  name: string
  encoding: Encoding
  spec: TableSpec
  train: EncodedTable
  valid: EncodedTable
  test: EncodedTable
  /** Every field of the input with its part in the model. `rows` counts those that take part. */
  schema: { rows: number; fields: PlannedField[] }
  profile: FieldProfile[]
  warnings: Warning[]
  inputs: InputFile[]
  split: { rule: string; seed: number; rows: { train: number; valid: number; test: number } }
  /** What was taken from a known dataset's recipe. */
  recipe?: Recipe
  /** Said with every result on this data. */
  notes: string[]
}

/**
 * From an input to typed arrays: schema, splits, vocabularies and scales fitted on the training rows, encoded columns.
 * The same bytes and options give the same result on every machine, for any number of threads.
 * @throws InterplayError any `data/*` or `option/*` fault of the input, its fields, target and split
 */
export async function prepareTable(input: TableInput, options: PrepareOptions = {}): Promise<PreparedTable> {
  const resolved = resolveInput(input, options.seed)
  const settings: Settings = {
    ...defaults,
    ...withoutUndefined(resolved.recipe?.options ?? {}),
    ...withoutUndefined(options),
  }
  settings.reader = readerOptions(settings.reader)
  const key = settings.cache ? await cacheKey(resolved.input, settings, resolved.sources) : undefined
  const cached = key === undefined ? undefined : await readCached(key)
  if (cached) return called(cached, resolved, input)
  const table = await openTable(resolved.input, { ...settings, onProgress: options.onProgress, signal: options.signal })
  try {
    const result = await prepare(table, settings, typeof resolved.input !== 'string')
    const whole = called(result, resolved, input)
    if (resolved.sources) whole.inputs = await hashed(resolved.sources, options.signal)
    if (key !== undefined) await writeCached(key, whole)
    return whole
  } finally {
    table.close()
  }
}

/** A prepared table under the name the user called it by; a world's rows are known by the world, not by their file. */
function called(
  table: Omit<PreparedTable, 'name' | 'recipe' | 'notes'>,
  { name, recipe, notes }: ResolvedInput,
  input: TableInput,
): PreparedTable {
  const world = typeof input === 'string' && input.startsWith('world:')
  const inputs = world ? table.inputs.map(file => ({ ...file, path: input })) : table.inputs
  return { ...table, inputs, name, recipe, notes }
}

const hashed = (paths: string[], signal?: AbortSignal): Promise<InputFile[]> =>
  Promise.all(paths.map(async path => ({ path: relativePath(path), ...(await hashFile(path, signal)) })))

const defaults = {
  ...prepareDefaults,
  split: undefined as string | undefined,
  validShare: 1 / 8,
  cache: true,
}

function withoutUndefined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>
}

type Settings = typeof defaults & PrepareOptions

async function prepare(
  table: Table,
  settings: Settings,
  given: boolean,
): Promise<Omit<PreparedTable, 'name' | 'recipe' | 'notes'>> {
  const { database, schema } = table
  const targets = await chosenTargets(table, settings.target)
  const split = settings.split === undefined && given ? undefined : parseSplit(settings.split ?? 'random')
  const reserved = new Map<string, string>()
  for (const target of targets)
    for (const name of target.reads) reserved.set(name, target.derived ? `read by target ${target.name}` : 'target')
  if (split?.kind === 'given') reserved.set(requireField(table.name, schema, split.field, '--split').name, 'the split')
  const field = split && split.kind !== 'random' ? requireField(table.name, schema, split.field, '--split') : undefined
  const plan = planFields(table.name, schema, reserved, settings)

  const filtered =
    settings.where === undefined ? table.relation : `(SELECT * FROM ${table.relation} WHERE ${settings.where})`
  const misfits = await runUserSql(() => misfitsOf(database, filtered, plan, settings.types))
  const splitCode =
    split === undefined
      ? givenSplit(settings.seed, table.given, settings.validShare)
      : await runUserSql(() => splitExpression(database, filtered, split, field, settings.seed))
  await runUserSql(() => database.run(preparedSql(filtered, splitCode, plan, targets)))
  const counts = await splitCounts(table, settings.where)

  const progress = (stage: string, done: number, total: number) => settings.onProgress?.({ stage, done, total })
  const targetPlans = []
  for (const [t, target] of targets.entries()) {
    targetPlans.push(await planTarget(database, prepared, target, `t${t}`, ofField(settings.types, target.name)))
  }
  const order = await rowOrder(database, prepared)
  const total = order.slots.length
  let fitted = 0
  const fields = await fitFields(database, plan.inputs, order, settings, rows =>
    progress('fit', (fitted += rows), total),
  )
  const kept = fields.flatMap(field => (field.encoding === undefined ? [] : [{ ...field, encoding: field.encoding }]))
  if (kept.length === 0) throw new InterplayError('data/no-inputs', `${table.name} leaves no field to predict from`)
  const extra = { targets: targetPlans.map(target => target.code), group: plan.group && (await groupColumn(database)) }
  let encoded = 0
  const placement = wholePlacement(prepared, order.slots)
  const whole = await encodeColumns(database, placement, kept, extra, order.numbers, rows =>
    progress('encode', (encoded += rows), total),
  )
  const [train, valid, test] = splitTables(whole, order.counts)
  const encoding: Encoding = {
    fields: kept.map(field => field.encoding),
    ignored: schema.fields.map(field => field.name).filter(name => !kept.some(field => field.plan.name === name)),
    group: plan.group?.name,
    outputs: targetPlans.map(({ output }, t) =>
      output.kind === 'value' ? { ...output, ...momentsOf(train.targets[t]!) } : output,
    ),
  }
  const warnings = [
    ...table.warnings,
    ...misfitWarnings(misfits),
    ...renamedWarnings(targets.map(target => target.name)),
    ...ignoredWarning(plan.fields),
    ...constantWarning(fields),
    ...rareWarnings(fields, settings.minCount),
    ...imbalanceWarning(encoding, train),
    ...leakWarnings(encoding, train, valid),
  ]
  return {
    encoding,
    spec: tableSpec(encoding, train.rows),
    train,
    valid,
    test,
    schema: { rows: counts.train + counts.valid + counts.test, fields: rolesOf(plan, fields) },
    profile: fields.map(field => field.profile),
    warnings,
    inputs: table.inputs,
    split: { rule: settings.split ?? (given ? 'given files' : 'random'), seed: settings.seed, rows: counts },
  }
}

/** Numbers the groups in order of their value, from 1; 0 is a row without one. */
async function groupColumn(database: Database): Promise<{ select: string; join: string }> {
  await database.run(
    `CREATE TABLE vg AS SELECT value, (row_number() OVER (ORDER BY value))::INTEGER AS id
      FROM (SELECT DISTINCT g AS value FROM ${prepared} WHERE g IS NOT NULL)`,
  )
  return { select: 'coalesce(vg.id, 0)::INTEGER', join: 'LEFT JOIN vg ON rows.g = vg.value' }
}

/** The splits as ranges of the same arrays. */
function splitTables(
  whole: EncodedTable,
  [train, valid, test]: RowOrder['counts'],
): [EncodedTable, EncodedTable, EncodedTable] {
  return [
    sliceTable(whole, 0, train),
    sliceTable(whole, train, train + valid),
    sliceTable(whole, train + valid, train + valid + test),
  ]
}

function preparedSql(from: string, splitCode: string, plan: Plan, targets: TargetSource[]): string {
  const columns = [
    identifier(rowColumn),
    `(${splitCode})::UTINYINT AS "#split"`,
    ...plan.inputs.map((input, k) => `${input.expression} AS c${k}`),
    ...targets.map((target, t) => `${target.expression} AS t${t}`),
    ...(plan.group ? [`${plan.group.expression} AS g`] : []),
  ]
  return `CREATE TABLE ${prepared} AS SELECT ${columns.join(', ')} FROM ${from}`
}

async function splitCounts(
  table: Table,
  where: string | undefined,
): Promise<{ train: number; valid: number; test: number }> {
  const rows = await table.database.select<{ split: number; rows: number }>(
    `SELECT "#split" AS split, count(*) AS rows FROM ${prepared} GROUP BY 1`,
  )
  if (rows.length === 0)
    throw new InterplayError('data/empty', `no row of ${table.name} satisfies the condition`, {
      where: `--where "${where ?? ''}"`,
    })
  const of = (split: number) => rows.find(row => row.split === split)?.rows ?? 0
  const counts = { train: of(0), valid: of(1), test: of(2) }
  refuseEmptySplits(table.name, counts)
  return counts
}
