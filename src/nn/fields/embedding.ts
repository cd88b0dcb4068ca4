import { InterplayError } from '../../errors/index.ts'
import { concat, constant, Parameter, type Initializer, type Tensor } from '../../engine/index.ts'
import { normal } from '../initializers.ts'
import { Embedding, padded } from '../layers/embedding.ts'
import { Module } from '../module.ts'
import { fieldsOf, type TableBatch } from './batch.ts'
import { sharedRows } from './shared-rows.ts'
import type { EmbeddingPlan, FieldSpec, TableSpec } from './spec.ts'

/** Embeddings start at N(0, 1e-4 squared), the field's protocol: with whole-table L2 it matters more than the model. */
const protocolInitializer = normal(1e-4)

/**
 * One vector a field: [batch, fields, dimension], categorical fields first, then numeric, then sequences. A categorical
 * field looks its value up; a numeric one scales a learned vector; a sequence is the mean of its values' vectors. Under a
 * plan of the spec the values of categorical fields share rows; a sequence field keeps a table of its own.
 */
export class FieldEmbedding extends Module {
  /** Tables of all categorical fields, one under the other; under a plan the rows they share, [rows, dimension / chunks]. */
  readonly weight?: Parameter
  /** One vector a numeric field. */
  readonly numeric?: Parameter
  readonly sequences: Embedding[]
  /** Field names in the order of the second axis. */
  readonly names: readonly string[]
  private readonly sequenceFields: readonly FieldSpec[]
  private readonly paddingRows: readonly number[]
  /** Under a plan, the shared rows of each value: [values, chunks]. */
  private readonly shared?: Tensor

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
    if (categorical.length > 0 && spec.embedding) {
      const plan = fitting(spec.embedding, dimension)
      this.shared = constant(sharedRows(categorical, plan), [rows, plan.chunks], 'int32')
      this.weight = new Parameter([plan.rows, dimension / plan.chunks], initialize, { role: 'embedding' })
    } else if (categorical.length > 0) {
      this.weight = new Parameter([rows, dimension], padded(initialize, starts), { role: 'embedding' })
    }
    if (numeric.length > 0) this.numeric = new Parameter([numeric.length, dimension], initialize, { role: 'embedding' })
    this.sequences = this.sequenceFields.map(
      field => new Embedding(field.size, dimension, { initialize, paddingRows: [0] }),
    )
  }

  forward(batch: TableBatch): Tensor {
    const categorical = this.weight ? [this.lookUp(this.weight, batch.categorical!)] : []
    return concat([...categorical, ...this.others(batch)], 1).named('embeddings')
  }

  /** The vectors of numeric fields and of each sequence field: [batch, fields, dimension] each. */
  others({ numeric, sequences }: TableBatch): Tensor[] {
    const numbers = this.numeric ? [numeric!.unsqueeze(2).mul(this.numeric)] : []
    const pools = this.sequences.map((table, i) => pooled(table, sequences[this.sequenceFields[i]!.name]!).unsqueeze(1))
    return [...numbers, ...pools]
  }

  private lookUp(weight: Parameter, ids: Tensor): Tensor {
    if (!this.shared) return weight.lookup(ids, this.paddingRows)
    return weight.lookup(this.shared.gather(ids)).reshape([...ids.shape, this.dimension])
  }
}

/** The plan for vectors of this width: one number a value, as a linear part has it, is one chunk. */
function fitting(plan: EmbeddingPlan, dimension: number): EmbeddingPlan {
  if (dimension < plan.chunks) return { ...plan, chunks: 1 }
  if (dimension % plan.chunks === 0) return plan
  const fits = Array.from({ length: plan.chunks }, (_, i) => i + 1).filter(chunks => dimension % chunks === 0)
  throw new InterplayError(
    'option/conflict',
    `${plan.chunks} chunks do not divide an embedding of width ${dimension}`,
    {
      where: `--set embedding.chunks=${plan.chunks}`,
      try: `--set embedding.chunks=${fits.at(-1)}`,
    },
  )
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
