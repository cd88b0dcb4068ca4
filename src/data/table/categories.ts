import { InterplayError } from '../../errors/index.ts'
import { ofField } from './by-field.ts'
import type { Database } from './database.ts'
import { vocabulary, type CategoricalEncoding, type SequenceEncoding, type Vocabulary } from './encoding.ts'
import { hashedVocabulary, idFinder } from './ids.ts'
import type { InputPlan } from './plan.ts'
import type { FieldProfile } from './profile.ts'

/** Values listed in a profile. */
const shown = 20

export interface FitOptions {
  minCount: number | Record<string, number>
  maxSequenceLength: number
  /** More kept values than this in one field are refused. */
  maxValues: number
  /** Codes that values hash into in place of a vocabulary: of all fields, or by field. */
  codes?: number | Record<string, number>
}

export interface CategoryColumn {
  encoding: CategoricalEncoding | SequenceEncoding | undefined
  /** Distinct values in training rows: 0, 1, or 2 for more. */
  trainValues: number
  /** Values met in training rows, but too seldom to be kept. */
  rare: number
  profile: Omit<FieldProfile, 'name'>
}

export type CategoryPlan = Extract<InputPlan, { kind: 'categorical' | 'sequence' }>

/** How often a value must be met to be kept. */
export function minCountOf(options: FitOptions, field: string): number {
  return typeof options.minCount === 'number' ? options.minCount : (ofField(options.minCount, field) ?? 1)
}

/** The hashed vocabulary that was asked for, if one was. */
export function hashedAsAsked(plan: CategoryPlan, { codes }: FitOptions): Vocabulary | undefined {
  const key = plan.kind === 'sequence' ? (plan.vocabulary ?? plan.name) : plan.name
  const own = typeof codes === 'number' ? codes : ofField(codes, key)
  return own === undefined ? undefined : hashedVocabulary(key, own)
}

/** A column of categories or lists of them. */
export interface CategorySource {
  column: string
  plan: CategoryPlan
}

/**
 * Fits one column of categories or lists of them on the training rows of `relation`: by count descending, ties by value.
 * Leaves the table `vocabulary` of `value` and `id` behind. Columns that are to have one vocabulary count each other's
 * values, `alike`, as text.
 * @throws InterplayError `data/too-many-values`
 */
export async function fitCategories(
  database: Database,
  relation: string,
  source: CategorySource,
  vocabularyTable: string,
  options: FitOptions,
  alike: readonly CategorySource[] = [source],
): Promise<CategoryColumn> {
  const { column, plan } = source
  const minCount = minCountOf(options, alike.find(({ plan }) => plan.kind === 'categorical')?.plan.name ?? plan.name)
  await meet(database, valuesOf(relation, source))
  const own = await countMet(database, minCount)
  const profile = await profileOf(database, relation, column, own)
  const hashed = hashedAsAsked(plan, options)
  if (hashed) {
    const met = await database.select<{ value: string | number }>('SELECT value FROM met')
    const type = plan.kind === 'categorical' && plan.cells === 'number' ? 'DOUBLE' : 'VARCHAR'
    await database.fill(
      vocabularyTable,
      type,
      met.map(row => String(row.value)),
      idFinder(hashed),
    )
    await database.run('DROP TABLE met')
    const trainValues = Math.min(own.met, 2)
    const encoding = trainValues < 2 ? undefined : await encodingOf(database, relation, column, plan, hashed, options)
    return { encoding, trainValues, rare: 0, profile }
  }
  const shared = alike.length > 1
  if (shared) {
    await database.run('DROP TABLE met')
    await meet(database, alike.map(each => textValuesOf(relation, each)).join(' UNION ALL '))
  }
  const counts = shared ? await countMet(database, minCount) : own
  if (counts.kept >= options.maxValues) throw tooMany(plan.name, counts.kept)
  const often = `rows0 >= ${Math.max(1, minCount)}`
  await database.run(
    `CREATE TABLE ${vocabularyTable} AS SELECT ${shared ? typed(plan) : 'met.value'} AS value,
      (row_number() OVER (ORDER BY met.rows0 DESC, met.value))::INTEGER AS id FROM met WHERE ${often}`,
  )
  const values = await database.select<{ value: string | number }>(
    `SELECT value FROM met WHERE ${often} ORDER BY rows0 DESC, value`,
  )
  await database.run('DROP TABLE met')
  const trainValues = Math.min(counts.met, 2)
  if (trainValues < 2) return { encoding: undefined, trainValues, rare: 0, profile }
  const kept = vocabulary(values.map(row => String(row.value)))
  return {
    encoding: await encodingOf(database, relation, column, plan, kept, options),
    trainValues,
    rare: counts.met - counts.kept,
    profile,
  }
}

async function encodingOf(
  database: Database,
  relation: string,
  column: string,
  plan: CategoryPlan,
  kept: Vocabulary,
  options: FitOptions,
): Promise<CategoricalEncoding | SequenceEncoding> {
  const { name, required } = plan
  if (plan.kind === 'categorical') return { name, type: 'categorical', required, cells: plan.cells, ...kept }
  const { longest } = await database.one<{ longest: number }>(
    `SELECT max(len(${column})) AS longest FROM ${relation} WHERE "#split" = 0`,
  )
  const length = Math.max(1, Math.min(longest, options.maxSequenceLength))
  const borrowed = plan.vocabulary === undefined ? {} : { vocabulary: plan.vocabulary }
  return { name, type: 'sequence', required, separator: plan.separator, length, ...borrowed, ...kept }
}

const valuesOf = (relation: string, { column, plan }: CategorySource): string =>
  `SELECT ${plan.kind === 'sequence' ? `unnest(${column})` : column} AS value, "#split" FROM ${relation} WHERE ${column} IS NOT NULL`

/** As text, whole numbers without a point. */
function textValuesOf(relation: string, source: CategorySource): string {
  const { plan } = source
  const text =
    plan.kind === 'categorical' && plan.cells === 'number'
      ? 'CASE WHEN value = trunc(value) THEN CAST(CAST(value AS HUGEINT) AS VARCHAR) ELSE CAST(value AS VARCHAR) END'
      : 'value'
  return `SELECT ${text} AS value, "#split" FROM (${valuesOf(relation, source)})`
}

/** A value of a shared vocabulary as the column holds it. */
const typed = (plan: CategoryPlan): string =>
  plan.kind === 'categorical' && plan.cells === 'number' ? 'TRY_CAST(met.value AS DOUBLE)' : 'met.value'

/** The table `met` of the distinct values with their rows by split. */
const meet = (database: Database, values: string): Promise<unknown> =>
  database.run(`CREATE TABLE met AS SELECT value, ${bySplit} FROM (${values}) WHERE value IS NOT NULL GROUP BY value`)

const countMet = (database: Database, minCount: number): Promise<{ met: number; kept: number } & BySplit> =>
  database.one(
    `SELECT count(*) FILTER (rows0 > 0) AS met, count(*) FILTER (rows0 >= ${minCount}) AS kept,
      sum(rows0)::BIGINT AS rows0, sum(rows1)::BIGINT AS rows1, sum(rows2)::BIGINT AS rows2 FROM met`,
  )

const bySplit = [0, 1, 2].map(split => `count(*) FILTER ("#split" = ${split}) AS rows${split}`).join(', ')
type BySplit = Record<'rows0' | 'rows1' | 'rows2', number | null>
const triple = (row: BySplit): [number, number, number] => [row.rows0 ?? 0, row.rows1 ?? 0, row.rows2 ?? 0]

async function profileOf(
  database: Database,
  relation: string,
  column: string,
  all: BySplit,
): Promise<Omit<FieldProfile, 'name'>> {
  const missing = await database.one<BySplit>(`SELECT ${bySplit} FROM ${relation} WHERE ${column} IS NULL`)
  const top = await database.select<{ value: string | number } & BySplit>(
    `SELECT value, rows0, rows1, rows2 FROM met ORDER BY rows0 + rows1 + rows2 DESC, value LIMIT ${shown}`,
  )
  const other = triple(all)
  for (const row of top) triple(row).forEach((rows, split) => (other[split]! -= rows))
  return { missing: triple(missing), top: top.map(row => ({ value: String(row.value), rows: triple(row) })), other }
}

/** `data/too-many-values` */
export function tooMany(name: string, count: number): InterplayError {
  const megabytes = Math.round((count * 16 * 4) / 1e6)
  return new InterplayError(
    'data/too-many-values',
    `'${name}' has ${count.toLocaleString('en-US')} values, a ${megabytes} MB table`,
    { why: 'at an embedding width of 16', try: '--embedding unified', details: { field: name, values: count } },
  )
}
