import type { Database } from '../database.ts'

/** How a table's bytes are to be read; `--set reader.<key>=...` and a recipe's `reader`. */
export interface ReaderOptions {
  /** Separator of a delimited file, one character. Default: `,` for .csv, tab for .tsv, else what separates the lines. */
  delimiter?: string
  /** Any label of the Encoding standard (`latin1`, `utf-16le`, `shift_jis` ...). Default utf-8. */
  encoding?: string
  /** Leave out the records that do not fit instead of refusing the file. Row numbers keep counting them. */
  skipBad?: boolean
  /** Whether the first record of a delimited file names the fields. Default true. */
  header?: boolean
  /** Names of the fields of a file without a header. */
  names?: string[]
  /** Format where the name does not tell it. */
  format?: Format
  /** Table of a database that has several. */
  table?: string
  /** Query for a database server or SQLite file; of a DuckDB file in `sql:` inputs, the file to attach. */
  query?: string
  /** DuckDB or SQLite file that a `sql:` input reads. */
  database?: string
}

export const formats = ['csv', 'json', 'parquet', 'arrow', 'sqlite', 'duckdb', 'libsvm'] as const
export type Format = (typeof formats)[number]

/** One input as `run.json` records it. */
export interface InputFile {
  /** Relative to the working folder; without password for a server. */
  path: string
  sha256: string
  bytes: number
}

/** A file to read: `path` is where it lies, `shown` what the user called it. */
export interface SourceFile {
  path: string
  shown: string
  gzip: boolean
}

export interface Warning {
  code: string
  message: string
  /** A setting that would change it. */
  try?: string
  fields?: string[]
}

/** What a reader leaves behind: the relation it was asked to make, with `#row` beside the input's columns. */
export interface Loaded {
  inputs: InputFile[]
  warnings: Warning[]
}

/** The column that keeps a row's number in its input, from 1, the header excluded. */
export const rowColumn = '#row'
/** Where splits were given as files: 0 train, 1 valid, 2 test. */
export const givenColumn = '#given'

/** Select item that numbers rows as they are read; it also keeps the reading in order. */
export const numbered = `(row_number() OVER ())::UINTEGER AS "${rowColumn}"`

export type Load = (database: Database, relation: string, file: SourceFile, reader: ReaderOptions) => Promise<Loaded>
