import { float32, int32, type Tensor, type TensorType } from '../../engine/index.ts'
import type { Mode } from '../mode.ts'
import { Module } from '../module.ts'
import type { FieldSpec, TableSpec } from './spec.ts'

/** Encoded rows as a model reads them. */
export interface TableBatch {
  /** int32 [batch, categorical fields], ids into the concatenated vocabularies; absent without such fields. */
  categorical?: Tensor
  /** float32 [batch, numeric fields]. */
  numeric?: Tensor
  /** Per sequence field, int32 [batch, length], padded with 0. */
  sequences: Readonly<Record<string, Tensor>>
}

/** A model of table rows: [batch, output width] logits (regression: standardised values). */
export abstract class TableModel extends Module {
  abstract forward(batch: TableBatch, mode: Mode): Tensor
}

export const fieldsOf = (spec: TableSpec, type: FieldSpec['type']): FieldSpec[] =>
  spec.fields.filter(field => field.type === type)

/** Numbers a model answers per row: one for a binary or regression target, one a class for a multiclass target. */
export const outputWidth = (spec: TableSpec): number =>
  spec.targets.reduce((width, target) => width + (target.kind === 'multiclass' ? target.classes.length : 1), 0)

/** Declarations of the program inputs that feed a batch. */
export function batchInputs(spec: TableSpec): Record<string, TensorType> {
  const inputs: Record<string, TensorType> = {}
  const categorical = fieldsOf(spec, 'categorical').length
  const numeric = fieldsOf(spec, 'numeric').length
  if (categorical > 0) inputs.categorical = int32(['batch', categorical])
  if (numeric > 0) inputs.numeric = float32(['batch', numeric])
  for (const field of fieldsOf(spec, 'sequence')) inputs[`sequence.${field.name}`] = int32(['batch', field.length!])
  return inputs
}

/** The batch made of those inputs' tensors. */
export function batchOf(spec: TableSpec, inputs: Readonly<Record<string, Tensor>>): TableBatch {
  const sequences = fieldsOf(spec, 'sequence').map(field => [field.name, inputs[`sequence.${field.name}`]!] as const)
  return { categorical: inputs.categorical, numeric: inputs.numeric, sequences: Object.fromEntries(sequences) }
}
