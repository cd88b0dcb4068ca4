import { concat, constant, Parameter, type Initializer, type Tensor } from '../../engine/index.ts'
import { fill, normal } from '../initializers.ts'
import { Embedding, padded } from '../layers/embedding.ts'
import { Module } from '../module.ts'
import { fieldsOf, type TableBatch } from './batch.ts'
import { compositionOf, type Composition } from './composition.ts'
import type { FieldSpec, TableSpec } from './spec.ts'

/** Ids of a categorical field's own values, int32 [batch, n]. */
export interface FurtherIds {
  field: string
  ids: Tensor
}

/** Embeddings start at N(0, 1e-4 squared), the field's protocol: with whole-table L2 it matters more than the model. */
const protocolInitializer = normal(1e-4)

/**
 * One vector a field: [batch, fields, dimension], categorical fields first, then numeric, then sequences. A categorical
 * field looks its value up; a numeric one scales a learned vector; a sequence is the mean of its values' vectors, from a
 * table of its own or, where it has the vocabulary of a categorical field, from that field's. Under a plan of the spec the
 * values of categorical fields share rows.
 */
export class FieldEmbedding extends Module {
  /** Tables of all categorical fields, one under the other; under a plan the rows they share, [rows, dimension / chunks]. */
  readonly weight?: Parameter
  /** One vector a numeric field. */
  readonly numeric?: Parameter
  /** Tables of the sequence fields that have a vocabulary of their own. */
  readonly sequences: Embedding[]
  /** Field names in the order of the second axis. */
  readonly names: readonly string[]
  private readonly categoricalFields: readonly FieldSpec[]
  private readonly sequenceFields: readonly FieldSpec[]
  private readonly ownVocabulary: readonly FieldSpec[]
  private readonly paddingRows: readonly number[]
  /** Weights [fields, rows a value] of a plan that adds rows up. */
  readonly importance?: Parameter
  private readonly composition?: Composition
  /** Under a plan, the shared rows of each value: [values, rows a value]. */
  private readonly shared?: Tensor
  /** The field of each value, where rows are weighed by field. */
  private readonly fieldOf?: Tensor

  constructor(
    spec: TableSpec,
    readonly dimension: number,
    initialize: Initializer = protocolInitializer,
  ) {
    super()
    const categorical = fieldsOf(spec, 'categorical')
    const numeric = fieldsOf(spec, 'numeric')
    this.categoricalFields = categorical
    this.sequenceFields = fieldsOf(spec, 'sequence')
    this.ownVocabulary = this.sequenceFields.filter(field => !this.borrows(field))
    this.names = [...categorical, ...numeric, ...this.sequenceFields].map(field => field.name)
    const { rows, starts } = stacked(categorical)
    this.paddingRows = starts
    if (categorical.length > 0 && spec.embedding) {
      this.composition = compositionOf(categorical, spec.embedding, dimension)
      const { rows: shared, width, places, parts, join, ones = [] } = this.composition
      this.shared = constant(places, [rows, parts], 'int32')
      this.weight = new Parameter([shared, width], raised(initialize, ones), { role: 'embedding' })
      if (join === 'sum') {
        this.importance = new Parameter([categorical.length, parts], fill(1 / parts))
        this.fieldOf = constant(Int32Array.from(fieldsOfValues(categorical)), [rows], 'int32')
      }
    } else if (categorical.length > 0) {
      this.weight = new Parameter([rows, dimension], padded(initialize, starts), { role: 'embedding' })
    }
    if (numeric.length > 0) this.numeric = new Parameter([numeric.length, dimension], initialize, { role: 'embedding' })
    this.sequences = this.ownVocabulary.map(
      field => new Embedding(field.size, dimension, { initialize, paddingRows: [0] }),
    )
  }

  forward(batch: TableBatch): Tensor {
    return this.forwardWith(batch, []).fields
  }

  /**
   * The fields' vectors, and those of further ids of categorical fields: int32 [batch, n] local ids to [batch, n, dimension].
   * The table is looked up once, so that it may move by rows.
   */
  forwardWith(batch: TableBatch, further: readonly FurtherIds[]): { fields: Tensor; further: Tensor[] } {
    const borrowed = this.borrowed(batch)
    const [values, ...found] = this.weight ? this.lookUpAll(this.weight, batch, [...borrowed, ...further]) : []
    const pools = borrowed.map((list, i) => pooled(found[i]!, list.ids))
    const fields = [...(values ? [values] : []), ...this.otherVectors(batch, pools)]
    return { fields: concat(fields, 1).named('embeddings'), further: found.slice(pools.length) }
  }

  /** The vectors of numeric fields and of each sequence field: [batch, fields, dimension] each. */
  others(batch: TableBatch): Tensor[] {
    const pools = this.borrowed(batch).map(list => pooled(this.lookUp(this.weight!, this.globalIds(list)), list.ids))
    return this.otherVectors(batch, pools)
  }

  /** Sequences whose values are a categorical field's, as ids of that field. */
  private borrowed({ sequences }: TableBatch): FurtherIds[] {
    return this.sequenceFields
      .filter(field => this.borrows(field))
      .map(({ name, vocabulary }) => ({ field: vocabulary!, ids: sequences[name]! }))
  }

  private borrows({ vocabulary }: FieldSpec): boolean {
    return this.categoricalFields.some(({ name }) => name === vocabulary)
  }

  private globalIds({ field, ids }: FurtherIds): Tensor {
    return ids.add(this.paddingRows[this.categoricalFields.findIndex(({ name }) => name === field)]!)
  }

  private otherVectors({ numeric, sequences }: TableBatch, borrowed: readonly Tensor[]): Tensor[] {
    const numbers = this.numeric ? [numeric!.unsqueeze(2).mul(this.numeric)] : []
    const own = this.sequences.map((table, i) => {
      const ids = sequences[this.ownVocabulary[i]!.name]!
      return pooled(table.forward(ids), ids)
    })
    const queues = { own: [...own], borrowed: [...borrowed] }
    const pools = this.sequenceFields.map(field => queues[this.borrows(field) ? 'borrowed' : 'own'].shift()!)
    return [...numbers, ...pools.map(pool => pool.unsqueeze(1))]
  }

  /** The vectors of a batch's values, and of each list of further ids, by one look-up. */
  private lookUpAll(weight: Parameter, { categorical }: TableBatch, lists: readonly FurtherIds[]): readonly Tensor[] {
    if (lists.length === 0) return [this.lookUp(weight, categorical!)]
    const parts = [categorical!, ...lists.map(list => this.globalIds(list))]
    const widths = parts.map(ids => ids.shape[1] as number)
    return this.lookUp(weight, concat(parts, 1)).split(widths, 1)
  }

  private lookUp(weight: Parameter, ids: Tensor): Tensor {
    if (!this.shared) return weight.lookup(ids, this.paddingRows)
    const rows = weight.lookup(this.shared.gather(ids))
    switch (this.composition!.join) {
      case 'product':
        return rows
          .slice(-2, 0, 1)
          .mul(rows.slice(-2, 1, 2))
          .squeeze(-2)
      case 'sum':
        return rows.mul(this.importance!.gather(this.fieldOf!.gather(ids)).unsqueeze(-1)).sum(-2)
      case 'concat':
        return rows.reshape([...ids.shape, this.dimension])
    }
  }
}

/** The place of the field of each value, vocabularies one under the other. */
const fieldsOfValues = (fields: readonly FieldSpec[]): number[] =>
  fields.flatMap(({ size }, f) => new Array<number>(size).fill(f))

/** An initialiser with 1 added to some rows. */
const raised =
  (initialize: Initializer, rows: readonly number[]): Initializer =>
  (values, shape, random) => {
    initialize(values, shape, random)
    const width = values.length / shape[0]!
    for (const row of rows) for (let k = 0; k < width; k++) values[row * width + k]! += 1
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

/** Mean of the vectors [B, M, dimension] at places that are not padding, 0 for an empty sequence: ids [B, M]. */
function pooled(vectors: Tensor, ids: Tensor): Tensor {
  const mask = ids.greater(0).cast('float32')
  const total = vectors.mul(mask.unsqueeze(2)).sum(1)
  return total.div(mask.sum(1, { keep: true }).maximum(1))
}
