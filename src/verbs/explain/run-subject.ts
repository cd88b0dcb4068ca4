import { readFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { runtime } from '#runtime'
import {
  encodeTable,
  encodingSettings,
  modelFields,
  prepareTable,
  sliceTable,
  targetSpec,
  type EncodedTable,
  type Encoding,
  tableFeeds,
} from '../../data/index.ts'
import { InterplayError } from '../../errors/index.ts'
import type { Columns, Labels, Predictor } from '../../lenses/index.ts'
import type { FieldSpec, TargetSpec } from '../../nn/index.ts'
import { cellName, scaledCell, unscaled } from '../levels.ts'
import { openBundle } from '../open.ts'
import { RunFolder, type RunFile } from '../run-folder.ts'
import { maskedRun } from './masked-run.ts'
import { retrainedWithout } from './retrain.ts'
import type { Subject } from './subject.ts'
import { openTrained } from './trained.ts'

export interface SubjectOptions {
  input?: string
  threads?: number
  signal?: AbortSignal
}

/** A run or bundle with its own data's test rows, or with all rows of `input`. */
export async function runSubject(path: string, { input, threads = 1, signal }: SubjectOptions): Promise<Subject> {
  const bundle = await openBundle(path)
  const encoding: Encoding = bundle.file
  const parts =
    input === undefined
      ? await ownRows(bundle.folder, signal)
      : { name: input, tables: [await read(encoding, input, signal)] }
  const fields = modelFields(encoding)
  const columnsOf = new TableColumns(fields)
  const blocks = parts.tables.map(table => columnsOf.add(table))
  const target = targetSpec(encoding.outputs[0]!)
  const classes = target.kind === 'multiclass' ? target.classes : [encoding.outputs[0]!.name]
  const session = await runtime.createSession(await readFile(bundle.modelPath), { threads, optimization: 'all' })
  const predictor: Predictor = {
    name: path,
    fields: fields.map(field => ({
      name: field.name,
      type: field.type === 'numeric' ? 'numeric' : 'categorical',
      ...(field.type === 'categorical'
        ? { values: Array.from({ length: field.size }, (_, id) => cellName(encoding, field, id)) }
        : {}),
    })),
    output: { kind: target.kind === 'regression' ? 'value' : 'logit', names: classes },
    async predict(columns) {
      await new Promise(resolve => setImmediate(resolve))
      const answers = await session.run(tableFeeds(encoding, columnsOf.table(columns)), { logits: null })
      return firstTarget(answers.logits!.data as Float32Array, columns[0]!.length, target)
    },
  }
  const [first] = parts.tables
  const output = target.kind === 'multiclass' ? commonestClass(first!.targets[0], target.classes.length) : 0
  return {
    name: path,
    data: parts.name,
    predictor,
    rows: blocks[0]!,
    rowNumbers: first!.rowNumber,
    total: parts.tables.reduce((sum, table) => sum + table.rows, 0),
    row(number) {
      for (const [k, table] of parts.tables.entries()) {
        const at = table.rowNumber.indexOf(number)
        if (at >= 0) return Float64Array.from(blocks[k]!, column => column[at]!)
      }
      return undefined
    },
    labels: labelsOf(first!, target),
    label(number) {
      for (const table of parts.tables) {
        const at = table.rowNumber.indexOf(number)
        if (at >= 0) return labelsOf(table, target)?.values[at]
      }
      return undefined
    },
    target,
    inUnit: (field, value) => unscaled(encoding, fields[field]!.name)(value),
    output,
    units: unitsOf(target, output),
    text: (field, value) => cellName(encoding, fields[field]!, value),
    toAnswer: logit => (target.kind === 'regression' ? logit * target.deviation + target.mean : logit),
    toUnit: (field, cell) => unscaled(encoding, fields[field]!.name)(cell),
    fromUnit: (field, value) => scaledCell(encoding, fields[field]!.name, value),
    lists: new Set([...fields.keys()].filter(f => fields[f]!.type === 'sequence')),
    model: bundle.file.model.sha256,
    async open(number) {
      const rows = number === undefined ? first! : rowTable(parts.tables, number)
      if (!rows) throw new InterplayError('data/no-row', `'${parts.name}' has no row ${number}`)
      return { ...(await openTrained(bundle)), rows }
    },
    async training() {
      const { train, valid } = 'train' in parts ? parts : await ownRows(bundle.folder, signal)
      const { file: run } = await RunFolder.open(bundle.folder)
      const { system, trained } = await openTrained(bundle)
      return {
        train,
        says: (table, row) => rowWords(encoding, fields, columnsOf.cells(table, row), target, table.targets[0]![row]!),
        retrained: (left, query, by) =>
          retrainedWithout({ run, system, spec: trained.spec, train, valid }, left, query, { threads, signal: by }),
      }
    },
    async turned() {
      if (!existsSync(join(bundle.folder, 'run.json'))) return undefined
      const { trained } = await openTrained(bundle)
      const answers = (logits: Float32Array, rows: number) => {
        const own = firstTarget(logits, rows, target)
        return own.length === rows ? own : own.filter((_, i) => i % classes.length === output)
      }
      return maskedRun({ trained, predictor, table: columns => columnsOf.table(columns), answers })
    },
    notes:
      target.kind === 'multiclass'
        ? [`of ${target.classes.length} classes, ${target.classes[output]} is explained`]
        : [],
    close: () => session.close(),
  }
}

function rowTable(tables: readonly EncodedTable[], number: number): EncodedTable | undefined {
  for (const table of tables) {
    const at = table.rowNumber.indexOf(number)
    if (at >= 0) return sliceTable(table, at, at + 1)
  }
  return undefined
}

/** Cells said of a row. */
const saidCells = 4

function rowWords(
  encoding: Encoding,
  fields: readonly FieldSpec[],
  cells: readonly number[],
  target: TargetSpec,
  label: number,
): string {
  const own = target.kind === 'regression' ? label * target.deviation + target.mean : label
  const said = target.kind === 'regression' ? String(Number(own.toPrecision(4))) : target.classes[own]
  const shown = fields.slice(0, saidCells).map((field, f) => `${field.name} ${cellName(encoding, field, cells[f]!)}`)
  return `${target.name} ${said}; ${shown.join(', ')}`
}

const unitsOf = (target: TargetSpec, output: number): string => {
  if (target.kind === 'regression') return `units of ${target.name}`
  return target.kind === 'multiclass' ? `log-weight of ${target.classes[output]}` : 'log-odds'
}

function labelsOf(table: EncodedTable, target: TargetSpec): Labels | undefined {
  const values = table.targets[0]
  return values && target.kind !== 'multiclass' ? { kind: target.kind, values } : undefined
}

function commonestClass(labels: Float32Array | undefined, classes: number): number {
  const counts = new Int32Array(classes)
  for (const label of labels ?? []) counts[label]!++
  return counts.indexOf(Math.max(...counts))
}

/** The columns of the first target; values in the target's own unit. */
function firstTarget(logits: Float32Array, rows: number, target: TargetSpec): Float64Array {
  const width = logits.length / rows
  const own = target.kind === 'multiclass' ? target.classes.length : 1
  const answers = new Float64Array(rows * own)
  for (let r = 0; r < rows; r++) for (let k = 0; k < own; k++) answers[r * own + k] = logits[r * width + k]!
  return target.kind === 'regression' ? answers.map(value => value * target.deviation + target.mean) : answers
}

interface OwnRows {
  name: string
  tables: EncodedTable[]
  train: EncodedTable
  valid: EncodedTable
}

/** The test rows of the data a run was fitted on, then its other rows. */
async function ownRows(folder: string, signal?: AbortSignal): Promise<OwnRows> {
  if (!existsSync(join(folder, 'run.json')))
    throw new InterplayError('usage/missing-input', `'${folder}' is a bundle without its data`, {
      why: 'run.json, which says where they are, is missing',
      try: `interplay explain ${folder} ROWS`,
    })
  const { file } = await RunFolder.open(folder)
  const prepared = await prepareTable(inputOf(file), { ...optionsOf(file), signal })
  for (const [i, { path, sha256 }] of file.data.entries())
    if (prepared.inputs[i] && prepared.inputs[i].sha256 !== sha256)
      throw new InterplayError('run/changed', `'${path}' changed since the run '${folder}' was made`, {
        why: 'its test rows are no longer known to be those the model never saw',
        try: `interplay explain ${folder} ${path}`,
      })
  const { train, valid, test } = prepared
  const tables = test.rows > 0 ? [test, valid, train] : [valid, train]
  return { name: prepared.name, tables, train, valid }
}

const inputOf = ({ input }: RunFile) =>
  input.startsWith('{') ? (JSON.parse(input) as { train: string; valid?: string; test?: string }) : input

function optionsOf({ settings, seed }: RunFile): Parameters<typeof prepareTable>[1] {
  const { target, split, ignore, where, type, role, encoding, reader } = settings as {
    target?: string | string[]
    split?: string
    ignore?: string[]
    where?: string
    type?: Record<string, string>
    role?: Record<string, string[]>
    encoding?: Record<string, unknown>
    reader?: Record<string, unknown>
  }
  const parts = { types: type, roles: role, ignore, where, split, ...encodingSettings(encoding), reader, seed }
  return { target: target === undefined ? undefined : [target].flat(), ...parts }
}

/** All rows of an input, as the bundle's encoding reads them; no labels. */
async function read(encoding: Encoding, input: string, signal?: AbortSignal): Promise<EncodedTable> {
  for await (const { table } of encodeTable(encoding, input, { signal, chunkRows: 1 << 20 })) return table
  throw new InterplayError('data/empty', `'${input}' has no rows`)
}

/** Encoded tables as columns, and columns as tables again; lists travel as the number of the row they are of. */
class TableColumns {
  private readonly offsets: number[]
  private readonly lists: { field: string; length: number; rows: Int32Array[] }[] = []
  private readonly categorical: number[]
  private readonly numeric: number[]

  constructor(private readonly fields: readonly FieldSpec[]) {
    let offset = 0
    this.offsets = fields.map(({ type, size }) => (type === 'categorical' ? (offset += size) - size : 0))
    const members = (type: FieldSpec['type']) => [...fields.keys()].filter(f => fields[f]!.type === type)
    this.categorical = members('categorical')
    this.numeric = members('numeric')
  }

  add(table: EncodedTable): Columns {
    const { rows } = table
    const before = this.lists[0]?.rows.length ?? 0
    for (const [s, { field, length, ids }] of table.sequences.entries()) {
      this.lists[s] ??= { field, length, rows: [] }
      for (let r = 0; r < rows; r++) this.lists[s].rows.push(ids.subarray(r * length, (r + 1) * length))
    }
    return this.fields.map(({ type }, f) => {
      if (type === 'sequence') return new Float64Array(rows).map((_, r) => before + r)
      const [block, place] = type === 'numeric' ? [table.numeric, this.numeric] : [table.categorical, this.categorical]
      const column = place.indexOf(f)
      return new Float64Array(rows).map((_, r) => block[r * place.length + column]! - this.offsets[f]!)
    })
  }

  /** The cells of one row. */
  cells(table: EncodedTable, row: number): number[] {
    return this.fields.map(({ type }, f) => {
      if (type === 'sequence') return 0
      const [block, place] = type === 'numeric' ? [table.numeric, this.numeric] : [table.categorical, this.categorical]
      return block[row * place.length + place.indexOf(f)]! - this.offsets[f]!
    })
  }

  table(columns: Columns) {
    const rows = columns[0]!.length
    const [categorical, numeric] = [this.categorical, this.numeric]
    const ids = new Int32Array(rows * categorical.length)
    categorical.forEach((f, k) => {
      for (let r = 0; r < rows; r++) ids[r * categorical.length + k] = columns[f]![r]! + this.offsets[f]!
    })
    const numbers = new Float32Array(rows * numeric.length)
    numeric.forEach((f, k) => {
      for (let r = 0; r < rows; r++) numbers[r * numeric.length + k] = columns[f]![r]!
    })
    const sequences = this.lists.map(({ field, length, rows: lists }) => {
      const own = columns[this.fields.findIndex(({ name }) => name === field)]!
      const cells = new Int32Array(rows * length)
      for (let r = 0; r < rows; r++) cells.set(lists[own[r]!]!, r * length)
      return { field, length, ids: cells }
    })
    return { rows, categorical: ids, numeric: numbers, sequences }
  }
}
