import type { RecipeOptions } from '../datasets/dataset.ts'

export interface WorldOptions {
  /** Of the world's own truth and of what is drawn from it. */
  seed: number
  /** `small` is enough to see a system run, in seconds. Default `full`. */
  size?: 'full' | 'small'
}

/** Synthetic data whose truth is known: `world:NAME` wherever an input is named. */
export interface World<Data = unknown> {
  readonly name: string
  readonly title: string
  /** The task whose data it makes. */
  readonly task: string
  /** The same seed and size make the same data, everywhere. */
  make(options: WorldOptions): Data
}

/** Rows by field. */
export interface WorldTable {
  columns: Readonly<Record<string, readonly (string | number)[]>>
}

/** A world of table rows, read like any file: through schema, split and encoding. */
export interface TableWorld<Rows extends WorldTable = WorldTable> extends World<Rows> {
  readonly task: 'table'
  readonly recipe: RecipeOptions
}
