import { InterplayError, suggest } from '../../errors/index.ts'
import { isMissingWord, parseList, parseNumber, parseTimestamp, trimmed } from './cells.ts'
import type { EncodedTable } from './encoded.ts'
import type { CalendarPart, Encoding, FieldEncoding, Vocabulary } from './encoding.ts'
import { idFinder } from './ids.ts'
import { modelFields } from './encoding.ts'
import { bucket, scaler } from './scale.ts'
import type { TimestampFormat } from './schema.ts'

/** One fault of a request, with its JSON pointer. */
export interface RowFault {
  pointer: string
  row: number
  field: string
  detail: string
}

export interface EncodedRows extends EncodedTable {
  /** Cells whose value was not in the training vocabulary; rows from 0. Each is encoded as unknown. */
  unseen: { row: number; field: string }[]
}

/**
 * Encodes raw rows, numbers and text as they stand in a CSV or in JSON, exactly as the training rows were encoded.
 * No database and nothing of Node is needed. A missing, null or empty cell is a missing value.
 * @throws InterplayError `request/invalid` with every fault in `details.errors`
 */
export function encodeRows(encoding: Encoding, rows: readonly Record<string, unknown>[]): EncodedRows {
  return encoderOf(encoding).encode(rows)
}

const encoders = new WeakMap<Encoding, RowEncoder>()

function encoderOf(encoding: Encoding): RowEncoder {
  let encoder = encoders.get(encoding)
  if (!encoder) encoders.set(encoding, (encoder = new RowEncoder(encoding)))
  return encoder
}

/** Writes one raw cell into the row's slots. Returns a fault in words, or whether the value was unseen. */
type Write = (cell: unknown, row: number, target: EncodedTable) => string | boolean

class RowEncoder {
  private readonly writers: { field: FieldEncoding; write: Write }[] = []
  private readonly known: Set<string>
  private readonly numericWidth: number
  private readonly offsets: number[] = []
  private readonly sequenceSpecs: { field: string; length: number }[]

  constructor(encoding: Encoding) {
    const specs = modelFields(encoding)
    this.known = new Set([
      ...encoding.fields.map(field => field.name),
      ...encoding.ignored,
      ...encoding.outputs.map(output => output.name),
    ])
    let offset = 0
    for (const spec of specs) {
      if (spec.type !== 'categorical') continue
      this.offsets.push(offset)
      offset += spec.size
    }
    this.numericWidth = specs.filter(spec => spec.type === 'numeric').length
    this.sequenceSpecs = specs
      .filter(spec => spec.type === 'sequence')
      .map(spec => ({ field: spec.name, length: spec.length! }))
    const next = { categorical: 0, numeric: 0, sequence: 0 }
    for (const field of encoding.fields) this.writers.push({ field, write: this.writer(field, next) })
  }

  encode(rows: readonly Record<string, unknown>[]): EncodedRows {
    const count = rows.length
    const table: EncodedRows = {
      rows: count,
      categorical: new Int32Array(count * this.offsets.length),
      numeric: new Float32Array(count * this.numericWidth),
      sequences: this.sequenceSpecs.map(({ field, length }) => ({
        field,
        length,
        ids: new Int32Array(count * length),
      })),
      targets: [],
      rowNumber: Int32Array.from(rows, (_, row) => row + 1),
      unseen: [],
    }
    const faults: RowFault[] = []
    rows.forEach((cells, row) => this.encodeRow(cells, row, table, faults))
    if (faults.length > 0) throw invalidRows(faults, count)
    return table
  }

  private encodeRow(cells: Record<string, unknown>, row: number, table: EncodedRows, faults: RowFault[]): void {
    const fault = (field: string, detail: string) => {
      faults.push(rowFault(row, field, detail))
    }
    if (cells === null || typeof cells !== 'object' || Array.isArray(cells)) {
      faults.push({ pointer: `/rows/${row}`, row, field: '', detail: `must be an object, got ${kindOf(cells)}` })
      return
    }
    for (const name in cells) {
      if (this.known.has(name)) continue
      const near = suggest(name, this.known)
      fault(name, `is no field of this model${near.length > 0 ? `; nearest: ${near.join(', ')}` : ''}`)
    }
    for (const { field, write } of this.writers) {
      const cell = Object.hasOwn(cells, field.name) ? cells[field.name] : undefined
      if (field.required && isMissing(cell)) {
        fault(field.name, 'is required')
        continue
      }
      const outcome = write(cell, row, table)
      if (typeof outcome === 'string') fault(field.name, outcome)
      else if (outcome) table.unseen.push({ row, field: field.name })
    }
  }

  private writer(field: FieldEncoding, next: { categorical: number; numeric: number; sequence: number }): Write {
    const width = this.offsets.length
    const slot = (vocabulary: Vocabulary) => {
      const at = next.categorical++
      const offset = this.offsets[at]!
      const idOf = idFinder(vocabulary)
      return (token: string | undefined, row: number, target: EncodedTable): boolean => {
        const id = token === undefined ? undefined : idOf(token)
        target.categorical[row * width + at] = offset + (id ?? vocabulary.unknown)
        return token !== undefined && id === undefined
      }
    }
    switch (field.type) {
      case 'categorical': {
        const put = slot(field)
        return (cell, row, target) => {
          if (cell !== null && typeof cell === 'object') return `must be text, got ${kindOf(cell)}`
          return put(tokenOf(cell, field.cells), row, target)
        }
      }
      case 'bucket': {
        const put = slot(field)
        return (cell, row, target) => {
          const number = numberOf(cell)
          if (typeof number === 'string') return number
          return put(number === undefined ? undefined : String(bucket(number)), row, target)
        }
      }
      case 'numeric': {
        const at = next.numeric++
        const scale = scaler(field.scale)
        return (cell, row, target) => {
          const number = numberOf(cell)
          if (typeof number === 'string') return number
          target.numeric[row * this.numericWidth + at] = number === undefined ? 0 : scale(number)
          return false
        }
      }
      case 'timestamp': {
        const parts = field.parts.map(part => ({ part: part.part, put: slot(part) }))
        const at = next.numeric++
        const scale = scaler(field.scale)
        return (cell, row, target) => {
          const time = momentOf(cell, field)
          if (typeof time === 'string') return time
          target.numeric[row * this.numericWidth + at] = time === undefined ? 0 : scale(time)
          let unseen = false
          for (const { part, put } of parts) {
            const token = time === undefined ? undefined : String(calendarPart(time, part))
            if (put(token, row, target)) unseen = true
          }
          return unseen
        }
      }
      case 'sequence': {
        const at = next.sequence++
        const idOf = idFinder(field)
        return (cell, row, target) => {
          const values = listOf(cell, field.separator)
          if (values === undefined) return `must be a list, got ${kindOf(cell)}`
          const kept = values.slice(-field.length)
          let unseen = false
          kept.forEach((value, k) => {
            const id = idOf(value)
            if (id === undefined) unseen = true
            target.sequences[at]!.ids[row * field.length + k] = id ?? field.unknown
          })
          return unseen
        }
      }
    }
  }
}

/** 1 to 12; 0 (Sunday) to 6; 0 to 23, all UTC. */
export function calendarPart(seconds: number, part: CalendarPart): number {
  const day = Math.floor(seconds / 86400)
  if (part === 'hour') return Math.floor((seconds - day * 86400) / 3600)
  return part === 'weekday' ? (((day + 4) % 7) + 7) % 7 : monthOf(day)
}

/** Month of a day since 1970, by the proleptic Gregorian calendar (Hinnant's days algorithm, March-based years). */
function monthOf(day: number): number {
  const shifted = day + 719468
  const era = Math.floor(shifted / 146097)
  const dayOfEra = shifted - era * 146097
  const year = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100))
  const month = Math.floor((5 * dayOfYear + 2) / 153)
  return month < 10 ? month + 3 : month - 9
}

export function isMissing(cell: unknown): boolean {
  return (
    cell == null ||
    (typeof cell === 'number' && Number.isNaN(cell)) ||
    (typeof cell === 'string' && trimmed(cell) === '')
  )
}

/** How a category's cell is told apart; undefined where it is missing. */
export function tokenOf(cell: unknown, cells: 'text' | 'number' | 'boolean'): string | undefined {
  if (isMissing(cell)) return undefined
  if (cells === 'text') return typeof cell === 'string' ? trimmed(cell) : String(cell)
  const text = trimmed(String(cell))
  if (cells === 'boolean') return text.toLowerCase()
  if (typeof cell === 'boolean') return cell ? '1' : '0'
  if (typeof cell === 'string' && isMissingWord(text)) return undefined
  const number = parseNumber(text)
  return number === undefined ? text : String(number + 0)
}

/** The number, undefined where it is missing, or the fault in words. */
export function numberOf(cell: unknown): number | undefined | string {
  if (isMissing(cell)) return undefined
  if (typeof cell === 'boolean') return cell ? 1 : 0
  if (typeof cell === 'bigint') return Number(cell)
  if (typeof cell !== 'number' && typeof cell !== 'string') return `must be a number, got ${kindOf(cell)}`
  if (typeof cell === 'string' && isMissingWord(trimmed(cell))) return undefined
  const number = typeof cell === 'number' ? cell : parseNumber(trimmed(cell))
  if (number === undefined) return `must be a number, got ${kindOf(cell)}`
  return Number.isFinite(number) ? number : 'must be finite'
}

/** Seconds since 1970, undefined where the moment is missing, or the fault in words. */
export function momentOf(cell: unknown, field: { format: TimestampFormat }): number | undefined | string {
  if (isMissing(cell)) return undefined
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? undefined : cell.getTime() / 1000
  const text = trimmed(String(cell))
  if (typeof cell === 'string' && isMissingWord(text)) return undefined
  return parseTimestamp(text, field.format) ?? `must be a moment (${field.format}), got ${kindOf(cell)}`
}

/** The values of a list, none where it is missing; undefined where the cell is no list. */
export function listOf(cell: unknown, separator: string): string[] | undefined {
  if (isMissing(cell)) return []
  if (Array.isArray(cell)) return cell.filter(value => value != null).map(String)
  return parseList(trimmed(String(cell)), separator)
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  if (typeof value === 'string') return 'text'
  return typeof value === 'boolean' ? 'true or false' : `a ${typeof value}`
}

/** A fault of one cell, rows from 0. */
export const rowFault = (row: number, field: string, detail: string): RowFault => ({
  pointer: `/rows/${row}/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`,
  row,
  field,
  detail,
})

/** The refusal of a request, all its faults together. */
export function invalidRows(faults: RowFault[], count: number): InterplayError {
  const first = faults[0]!
  const rows = new Set(faults.map(fault => fault.row)).size
  return new InterplayError(
    'request/invalid',
    `row ${first.row}${first.field ? `, '${first.field}'` : ''} ${first.detail}`,
    {
      why: `${rows} of ${count} rows ${rows === 1 ? 'is' : 'are'} not valid`,
      details: { errors: faults },
    },
  )
}
