import type { EncodedTable } from '../../../data/table/encoded.ts'
import type { FieldSpec, TargetSpec } from '../../../nn/index.ts'
import { Forest } from './forest.ts'
import { answersOf } from './objective.ts'
import type { Tree } from './tree.ts'

export interface BoostedTreesState {
  fields: readonly FieldSpec[]
  target: TargetSpec
  /** [outputs] raw scores before the first tree. */
  base: Float32Array
  /** Round by round, one tree an output. */
  trees: readonly Tree[]
}

export interface Importance {
  field: string
  /** Sum of the gains of the splits on the field. */
  gain: number
  splits: number
}

/** Boosted trees as they stand after fitting: nothing but data and walks over it. */
export class BoostedTrees implements BoostedTreesState {
  readonly fields: readonly FieldSpec[]
  readonly target: TargetSpec
  readonly base: Float32Array
  readonly trees: readonly Tree[]
  private readonly forest: Forest

  constructor(state: BoostedTreesState) {
    this.fields = state.fields
    this.target = state.target
    this.base = state.base
    this.trees = state.trees
    this.forest = new Forest(state.trees, this.columnsOf('categorical').length)
  }

  /** [outputs, rows] log-odds, log-weights of the classes, or numbers. */
  scores(table: EncodedTable): Float64Array {
    const scores = new Float64Array(table.rows * this.base.length)
    for (const [output, score] of this.base.entries())
      scores.fill(score, output * table.rows, (output + 1) * table.rows)
    this.forest.addTo(scores, table, this.base.length)
    return scores
  }

  /** [rows] P(second class) or the number; [rows, classes] probabilities of a multiclass target. */
  predict(table: EncodedTable): Float64Array {
    return answersOf(this.scores(table), this.target.kind, this.base.length)
  }

  /** How much each field is used, most gain first. Use of correlated fields is shared out by chance: an importance is no effect. */
  importances(): Importance[] {
    const used = new Map(this.fields.map(({ name }) => [name, { field: name, gain: 0, splits: 0 }]))
    const names = { categorical: this.columnsOf('categorical'), numeric: this.columnsOf('numeric') }
    for (const { nodes } of this.trees) {
      for (const { kind, column, gain } of nodes) {
        const entry = used.get(names[kind][column]!)!
        entry.gain += gain
        entry.splits++
      }
    }
    return [...used.values()].sort((a, b) => b.gain - a.gain)
  }

  private columnsOf(type: 'categorical' | 'numeric'): string[] {
    return this.fields.filter(field => field.type === type).map(field => field.name)
  }
}
