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
  /** Sequence fields: the categorical field whose values, and ids, they have. */
  vocabulary?: string
}

/** One thing to predict. `classes` names the classes of a binary (two) or multiclass target. */
export type TargetSpec =
  | { name: string; kind: 'binary'; classes: [string, string] }
  | { name: string; kind: 'multiclass'; classes: string[] }
  | { name: string; kind: 'regression'; mean: number; deviation: number }

/** How the values of categorical fields share the rows of an embedding table; without a plan each has a row of its own. */
export interface EmbeddingPlan {
  /**
   * `unified`: all fields share all rows; `hashed`: each field has an equal part of them. `multi-hash`: `chunks` rows of the
   * field's part are added up, each with a weight the field learns; `quotient-remainder`: the product of two rows, one for the
   * quotient and one for the remainder of the id; `robe`: as `unified`, a row being any stretch of one circular array.
   */
  kind: 'unified' | 'hashed' | 'multi-hash' | 'quotient-remainder' | 'robe'
  /** Rows of the table, at least 2. */
  rows: number
  /**
   * Rows a value is made of: their vectors, each of a part of the width, stand one after another; of `multi-hash`, they are of
   * the whole width; `quotient-remainder` has two always.
   */
  chunks: number
}

/** What `create(options, spec)` of a table system is given. */
export interface TableSpec {
  fields: FieldSpec[]
  targets: TargetSpec[]
  embedding?: EmbeddingPlan
  /** Training rows. */
  rows: number
}
