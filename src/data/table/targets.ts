import { InterplayError } from '../../errors/index.ts'
import { answerName } from './answer-name.ts'
import type { Database } from './database.ts'
import type { OutputEncoding } from './encoding.ts'
import { missingTarget, requireField } from './fields.ts'
import type { Table } from './open.ts'
import { isClasses, refuseClasses, refuseConstant, refuseCounts, type TargetCounts } from './target-values.ts'
import { rowColumn } from './readers/source.ts'
import type { Schema } from './schema.ts'
import { identifier } from './sql.ts'

/** A target before its values are known: a field, or SQL over the fields. */
export interface TargetSource {
  name: string
  /** SQL over the typed relation. */
  expression: string
  /** Fields it reads; none of them is an input. */
  reads: string[]
  derived: boolean
}

/**
 * `clicked`, or `hurt = damage <> 'None'`.
 * @throws InterplayError `data/unknown-field`, `data/query` when the SQL does not parse
 */
export async function parseTarget(
  database: Database,
  table: string,
  schema: Schema,
  text: string,
): Promise<TargetSource> {
  if (schema.fields.some(field => field.name === text)) {
    return { name: text, expression: identifier(text), reads: [text], derived: false }
  }
  const found = /^\s*(?:"([^"]+)"|([\p{L}_][\p{L}\p{N}_ .-]*?))\s*=(?!=)\s*(.+)$/su.exec(text)
  if (!found) {
    const { name } = requireField(table, schema, text, '--target')
    return { name, expression: identifier(name), reads: [name], derived: false }
  }
  const expression = found[3]!
  const reads = await columnsOf(database, expression)
  for (const column of reads) requireField(table, schema, column, '--target')
  return { name: found[1] ?? found[2]!, expression: `(${expression})`, reads, derived: true }
}

/** Columns an SQL expression reads. @throws InterplayError `data/query` */
export async function columnsOf(database: Database, expression: string): Promise<string[]> {
  const { tree } = await database.one<{ tree: string }>(
    `SELECT json_serialize_sql('SELECT ' || ${`'${expression.replaceAll("'", "''")}'`}) AS tree`,
  )
  const parsed = JSON.parse(tree) as { error: boolean; error_message?: string }
  if (parsed.error) throw new InterplayError('data/query', `'${expression}' is not SQL`, { why: parsed.error_message })
  const names = new Set<string>()
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit)
    else if (node !== null && typeof node === 'object') {
      const entry = node as Record<string, unknown>
      if (entry['class'] === 'COLUMN_REF') names.add((entry['column_names'] as string[]).at(-1)!)
      Object.values(entry).forEach(visit)
    }
  }
  visit(parsed)
  return [...names]
}

/** The targets asked for. @throws InterplayError `data/target-missing` naming fields that look like one */
export async function chosenTargets(table: Table, target: string[] | undefined): Promise<TargetSource[]> {
  const { database, schema, name } = table
  if (target === undefined || target.length === 0) throw missingTarget(name, schema)
  const targets: TargetSource[] = []
  for (const text of target) targets.push(await parseTarget(database, name, schema, text))
  return targets
}

/** A target with its values counted: what the model predicts and how SQL turns a row's value into a number. */
export interface TargetPlan {
  output: OutputEncoding
  /** SQL over the prepared relation giving 0/1, a class index or the number, as DOUBLE. */
  code: string
}

/**
 * Decides what is predicted: two values are binary, the later in order the positive class; other text is multiclass,
 * other numbers regression. `column` holds the target's value in `relation`, whose `#split` 0 is training.
 * @throws InterplayError `data/target-null`, `data/target-constant`, `data/not-finite`, `data/target-classes`
 */
export async function planTarget(
  database: Database,
  relation: string,
  source: TargetSource,
  column: string,
  type: string | undefined,
): Promise<TargetPlan> {
  const { kind } = await database.one<{ kind: string }>(`SELECT typeof(${column}) AS kind FROM ${relation} LIMIT 1`)
  const isNumber = /^(DOUBLE|FLOAT|DECIMAL|U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?)/.test(kind)
  const isBoolean = kind === 'BOOLEAN'
  const infinite = isNumber ? `isinf(${column}::DOUBLE)` : 'false'
  const counts = await database.one<TargetCounts>(
    `SELECT count(*) AS rows, count(${column}) AS present, count(DISTINCT ${column}) AS distinct,
      min(${identifier(rowColumn)}) FILTER (${column} IS NULL) AS firstNull, count(*) FILTER (${infinite}) AS infinite,
      min(${identifier(rowColumn)}) FILTER (${infinite}) AS firstInfinite FROM ${relation}`,
  )
  refuseCounts(source.name, counts)
  const token = isNumber ? `${column}::DOUBLE` : isBoolean ? column : `CAST(${column} AS VARCHAR)`
  const constant = await database.select<{ value: unknown; rows: number }>(
    `SELECT ${token} AS value, count(*) AS rows FROM ${relation} WHERE "#split" = 0 GROUP BY 1 LIMIT 2`,
  )
  if (constant.length === 1) refuseConstant(source.name, constant[0]!, counts)
  const classes = isClasses(counts.distinct, isNumber, type)
  const derived = source.derived ? { expression: source.expression.slice(1, -1) } : {}
  if (!classes)
    return { output: { name: answerName(source.name), kind: 'value', ...derived }, code: `${column}::DOUBLE` }
  refuseClasses(source.name, counts.distinct)
  const values = await database.select<{ value: string | number | boolean }>(
    `SELECT DISTINCT ${token} AS value FROM ${relation} ORDER BY 1`,
  )
  const cases = values.map(({ value }, k) => `WHEN ${sqlValue(value)} THEN ${k}`)
  const names = values.map(({ value }) => (source.derived && isBoolean ? (value ? 'yes' : 'no') : String(value)))
  return {
    output: { name: answerName(source.name), kind: 'probability', classes: names, ...derived },
    code: `(CASE ${token} ${cases.join(' ')} END)::DOUBLE`,
  }
}

const sqlValue = (value: string | number | boolean) =>
  typeof value === 'string'
    ? `'${value.replaceAll("'", "''")}'`
    : typeof value === 'number'
      ? `'${value}'::DOUBLE`
      : String(value)
