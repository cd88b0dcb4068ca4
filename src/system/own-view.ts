import type { ChartSpec } from '../charts/index.ts'
import type { State } from '../engine/index.ts'
import type { TableModel, TableSpec } from '../nn/index.ts'

/** A trained table model with its weights. */
export interface TrainedTable<Model extends TableModel = TableModel> {
  readonly model: Model
  readonly spec: TableSpec
  readonly state: State
}

/**
 * What a trained model shows of itself: attention, gates, crosses. It tells what is computed, not what the answer depends
 * on, so that it is never shown alone: every pair's weight stands beside an ablation of the pair.
 */
export interface OwnView {
  /** What the weight of a pair is called: `attention`. */
  readonly weight: string
  /** The weight of each pair of fields, not below zero; none where this model has no such weights. */
  readonly pairs: readonly { readonly set: readonly [string, string]; readonly value: number }[]
  readonly figures: readonly ChartSpec[]
  readonly notes: readonly string[]
}

/** Reads a text that a run kept beside its result, by its name. */
export type KeptTexts = (name: string) => Promise<string>

export interface OwnViewOptions {
  /** Which of the model's numbers is looked at, where an answer has several. */
  output: number
  /** What an id of a categorical or sequence field stands for. */
  nameOf?: (field: string, id: number) => string
  signal?: AbortSignal
}
