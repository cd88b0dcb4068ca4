import { InterplayError } from '../../errors/index.ts'
import { ofField } from './by-field.ts'
import { missingWords, parseTimestamp } from './cells.ts'
import { textOf } from './column-kinds.ts'
import type { Database } from './database.ts'
import type { InputPlan, Plan } from './plan.ts'
import { rowColumn, type Warning } from './readers/source.ts'
import { timestampFormats } from './schema.ts'
import { identifier, literal } from './sql.ts'

/** Values that are not of the type their field was told to have: each is read as missing. */
export interface Misfits {
  field: string
  rows: number
  message: string
  try: string
}

type Told = Extract<InputPlan, { kind: 'numeric' | 'timestamp' }>

interface Counts {
  fits: number
  misfits: number
  first: number
  value: string
}

/**
 * The misfits of every field whose type was told.
 * @throws InterplayError `data/type` where no value of a field fits
 */
export async function misfitsOf(
  database: Database,
  relation: string,
  { inputs, fields }: Plan,
  types: Readonly<Record<string, string>> = {},
): Promise<Misfits[]> {
  const storage = new Map(fields.map(field => [field.name, field.storage.kind]))
  const told = inputs.filter(
    (input): input is Told =>
      (input.kind === 'numeric' || input.kind === 'timestamp') &&
      ofField(types, input.name) !== undefined &&
      ['text', 'list', input.kind === 'timestamp' ? 'boolean' : 'list'].includes(storage.get(input.name)!),
  )
  const found: Misfits[] = []
  for (const input of told) {
    const counts = await countOf(database, relation, input)
    if (counts.misfits === 0) continue
    const type = ofField(types, input.name)!
    const misfits = misfitsIn(input, counts)
    if (counts.fits > 0) found.push(misfits)
    else
      throw new InterplayError('data/type', misfits.message, {
        where: `--type ${input.name}=${type}`,
        why: 'no value fits',
        try: misfits.try,
      })
  }
  return found
}

async function countOf(database: Database, relation: string, { name, expression }: Told): Promise<Counts> {
  const row = identifier(rowColumn)
  const words = missingWords.map(literal).join(', ')
  return database.one<Counts>(
    `SELECT count(value) AS fits, count(*) FILTER (misfit) AS misfits, min(${row}) FILTER (misfit) AS first,
      arg_min(cell, ${row}) FILTER (misfit) AS value
      FROM (SELECT ${row}, value, cell, value IS NULL AND lower(cell) NOT IN (${words}) AS misfit
        FROM (SELECT ${row}, ${expression} AS value, ${textOf(name)} AS cell FROM ${relation}))`,
  )
}

function misfitsIn(input: Told, { misfits, first, value }: Counts): Misfits {
  const wanted = input.kind === 'numeric' ? 'no number' : `no moment (${input.format})`
  const rows = `${misfits.toLocaleString('en-US')} ${misfits === 1 ? 'row' : 'rows'}`
  const format = timestampFormats.find(format => parseTimestamp(value, format) !== undefined)
  const other = input.kind === 'timestamp' && format !== undefined ? `timestamp:${format}` : 'categorical'
  return {
    field: input.name,
    rows: misfits,
    message: `'${input.name}' is ${wanted} in ${rows}, first row ${first}: '${value}'`,
    try: `--type ${input.name}=${other}`,
  }
}

/** `data/type`: values read as missing. */
export const misfitWarnings = (misfits: readonly Misfits[]): Warning[] =>
  misfits.map(({ field, message, try: other }) => ({
    code: 'data/type',
    message: `${message}; read as missing`,
    try: other,
    fields: [field],
  }))
