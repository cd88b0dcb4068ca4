import type { EncodedTable } from '../../../data/index.ts'
import { constant, type State, type Tensor } from '../../../engine/index.ts'
import {
  FieldEmbedding,
  fieldsOf,
  initializers,
  outputWidth,
  stacked,
  TableModel,
  type Mode,
  type TableBatch,
  type TableSpec,
} from '../../../nn/index.ts'
import type { Snapshot } from '../../../train/index.ts'
import { Backbone } from '../shared/backbone.ts'
import { scaleOf, type GatedOptions } from './gated.ts'
import { otherFields, type Selection } from './selection.ts'

/** Tables without the dropped values: every one of them is its field's padding, a vector of zeros. */
export interface Pruning {
  spec: TableSpec
  /** New id of each old one, in vocabularies one under the other; of a dropped value the field's padding. */
  remap: Int32Array
  /** Old id of each new one. */
  kept: Int32Array
  /** 1 for each kept other field, 0 for a dropped one. */
  open: Float32Array
}

export function pruningOf(spec: TableSpec, { scores, fieldScores }: Selection): Pruning {
  const categorical = fieldsOf(spec, 'categorical')
  const { rows, starts } = stacked(categorical)
  const remap = new Int32Array(rows)
  const kept: number[] = []
  const sizes = new Map<string, number>()
  for (const [f, { name, size }] of categorical.entries()) {
    const padding = kept.length
    kept.push(starts[f]!)
    for (let id = starts[f]!; id < starts[f]! + size; id++) {
      const open = id > starts[f]! && scores[id]! > 0
      remap[id] = open ? kept.length : padding
      if (open) kept.push(id)
    }
    sizes.set(name, kept.length - padding)
  }
  return {
    spec: { ...spec, fields: spec.fields.map(field => ({ ...field, size: sizes.get(field.name) ?? field.size })) },
    remap,
    kept: Int32Array.from(kept),
    open: fieldScores.map(c => (c > 0 ? 1 : 0)),
  }
}

/** The same rows with ids into the pruned tables. */
export const prunedRows = (table: EncodedTable, { remap }: Pruning): EncodedTable => ({
  ...table,
  categorical: table.categorical.map(id => remap[id]!),
})

/** The gated model with its gates hard and the dropped values gone, on remapped ids. */
export class PrunedModel extends TableModel {
  readonly embedding: FieldEmbedding
  readonly backbone: Backbone
  private readonly factors: readonly number[]

  constructor({ spec, open }: Pruning, options: GatedOptions) {
    super()
    const { embeddingDimension, initialGate } = options
    const scale = scaleOf(initialGate)
    this.factors = [...fieldsOf(spec, 'categorical').map(() => scale), ...Array.from(open, factor => factor * scale)]
    this.embedding = new FieldEmbedding(spec, embeddingDimension, initializers.xavierUniform)
    this.backbone = new Backbone(spec.fields.length, embeddingDimension, outputWidth(spec), options)
  }

  forward(batch: TableBatch, mode: Mode): Tensor {
    const factors = constant(this.factors, [this.factors.length, 1])
    return this.backbone.forward(this.embedding.forward(batch).mul(factors), mode)
  }
}

/** The pruned model on ids as they were: old ids are looked up in the remap table first. */
export class RemappedModel extends TableModel {
  constructor(
    readonly pruned: PrunedModel,
    private readonly pruning: Pruning,
  ) {
    super()
  }

  forward(batch: TableBatch, mode: Mode): Tensor {
    if (!batch.categorical) return this.pruned.forward(batch, mode)
    const { remap } = this.pruning
    const categorical = constant(remap, [remap.length], 'int32').gather(batch.categorical)
    return this.pruned.forward({ ...batch, categorical }, mode)
  }
}

/** Writes weights of the gated model into the state of the pruned one, rows of kept values only. */
export function rewindTo(state: State, weights: Snapshot, { spec, kept }: Pruning): void {
  for (const [name, values] of weights) {
    if (name === 'model.values' || name === 'model.fields') continue
    if (!name.endsWith('.embedding.weight')) {
      state.write(name, values)
      continue
    }
    const table = state.read(name).data
    const width = table.length / kept.length
    kept.forEach((old, row) => table.set(values.subarray(old * width, (old + 1) * width), row * width))
    for (const padding of stacked(fieldsOf(spec, 'categorical')).starts)
      table.fill(0, padding * width, (padding + 1) * width)
  }
}

/** Everything kept: the backbone as it is without a search. */
export const everything = (spec: TableSpec): Selection => ({
  scores: new Float32Array(stacked(fieldsOf(spec, 'categorical')).rows).fill(1),
  fieldScores: new Float32Array(otherFields(spec).length).fill(1),
})
