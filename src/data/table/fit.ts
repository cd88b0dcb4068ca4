import { InterplayError } from '../../errors/index.ts'
import { fitCategories, minCountOf, type CategorySource, type FitOptions } from './categories.ts'
import type { Database } from './database.ts'
import type { FieldEncoding } from './encoding.ts'
import type { ColumnSource } from './encode-columns.ts'
import { encodeNumbers } from './number-codes.ts'
import { fitNumbers, profileNumbers, type NumberPlan } from './number-fit.ts'
import { readNumbers } from './numbers.ts'
import type { InputPlan } from './plan.ts'
import type { FieldProfile } from './profile.ts'
import { rowColumn } from './readers/source.ts'
import { wholePlacement, type RowOrder } from './rows.ts'
import { identifier } from './sql.ts'

/** The relation of selected, typed rows: `#row`, `#split`, the inputs as `c0`, `c1` ..., the targets as `t0` ... */
export const prepared = 'prepared'

/** An input after the fit. Numbers and moments are encoded as they are fitted: `codes` of all rows in slot order. */
export interface FittedField extends Omit<ColumnSource, 'encoding'> {
  plan: InputPlan
  /** Undefined where the training rows hold no value, or only one. */
  encoding: FieldEncoding | undefined
  /** Distinct values in training rows: 0, 1, or 2 for more. */
  trainValues: number
  rare: number
  profile: FieldProfile
}

/**
 * Fits every input on the training rows.
 * @throws InterplayError `data/not-finite`, `data/too-many-values`
 */
export async function fitFields(
  database: Database,
  plans: InputPlan[],
  order: RowOrder,
  options: FitOptions,
  onRows: (rows: number) => void,
): Promise<FittedField[]> {
  const fields = plans.map((plan, k) => ({ plan, column: `c${k}`, vocabulary: `v${k}` }))
  await refuseInfinite(database, fields)
  const fitted = new Map<string, FittedField>()
  const numeric = fields.filter(({ plan }) => plan.kind === 'numeric' || plan.kind === 'timestamp')
  const columns = numeric.map(field => field.column)
  let next = 0
  for await (const raw of readNumbers(
    database,
    wholePlacement(prepared, order.slots),
    columns,
    order.slots.length,
    onRows,
  )) {
    const field = numeric[next++]!
    const plan = field.plan as NumberPlan
    const found = fitNumbers(plan, raw.subarray(0, order.counts[0]), minCountOf(options, plan.name))
    const codes = found.encoding === undefined ? undefined : encodeNumbers(found.encoding, raw)
    fitted.set(field.column, {
      ...field,
      ...found,
      codes,
      profile: { name: plan.name, ...profileNumbers(raw, order.counts) },
    })
  }
  const categories = fields.filter((field): field is typeof field & CategorySource =>
    ['categorical', 'sequence'].includes(field.plan.kind),
  )
  for (const field of categories) {
    const alike = categories.filter(other => vocabularyName(other.plan) === vocabularyName(field.plan))
    const found = await fitCategories(database, prepared, field, field.vocabulary, options, alike)
    fitted.set(field.column, { ...field, ...found, profile: { name: field.plan.name, ...found.profile } })
  }
  return fields.map(field => fitted.get(field.column)!)
}

/** The field whose vocabulary a field has: its own, or the one it borrows. */
const vocabularyName = (plan: CategorySource['plan']): string =>
  plan.kind === 'sequence' ? (plan.vocabulary ?? plan.name) : plan.name

async function refuseInfinite(database: Database, columns: { plan: InputPlan; column: string }[]): Promise<void> {
  const numeric = columns.filter(({ plan }) => plan.kind === 'numeric')
  if (numeric.length === 0) return
  const counts = numeric.map(
    ({ column }) =>
      `count(*) FILTER (isinf(${column})) AS n_${column}, min(${identifier(rowColumn)}) FILTER (isinf(${column})) AS f_${column}`,
  )
  const row = await database.one<Record<string, number>>(`SELECT ${counts.join(', ')} FROM ${prepared}`)
  const faults = numeric.flatMap(({ plan, column }) =>
    row[`n_${column}`]! > 0 ? [{ field: plan.name, rows: row[`n_${column}`]!, first: row[`f_${column}`]! }] : [],
  )
  if (faults.length === 0) return
  const said = faults.map(
    ({ field, rows, first }) =>
      `'${field}' is infinite in ${rows.toLocaleString('en-US')} ${rows === 1 ? 'row' : 'rows'}, first row ${first}`,
  )
  const where = faults.map(({ field }) => `isfinite("${field}")`).join(' AND ')
  throw new InterplayError('data/not-finite', said.join('; '), {
    try: `--where '${where}'`,
    details: { fields: faults },
  })
}
