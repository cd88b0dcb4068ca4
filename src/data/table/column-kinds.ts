import { identifier } from './sql.ts'

/** What a DuckDB column type holds. */
export type ColumnKind = 'text' | 'integer' | 'number' | 'boolean' | 'timestamp' | 'list' | 'nested'

export function columnKind(type: string): ColumnKind {
  if (type.endsWith(']')) return 'list'
  if (/^(STRUCT|MAP|UNION|JSON|BLOB|BIT|VARIANT)/.test(type)) return 'nested'
  if (/^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER)$/.test(type)) return 'integer'
  if (/^(FLOAT|DOUBLE|DECIMAL)/.test(type)) return 'number'
  if (type === 'BOOLEAN') return 'boolean'
  return /^(DATE|TIMESTAMP)/.test(type) ? 'timestamp' : 'text'
}

/** A column of numbers as DOUBLE, NaN as NULL; FLOAT and DECIMAL by way of their text, so that 0.1 stays 0.1. */
export function doubleOf(name: string, type: string): string {
  const column = identifier(name)
  if (columnKind(type) === 'integer') return `CAST(${column} AS DOUBLE)`
  return `nullif(${type === 'DOUBLE' ? column : `CAST(CAST(${column} AS VARCHAR) AS DOUBLE)`}, 'nan'::DOUBLE)`
}

/** SQL of a value's text without blanks and tabs at either end; UUIDs, times of day and intervals have a text too. */
export const trimmedText = (value: string) => `trim(CAST(${value} AS VARCHAR), ' \t')`

/** A column of text without blanks and tabs at either end; empty text as NULL. */
export function textOf(name: string): string {
  return `nullif(${trimmedText(identifier(name))}, '')`
}
