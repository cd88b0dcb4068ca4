import { InterplayError } from '../../errors/index.ts'
import { Random } from '../../random/index.ts'
import { resolveInput, type Recipe } from '../datasets/resolve.ts'
import { ofField } from './by-field.ts'
import type { Database } from './database.ts'
import { misfitsOf, misfitWarnings } from './misfits.ts'
import { openTable, type OpenOptions, type Table, type TableInput } from './open.ts'
import { planFields, type InputPlan, type PlanOptions } from './plan.ts'
import type { InputFile, Warning } from './readers/source.ts'
import { rowColumn } from './readers/source.ts'
import type { FieldSchema, Schema } from './schema.ts'
import { requireField } from './fields.ts'
import { givenSplit, parseSplit, splitExpression, splitHashSql } from './split.ts'
import { double, identifier, runUserSql } from './sql.ts'
import { chosenTargets, planTarget, type TargetSource } from './targets.ts'

/** A table that is only named yet: its rows are read, counted and left where they are. Plain data. */
export interface TableSource extends Pick<PlanOptions, 'types' | 'roles' | 'ignore'>, Pick<OpenOptions, 'reader'> {
  input: TableInput
  /** A field, or `name = SQL`. Default: the dataset's recipe. */
  target?: string[]
  /** SQL over the fields; other rows take no part. */
  where?: string
  /** As `fit` takes it. Default: the files given, else `random`. */
  split?: string
}

export interface CodeOptions extends Pick<OpenOptions, 'threads' | 'signal'> {
  seed: number
  /** `train` leaves out the rows that `fit` with the same split and seed validates and tests on. */
  rows: 'train' | 'all'
  /** Rows taken at random; 0 takes all. */
  sample: number
  /** Numbers and moments of more values are cut into so many bins of equal counts; 0 keeps every value. */
  bins: number
  /** A numeric target is cut into so many bins of equal counts. */
  targetBins: number
  /** More classes of the target than this: the rarest share one. */
  targetClasses: number
  /** Positions of rows: drawn, or as in the file. */
  rowOrder: 'drawn' | 'file'
  /** Copies `y1`, `y2`, ... of the classes, each moved along the positions by a drawn distance. */
  copies: number
}

export interface CodedField {
  name: string
  /** Its column of the relation: a 64-bit code a row, NULL where there is no value. */
  column: string
  /** Distinct values of the input; of a binned field more than its codes. */
  distinct: number
  flags: FieldSchema['flags']
  /** Its codes are bins of its values. */
  binned: boolean
}

/** Rows as codes in a private DuckDB: `#row`, `position` from 0, the class `y` from 0 and its copies, a code a field. */
export interface CodedTable extends AsyncDisposable {
  name: string
  database: Database
  relation: string
  /** Rows that take part, of `total`. */
  rows: number
  total: number
  fields: CodedField[]
  target: { name: string; classes: number }
  /** Copies of the classes there are: as many as asked for, fewer than rows. */
  copies: number
  split: string
  inputs: InputFile[]
  warnings: Warning[]
  recipe?: Recipe
  notes: string[]
}

const staged = 'staged'
const relation = 'coded'

/**
 * Opens a table and codes its fields for counting: values by a 64-bit hash, numbers by quantile bins, the target by class.
 * The same rows and seed give the same codes and positions for any number of threads.
 * @throws InterplayError as `openTable`; `data/unknown-field`, `data/no-inputs`, `data/query`, `data/target-*`, `data/split`
 */
export async function codeTable(source: TableSource, options: CodeOptions): Promise<CodedTable> {
  const resolved = resolveInput(source.input, options.seed)
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined))
  const settings: TableSource = { ...resolved.recipe?.options, ...given, input: resolved.input }
  const table = await openTable(resolved.input, { ...settings, threads: options.threads, signal: options.signal })
  try {
    const coded = await code(table, settings, options)
    const { recipe, notes, name } = resolved
    const close = () => Promise.resolve(table.close())
    return { ...coded, name, recipe, notes, [Symbol.asyncDispose]: close }
  } catch (error) {
    table.close()
    throw error
  }
}

type Coded = Omit<CodedTable, 'name' | 'recipe' | 'notes' | typeof Symbol.asyncDispose>

async function code(table: Table, source: TableSource, options: CodeOptions): Promise<Coded> {
  const { database, schema } = table
  const [target] = await chosenTargets(table, source.target)
  const reserved = new Map(target!.reads.map(name => [name, target!.derived ? 'read by the target' : 'target']))
  const split = await splitOf(table, source, options, reserved)
  const plan = planFields(table.name, everyField(schema), reserved, source)
  const { inputs } = plan
  if (inputs.length === 0) throw new InterplayError('data/no-inputs', `${table.name} leaves no field to rank`)
  const filtered =
    source.where === undefined ? table.relation : `(SELECT * FROM ${table.relation} WHERE ${source.where})`
  const misfits = await runUserSql(() => misfitsOf(database, filtered, plan, source.types))
  await stage(table, source, options, { inputs, target: target!, split: split.code })
  const { rows } = await database.one<{ rows: number }>(`SELECT count(*) AS rows FROM ${staged}`)
  if (rows === 0) {
    throw new InterplayError('data/empty', `no row of ${table.name} satisfies the condition`, {
      where: source.where === undefined ? undefined : `--where "${source.where}"`,
    })
  }
  const classes = await targetClasses(database, target!, source, options)
  const fields = inputs.map(({ name }, k): CodedField => {
    const { distinct, flags } = schema.fields.find(field => field.name === name)!
    return { name, column: `c${k}`, distinct, flags, binned: isBinned(inputs[k]!, distinct, options.bins) }
  })
  const codes: string[] = []
  for (const [k, field] of fields.entries()) {
    codes.push(`${await codeOf(database, `c${k}`, field.binned, options.bins)} AS c${k}`)
  }
  const copies = Math.min(options.copies, rows - 1)
  await labels(database, classes.code, rows, { ...options, copies })
  await database.run(
    `CREATE TABLE ${relation} AS SELECT labels.*, ${codes.join(', ')} FROM ${staged} JOIN labels USING (${identifier(rowColumn)})`,
  )
  await database.run('DROP TABLE labels')
  return {
    database,
    relation,
    rows,
    total: table.rows,
    fields,
    target: { name: target!.name, classes: classes.count },
    copies,
    split: split.rule,
    inputs: table.inputs,
    warnings: [...table.warnings, ...misfitWarnings(misfits), ...classes.warnings],
  }
}

/** Free text and ids are ranked too: that they tell nothing is a finding. */
function everyField(schema: Schema): Schema {
  const fields = schema.fields.map(field => ({
    ...field,
    type: field.type === 'text' ? ('categorical' as const) : field.type,
    flags: field.flags.filter(flag => flag !== 'id-like'),
  }))
  return { ...schema, fields }
}

/** Order of rows that no order of the file shows through; the split's own hash is of another stream. */
const drawn = (seed: number) => splitHashSql(seed + 2 ** 33, identifier(rowColumn))

async function splitOf(
  { name, database, schema, relation, given }: Table,
  { split: text }: TableSource,
  { rows, seed }: CodeOptions,
  reserved: Map<string, string>,
): Promise<{ rule: string; code: string }> {
  if (rows === 'all') return { rule: 'all rows', code: '0' }
  if (text === undefined && given.length > 0) return { rule: 'given files', code: givenSplit(seed, given, 1 / 8) }
  const split = parseSplit(text ?? 'random')
  const field = split.kind === 'random' ? undefined : requireField(name, schema, split.field, '--split')
  if (split.kind === 'given') reserved.set(field!.name, 'the split')
  return { rule: text ?? 'random', code: await splitExpression(database, relation, split, field, seed) }
}

/** The view of raw values: `#row`, `#split` 0 everywhere, an input a column, the target as `t0`. */
async function stage(
  { database, relation: from }: Table,
  { where }: TableSource,
  { sample, seed }: CodeOptions,
  { inputs, target, split }: { inputs: InputPlan[]; target: TargetSource; split: string },
): Promise<void> {
  const columns = [
    identifier(rowColumn),
    `0::UTINYINT AS "#split"`,
    ...inputs.map((input, k) => `${input.expression} AS c${k}`),
    `${target.expression} AS t0`,
  ]
  const condition = `(${split}) = 0${where === undefined ? '' : ` AND (${where})`}`
  const rows = (list: string) => `SELECT ${list} FROM ${from} WHERE ${condition}`
  await runUserSql(() => database.run(`CREATE VIEW every AS ${rows(columns.join(', '))}`))
  if (sample === 0) return runUserSql(() => database.run(`CREATE VIEW ${staged} AS SELECT * FROM every`))
  await runUserSql(() =>
    database.run(
      `CREATE TABLE sampled AS SELECT ${identifier(rowColumn)} FROM every
        ORDER BY ${drawn(seed + 1)}, ${identifier(rowColumn)} LIMIT ${sample}`,
    ),
  )
  await database.run(
    `CREATE VIEW ${staged} AS SELECT every.* FROM every SEMI JOIN sampled USING (${identifier(rowColumn)})`,
  )
}

async function targetClasses(
  database: Database,
  target: TargetSource,
  { types }: TableSource,
  { targetBins, targetClasses: most }: CodeOptions,
): Promise<{ code: string; count: number; warnings: Warning[] }> {
  const { output, code } = await runUserSql(() =>
    planTarget(database, staged, target, 't0', ofField(types, target.name)),
  )
  if (output.kind === 'value') {
    const edges = await quantiles(database, 't0', targetBins)
    return { code: binOf('t0', edges), count: edges.length + 1, warnings: [] }
  }
  const count = output.classes!.length
  if (count <= most) return { code, count, warnings: [] }
  const kept = await database.select<{ class: number }>(
    `SELECT ${code} AS class FROM ${staged} GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ${most - 1}`,
  )
  const cases = kept.map(({ class: index }, k) => `WHEN ${index} THEN ${k}`)
  const message = `target '${target.name}' has ${count} classes; the ${count - most + 1} rarest are counted as one`
  return {
    code: `CASE ${code} ${cases.join(' ')} ELSE ${most - 1} END`,
    count: most,
    warnings: [{ code: 'data/target-classes', message }],
  }
}

/** `#row`, its position, its class, and the classes found further along the positions, from the last on at the first. */
async function labels(
  database: Database,
  classCode: string,
  rows: number,
  { seed, rowOrder, copies }: CodeOptions,
): Promise<void> {
  const row = identifier(rowColumn)
  const order = rowOrder === 'file' ? row : `${drawn(seed)}, ${row}`
  const moved = distances(rows, copies, seed).map(
    (by, k) => `coalesce(lead(y, ${by}) OVER places, lag(y, ${rows - by}) OVER places) AS y${k + 1}`,
  )
  await database.run(
    `CREATE TABLE labels AS SELECT ${[row, '(row_number() OVER places - 1)::BIGINT AS position', 'y', ...moved].join(', ')}
      FROM (SELECT ${row}, (${classCode})::UTINYINT AS y FROM ${staged}) WINDOW places AS (ORDER BY ${order})`,
  )
}

/** Distinct distances in [1, rows). */
function distances(rows: number, count: number, seed: number): number[] {
  const random = new Random(seed, 'table.copies')
  const drawn = new Set<number>()
  while (drawn.size < count) drawn.add(1 + random.integer(rows - 1))
  return [...drawn]
}

const isBinned = ({ kind }: InputPlan, distinct: number, bins: number): boolean =>
  (kind === 'numeric' || kind === 'timestamp') && bins > 0 && distinct > bins

async function codeOf(database: Database, column: string, binned: boolean, bins: number): Promise<string> {
  if (!binned) return `CASE WHEN ${column} IS NULL THEN NULL ELSE hash(${column}) END`
  return `(${binOf(column, await quantiles(database, column, bins))})::UBIGINT`
}

/** Cuts below the greatest value that part a column into bins of about equal counts, rising and distinct; one at least. */
async function quantiles(database: Database, column: string, bins: number): Promise<number[]> {
  const value = `${column}::DOUBLE`
  const shares = Array.from({ length: bins - 1 }, (_, k) => (k + 1) / bins).join(', ')
  const { cuts, greatest } = await database.one<{ cuts: number[] | null; greatest: number | null }>(
    `SELECT quantile_disc(${value}, [${shares}]) AS cuts, max(${value}) AS greatest FROM ${staged} WHERE isfinite(${value})`,
  )
  const below = [...new Set(cuts)].filter(cut => cut < greatest!)
  if (below.length > 0 || greatest === null) return below
  const { next } = await database.one<{ next: number | null }>(
    `SELECT max(${value}) AS next FROM ${staged} WHERE ${value} < ${double(greatest)} AND isfinite(${value})`,
  )
  return next === null ? [] : [next]
}

/** The number of cuts below a value, by halving: NULL for NULL. */
function binOf(column: string, cuts: readonly number[]): string {
  const halve = (low: number, high: number): string => {
    if (low === high) return String(low)
    const middle = (low + high) >> 1
    return `CASE WHEN ${column} <= ${double(cuts[middle]!)} THEN ${halve(low, middle)} ELSE ${halve(middle + 1, high)} END`
  }
  return `CASE WHEN ${column} IS NULL THEN NULL ELSE ${halve(0, cuts.length)} END`
}
