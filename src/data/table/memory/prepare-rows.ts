import { InterplayError, isInterplayError } from '../../../errors/index.ts'
import { constantWarning, ignoredWarning, imbalanceWarning, leakWarnings, rareWarnings } from '../checks.ts'
import { encodeRows, type RowFault } from '../encode-rows.ts'
import type { EncodedTable } from '../encoded.ts'
import { tableSpec, type Encoding } from '../encoding.ts'
import { missingTarget, requireField } from '../fields.ts'
import { planFields, rolesOf, type PlanOptions } from '../plan.ts'
import { prepareDefaults } from '../prepare-defaults.ts'
import type { PreparedTable } from '../prepare.ts'
import { sliceTable } from '../slice.ts'
import { randomSplit, refuseEmptySplits } from '../split.ts'
import { momentsOf } from '../target-values.ts'
import { inferColumns, type MemoryRows } from './columns.ts'
import { fitColumn, type FittedColumn } from './fit-columns.ts'
import { fitTarget } from './fit-target.ts'
import { ofField } from '../by-field.ts'

/** A target that is no field: what it is called, the fields it reads (none of them is an input), and its value of a row. */
export interface DerivedTarget {
  name: string
  reads: string[]
  value(row: Readonly<Record<string, unknown>>): unknown
}

export interface PrepareRowsOptions extends Omit<PlanOptions, 'roles'> {
  target: string | DerivedTarget
  roles?: { meta?: string[]; required?: string[] }
  /** The order of the fields, as of a header: objects enumerate names that are integers before all others. */
  fields?: readonly string[]
  /** What the rows are called in faults. Default `rows`. */
  name?: string
  /** Of the random split, 7:1:2. Default 1. */
  seed?: number
  /** Values seen less often in training rows share the unknown id. Default 2. */
  minCount?: number | Record<string, number>
  /** More kept values than this in one field are refused. Default 500,000. */
  maxValues?: number
  /** Codes that values hash into in place of a vocabulary: of all fields, or by field. */
  codes?: number | Record<string, number>
}

/** A table prepared from rows in memory: what training and prediction need of a `PreparedTable`. */
export type PreparedRows = Pick<
  PreparedTable,
  'name' | 'encoding' | 'spec' | 'train' | 'valid' | 'test' | 'schema' | 'warnings' | 'split'
>

/**
 * Rows in memory to typed arrays, without a database and without anything of Node: the types, splits, vocabularies,
 * scales and codes that `prepareTable` gives for a file of the same cells.
 * @throws InterplayError `data/*` and `option/*` faults of the rows, their fields and the target
 */
export function prepareRows(rows: MemoryRows, options: PrepareRowsOptions): PreparedRows {
  const { name = 'rows', seed = prepareDefaults.seed, target } = options
  const settings = {
    minCount: options.minCount ?? prepareDefaults.minCount,
    maxValues: options.maxValues ?? prepareDefaults.maxValues,
    codes: options.codes,
    maxSequenceLength: options.maxSequenceLength ?? prepareDefaults.maxSequenceLength,
  }
  const schema = inferColumns(rows, options.types, options.fields)
  const derived = typeof target === 'string' ? undefined : target
  const named = typeof target === 'string' ? target : target.name
  if (named === '') throw missingTarget(name, schema)
  const reads = derived?.reads ?? [named]
  for (const field of reads) requireField(name, schema, field, '--target')
  const reserved = new Map(reads.map(field => [field, derived ? `read by target ${named}` : 'target']))
  const plan = planFields(name, schema, reserved, options)

  const parts = partRows(rows.length, seed)
  const counts = { train: parts[0].length, valid: parts[1].length, test: parts[2].length }
  refuseEmptySplits(name, counts)
  const order = Int32Array.from(parts.flat())
  const ordered = Array.from(order, row => rows[row - 1]!)
  const fields = plan.inputs.map(input =>
    fitColumn(
      input,
      ordered.map(row => row[input.name]),
      order,
      counts.train,
      settings,
    ),
  )
  const kept = fields.filter((field): field is FittedColumn & { encoding: object } => field.encoding !== undefined)
  if (kept.length === 0) throw new InterplayError('data/no-inputs', `${name} leaves no field to predict from`)

  const answers = ordered.map(row => (derived ? derived.value(row) : row[named]))
  const stored = derived ? inferColumns(answers.map(value => ({ [named]: value }))).fields[0] : undefined
  const fitted = fitTarget(stored ?? requireField(name, schema, named, '--target'), answers, order, counts.train, {
    type: ofField(options.types, named),
    derived: derived !== undefined,
  })
  const trained = fitted.values.subarray(0, counts.train)
  const encoding: Encoding = {
    fields: kept.map(field => field.encoding),
    ignored: schema.fields.map(field => field.name).filter(field => !kept.some(({ plan }) => plan.name === field)),
    outputs: [fitted.output.kind === 'value' ? { ...fitted.output, ...momentsOf(trained) } : fitted.output],
  }
  const whole = encoded(encoding, ordered, order, fitted.values)
  const train = sliceTable(whole, 0, counts.train)
  const valid = sliceTable(whole, counts.train, counts.train + counts.valid)
  return {
    name,
    encoding,
    spec: tableSpec(encoding, train.rows),
    train,
    valid,
    test: sliceTable(whole, counts.train + counts.valid, whole.rows),
    schema: { rows: rows.length, fields: rolesOf(plan, fields) },
    warnings: [
      ...ignoredWarning(plan.fields),
      ...constantWarning(fields),
      ...rareWarnings(fields, settings.minCount),
      ...imbalanceWarning(encoding, train),
      ...leakWarnings(encoding, train, valid),
    ],
    split: { rule: 'random', seed, rows: counts },
  }
}

/** Row numbers of train, valid and test, each in the order of the rows. */
function partRows(rows: number, seed: number): [number[], number[], number[]] {
  const parts: [number[], number[], number[]] = [[], [], []]
  for (let row = 1; row <= rows; row++) parts[randomSplit(seed, row)].push(row)
  return parts
}

function encoded(encoding: Encoding, rows: MemoryRows, order: Int32Array, target: Float32Array): EncodedTable {
  const known = encoding.fields.map(field => field.name)
  const cells = rows.map(row => Object.fromEntries(known.map(name => [name, row[name]])))
  const { unseen: _, ...table } = encodedCells(encoding, cells, order)
  return { ...table, targets: [target], rowNumber: order }
}

/** The faults of cells named by the numbers their rows have, not by their places in the split. */
function encodedCells(encoding: Encoding, cells: Record<string, unknown>[], order: Int32Array) {
  try {
    return encodeRows(encoding, cells)
  } catch (error) {
    if (!isInterplayError(error)) throw error
    const faults = error.details!['errors'] as RowFault[]
    const { row, field, detail } = faults.reduce((a, b) => (order[b.row]! < order[a.row]! ? b : a))
    throw new InterplayError('data/type', `row ${order[row]}, '${field}' ${detail}`, { why: error.why, cause: error })
  }
}
