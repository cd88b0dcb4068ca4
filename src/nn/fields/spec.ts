/** One encoded input field as a model sees it. */
export interface FieldSpec {
  name: string
  type: 'categorical' | 'numeric' | 'sequence'
  /**
   * Rows of the field's embedding table, padding and unknown included (id 0 = padding, last id = unknown); 0 for a
   * numeric field.
   */
  size: number
  /** Sequence fields: the length every row is padded or cut to. */
  length?: number
}

/** One thing to predict. `classes` names the classes of a binary (two) or multiclass target. */
export type TargetSpec =
  | { name: string; kind: 'binary'; classes: [string, string] }
  | { name: string; kind: 'multiclass'; classes: string[] }
  | { name: string; kind: 'regression'; mean: number; deviation: number }

/** What `create(options, spec)` of a table system is given. */
export interface TableSpec {
  fields: FieldSpec[]
  targets: TargetSpec[]
  /** Training rows. */
  rows: number
}
