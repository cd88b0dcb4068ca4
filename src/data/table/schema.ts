export const fieldTypes = ['categorical', 'numeric', 'boolean', 'timestamp', 'sequence', 'text', 'meta'] as const
export type FieldType = (typeof fieldTypes)[number]

/** Text forms in which a moment may stand; times without a zone are UTC. `seconds` and `milliseconds` are Unix time. */
export const timestampFormats = [
  'iso',
  'month/day/year',
  'day/month/year',
  'day.month.year',
  'seconds',
  'milliseconds',
] as const
export type TimestampFormat = (typeof timestampFormats)[number]

/** How a cell is read, whatever type the field then plays. The separator of a list is a character or `json`. */
export type Storage =
  | { kind: 'text' }
  | { kind: 'number'; whole: boolean }
  | { kind: 'boolean' }
  | { kind: 'timestamp'; format: TimestampFormat }
  | { kind: 'list'; separator: string }

export type Flag = 'id-like' | 'constant' | 'all-null'

export interface FieldSchema {
  name: string
  type: FieldType
  /** Why this type, in words. */
  why: string
  storage: Storage
  flags: Flag[]
  /** Distinct values; exact up to 100,000, an estimate above. */
  distinct: number
  /** Rows without a value. */
  missing: number
  /** Numbers and timestamps (seconds since 1970). */
  minimum?: number
  maximum?: number
  /** Most frequent values, at most 10, for fields of at most 100,000 values. */
  top: { value: string; count: number }[]
}

export interface Schema {
  rows: number
  fields: FieldSchema[]
}
