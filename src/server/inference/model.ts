import type { HostTensor } from '../../engine/dtype.ts'
import type { Prediction } from './decode.ts'

/** A field as a served model takes it, without its vocabulary. */
export interface ServedField {
  name: string
  type: string
  /** A row without it is refused. */
  required: boolean
  values?: readonly string[]
}

/** One output of the graph, which names it: [rows] or [rows, 1], or [rows, classes] for three classes and more. */
export interface ServedOutput {
  name: string
  kind: 'probability' | 'value'
  /** Of a value: answers carry the ends of its 95% band, `low` and `high`. */
  banded?: boolean
  /** Of a probability: two, the second being the one it is of, or more. */
  classes?: readonly string[]
}

/** Something a row holds that changes how far its prediction can be relied on. */
export interface RowWarning {
  code: string
  /** From 0. */
  row: number
  field: string
}

export interface EncodedRows {
  /** By the graph's input names, each [rows, ...]. */
  feeds: Readonly<Record<string, HostTensor>>
  rows: number
  /** Values outside the vocabulary, by field. */
  unseen: Readonly<Record<string, number>>
  warnings: readonly RowWarning[]
}

/** A model whose answers are no ONNX graph. */
export interface HostModel {
  name: string
  version: string
  fields: readonly ServedField[]
  outputs: readonly ServedOutput[]
  /** One prediction a row. Throws `request/invalid` that names every faulty row and field. */
  answer(rows: readonly Readonly<Record<string, unknown>>[]): Promise<Prediction[]>
  close?(): Promise<void>
}

/** What a bundle gives a server: `model.onnx` on disk and the encoding of raw rows. */
export interface ServedModel {
  name: string
  version: string
  fields: readonly ServedField[]
  outputs: readonly ServedOutput[]
  /** @throws InterplayError `request/invalid` that names every faulty row and field. */
  encode(rows: readonly Readonly<Record<string, unknown>>[]): EncodedRows
  modelPath: string
}
