import { concat, Parameter, type Initializer, type Tensor } from '../../engine/index.ts'
import { normal } from '../initializers.ts'
import { Embedding, padded } from '../layers/embedding.ts'
import { Module } from '../module.ts'
import { fieldsOf, type TableBatch } from './batch.ts'
import type { FieldSpec, TableSpec } from './spec.ts'

/** Embeddings start at N(0, 1e-4 squared), the field's protocol: with whole-table L2 it matters more than the model. */
const protocolInitializer = normal(1e-4)

/**
 * One vector a field: [batch, fields, dimension], categorical fields first, then numeric, then sequences. A categorical
 * field looks its value up; a numeric one scales a learned vector; a sequence is the mean of its values' vectors.
 */
export class FieldEmbedding extends Module {
  /** Tables of all categorical fields, one under the other. */
  readonly weight?: Parameter
  /** One vector a numeric field. */
  readonly numeric?: Parameter
  readonly sequences: Embedding[]
  /** Field names in the order of the second axis. */
  readonly names: readonly string[]
  private readonly sequenceFields: readonly FieldSpec[]
  private readonly paddingRows: readonly number[]

  constructor(
    spec: TableSpec,
    readonly dimension: number,
    initialize: Initializer = protocolInitializer,
  ) {
    super()
    const categorical = fieldsOf(spec, 'categorical')
    const numeric = fieldsOf(spec, 'numeric')
    this.sequenceFields = fieldsOf(spec, 'sequence')
    this.names = [...categorical, ...numeric, ...this.sequenceFields].map(field => field.name)
    const { rows, starts } = stacked(categorical)
    this.paddingRows = starts
    if (categorical.length > 0) {
      this.weight = new Parameter([rows, dimension], padded(initialize, starts), { role: 'embedding' })
    }
    if (numeric.length > 0) this.numeric = new Parameter([numeric.length, dimension], initialize, { role: 'embedding' })
    this.sequences = this.sequenceFields.map(
      field => new Embedding(field.size, dimension, { initialize, paddingRows: [0] }),
    )
  }

  forward({ categorical, numeric, sequences }: TableBatch): Tensor {
    const parts: Tensor[] = []
    if (this.weight) parts.push(this.weight.lookup(categorical!, this.paddingRows))
    if (this.numeric) parts.push(numeric!.unsqueeze(2).mul(this.numeric))
    this.sequences.forEach((table, i) =>
      parts.push(pooled(table, sequences[this.sequenceFields[i]!.name]!).unsqueeze(1)),
    )
    return concat(parts, 1).named('embeddings')
  }
}

/** Row at which each field's table starts when they are laid one under the other, and the rows in all. */
export function stacked(fields: readonly FieldSpec[]): { rows: number; starts: number[] } {
  let rows = 0
  const starts = fields.map(field => {
    const start = rows
    rows += field.size
    return start
  })
  return { rows, starts }
}

/** Mean of the vectors at places that are not padding, 0 for an empty sequence: ids [B, M] -> [B, dimension]. */
function pooled(table: Embedding, ids: Tensor): Tensor {
  const mask = ids.greater(0).cast('float32')
  const total = table.forward(ids).mul(mask.unsqueeze(2)).sum(1)
  return total.div(mask.sum(1, { keep: true }).maximum(1))
}
