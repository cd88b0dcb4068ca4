import type { FieldSpec, TableSpec, TargetSpec } from '../../nn/fields/spec.ts'
import type { Scale } from './scale.ts'
import type { TimestampFormat } from './schema.ts'

/**
 * Values of a vocabulary in id order: `values[i]` has id `i + 1`, 0 is padding, `unknown` (one after the last) stands
 * for unseen, rare and missing values. `size` = kept values + 2.
 */
export interface Vocabulary {
  values: string[]
  pad: 0
  unknown: number
  /** In place of a list: each value hashes, by its text, into one of the ids 1 .. `codes`; none is unseen. */
  hashed?: { key: string; codes: number }
}

interface Named {
  name: string
  /** Whether a row without this value is refused. */
  required: boolean
}

export interface CategoricalEncoding extends Named, Vocabulary {
  type: 'categorical'
  /** How cells compare: as trimmed text, as numbers (`1.0` is `1`), as true and false. */
  cells: 'text' | 'number' | 'boolean'
}

export interface NumericEncoding extends Named {
  type: 'numeric'
  scale: Scale
}

/** A number turned into the code of its bucket: v > 2 -> floor(ln(v)^2), else trunc(v). The model sees a category. */
export interface BucketEncoding extends Named, Vocabulary {
  type: 'bucket'
}

export type CalendarPart = 'month' | 'weekday' | 'hour'

/** The calendar parts that vary, as categories, and the seconds since 1970 as a number. */
export interface TimestampEncoding extends Named {
  type: 'timestamp'
  format: TimestampFormat
  parts: ({ name: string; part: CalendarPart } & Vocabulary)[]
  scale: Scale
}

export interface SequenceEncoding extends Named, Vocabulary {
  type: 'sequence'
  /** A character, or `json`. */
  separator: string
  /** Every row is padded, or cut to its last values, to this length. */
  length: number
  /** The categorical field that has the same values, so that one embedding serves both. */
  vocabulary?: string
}

export type FieldEncoding =
  CategoricalEncoding | NumericEncoding | BucketEncoding | TimestampEncoding | SequenceEncoding

export interface OutputEncoding {
  name: string
  kind: 'probability' | 'value'
  /** Of a probability: two classes (the second is positive) or more. */
  classes?: string[]
  /** Of a value: over the training rows. */
  mean?: number
  deviation?: number
  /** The SQL it is computed by, where it is no field. */
  expression?: string
}

/** `fields`, `ignored` and `outputs` of `interplay.json`: all that is needed to turn raw rows into a model's inputs. */
export interface Encoding {
  fields: FieldEncoding[]
  /** Known columns that are no inputs; rows may carry them. */
  ignored: string[]
  /** Field whose values group rows for grouped metrics. */
  group?: string
  outputs: OutputEncoding[]
}

/** The inputs a model sees, in the order of the columns of an encoded table: one per field, several per timestamp. */
export function modelFields(encoding: Encoding): FieldSpec[] {
  return encoding.fields.flatMap((field): FieldSpec[] => {
    switch (field.type) {
      case 'categorical':
      case 'bucket':
        return [{ name: field.name, type: 'categorical', size: vocabularySize(field) }]
      case 'numeric':
        return [{ name: field.name, type: 'numeric', size: 0 }]
      case 'sequence':
        return [
          {
            name: field.name,
            type: 'sequence',
            size: vocabularySize(field),
            length: field.length,
            ...(field.vocabulary === undefined ? {} : { vocabulary: field.vocabulary }),
          },
        ]
      case 'timestamp':
        return [
          ...field.parts.map(part => ({ name: part.name, type: 'categorical' as const, size: vocabularySize(part) })),
          { name: field.name, type: 'numeric', size: 0 },
        ]
    }
  })
}

export function tableSpec(encoding: Encoding, rows: number): TableSpec {
  return { fields: modelFields(encoding), targets: encoding.outputs.map(targetSpec), rows }
}

export function targetSpec(output: OutputEncoding): TargetSpec {
  const { name, kind, classes = [], mean = 0, deviation = 1 } = output
  if (kind === 'value') return { name, kind: 'regression', mean, deviation }
  if (classes.length === 2) return { name, kind: 'binary', classes: classes as [string, string] }
  return { name, kind: 'multiclass', classes }
}

/** The values of a model's categorical or sequence field in id order, from id 1; none for a numeric one. */
export function vocabularyOf(encoding: Encoding, name: string): readonly string[] {
  for (const field of encoding.fields) {
    if (field.name === name && 'values' in field) return field.values
    if (field.type === 'timestamp') for (const part of field.parts) if (part.name === name) return part.values
  }
  return []
}

/** What an id of a model's categorical or sequence field stands for; a code, where values are hashed. */
export function valueName(encoding: Encoding, name: string, id: number): string {
  if (id === 0) return 'missing'
  const field = encoding.fields.find(field => field.name === name)
  const codes = field && 'hashed' in field ? (field.hashed?.codes ?? 0) : 0
  return id <= codes ? `code ${id}` : (vocabularyOf(encoding, name)[id - 1] ?? 'unknown')
}

/** Kept values, padding and unknown. */
export function vocabularySize(vocabulary: Vocabulary): number {
  return vocabulary.unknown + 1
}

export function vocabulary(values: string[]): Vocabulary {
  return { values, pad: 0, unknown: values.length + 1 }
}
