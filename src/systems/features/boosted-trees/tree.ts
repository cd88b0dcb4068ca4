/** An inner node. A child >= 0 is a node, one below 0 the leaf ~child. */
export type TreeNode = { left: number; right: number; gain: number; rows: number } & Test

/** Which rows go left. */
export type Test =
  | {
      kind: 'numeric'
      /** Place among the numeric columns. */
      column: number
      /** Left when value <= threshold, a float32. */
      threshold: number
      /** Where NaN goes. */
      missingLeft: boolean
    }
  | {
      kind: 'categorical'
      /** Place among the categorical columns. */
      column: number
      /** Left when the id (of the concatenated vocabularies) is one of these, ascending; every other id, unseen ones too, goes right. */
      ids: Int32Array
    }

/** One regression tree. */
export interface Tree {
  /** Node 0 is the root; empty when the tree is one leaf. */
  nodes: TreeNode[]
  /** [leaves] added to the raw score; float32, learning rate included. */
  values: Float32Array
}
