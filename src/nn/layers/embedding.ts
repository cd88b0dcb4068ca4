import { Parameter, type Initializer, type Tensor } from '../../engine/index.ts'
import { normal } from '../initializers.ts'
import { Module } from '../module.ts'

export interface EmbeddingOptions {
  initialize?: Initializer
  /** Rows that start as zeros and, being padding, get no gradient. */
  paddingRows?: readonly number[]
}

/** A table of vectors looked up by id: int32 [...] -> [..., dimension]. */
export class Embedding extends Module {
  readonly weight: Parameter
  private readonly paddingRows: readonly number[]

  constructor(rows: number, dimension: number, { initialize = normal(0.01), paddingRows = [] }: EmbeddingOptions = {}) {
    super()
    this.paddingRows = paddingRows
    this.weight = new Parameter([rows, dimension], padded(initialize, paddingRows), { role: 'embedding' })
  }

  forward(ids: Tensor): Tensor {
    return this.weight.lookup(ids, this.paddingRows)
  }
}

/** An initialiser that leaves some rows at zero. */
export const padded =
  (initialize: Initializer, rows: readonly number[]): Initializer =>
  (values, shape, random) => {
    initialize(values, shape, random)
    const width = values.length / shape[0]!
    for (const row of rows) values.fill(0, row * width, (row + 1) * width)
  }
