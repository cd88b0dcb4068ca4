/**
 * Encoded rows: what batches are cut from. Everything is row-major and contiguous, so a batch is a copy of row ranges.
 * The columns of `categorical` are the categorical fields in schema order, those of `numeric` the numeric ones.
 */
export interface EncodedTable {
  rows: number
  /**
   * [rows, C] ids into the CONCATENATED vocabularies of the categorical fields: field k's local id plus the sizes of
   * the categorical fields before it. Local id 0 is padding, size - 1 is unknown.
   */
  categorical: Int32Array
  /** [rows, N] scaled numbers; a missing cell is 0 after scaling. */
  numeric: Float32Array
  /** Per sequence field, [rows, length] local ids padded with 0 at the end. */
  sequences: { field: string; length: number; ids: Int32Array }[]
  /** Per target, [rows]: 0/1, a class index, or the raw regression value. Empty when the rows carry no target. */
  targets: Float32Array[]
  /** [rows] group of each row, where a meta field names one (grouped AUC). */
  group?: Int32Array
  /** [rows] the row's number in its source, from 1. */
  rowNumber: Int32Array
}
