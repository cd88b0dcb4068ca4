import { readFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { runtime } from '#runtime'
import {
  encodeRows,
  encodeTable,
  modelFields,
  sliceTable,
  targetSpec,
  type EncodedTable,
  type Encoding,
  tableFeeds,
} from '../../data/index.ts'
import { InterplayError } from '../../errors/index.ts'
import type { Labels, Predictor } from '../../lenses/index.ts'
import type { FieldSpec, TargetSpec } from '../../nn/index.ts'
import { cellName, scaledCell, unscaled, valueNames } from '../levels.ts'
import { openBundle } from '../open.ts'
import { RunFolder } from '../run-folder.ts'
import { EncodedColumns } from './encoded-columns.ts'
import { maskedRun } from './masked-run.ts'
import { ownRows } from './own-rows.ts'
import { retrainedWithout } from './retrain.ts'
import type { Subject } from './subject.ts'
import { openKept, openTrained } from './trained.ts'

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
  const columnsOf = new EncodedColumns(fields)
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
    cells: row => columnsOf.give(encodeRows(encoding, [row])),
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
    run: () => openKept(bundle),
    async open(number) {
      const rows = number === undefined ? first! : rowTable(parts.tables, number)
      if (!rows) throw new InterplayError('data/no-row', `'${parts.name}' has no row ${number}`)
      return { ...(await openTrained(bundle)), rows, nameOf: valueNames(encoding) }
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

/** All rows of an input, as the bundle's encoding reads them; no labels. */
async function read(encoding: Encoding, input: string, signal?: AbortSignal): Promise<EncodedTable> {
  for await (const { table } of encodeTable(encoding, input, { signal, chunkRows: 1 << 20 })) return table
  throw new InterplayError('data/empty', `'${input}' has no rows`)
}
