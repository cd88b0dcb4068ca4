import type { Tensor } from '../../../engine/index.ts'
import {
  Linear,
  Module,
  outputWidth,
  TableModel,
  type Mode,
  type TableBatch,
  type TableSpec,
} from '../../../nn/index.ts'

/** Columns from which a head's matrix is a product of two narrow ones. */
const wide = 1024
const rank = 64

/** softmax(W x + b) over the columns; of many columns W = A B with 64 rows in between. */
class Head extends Module {
  readonly inner?: Linear
  readonly outer: Linear

  constructor(columns: number) {
    super()
    if (columns > wide) this.inner = new Linear(columns, rank, { bias: false })
    this.outer = new Linear(columns > wide ? rank : columns, columns)
  }

  forward(x: Tensor): Tensor {
    return this.outer.forward(this.inner?.forward(x) ?? x).softmax(1)
  }
}

export interface SelfAttentionOptions {
  heads?: number
  width?: number
  dropout?: number
}

/**
 * Omega = mean over heads of x * softmax(W x + b), then a dense layer with SELU and the answer (the self-attention network
 * that Karim et al. explain; Škrlj et al. 2020). Columns are to be standardised.
 */
export class SelfAttentionNetwork extends TableModel {
  readonly heads: Head[]
  readonly dense: Linear
  readonly output: Linear
  private readonly dropout: number

  constructor(spec: TableSpec, { heads = 4, width = 128, dropout = 0.2 }: SelfAttentionOptions = {}) {
    super()
    const columns = spec.fields.length
    this.heads = Array.from({ length: heads }, () => new Head(columns))
    this.dense = new Linear(columns, width)
    this.output = new Linear(width, outputWidth(spec))
    this.dropout = dropout
  }

  /** [batch, columns] the mean of the heads' weights. */
  attention(x: Tensor): Tensor {
    const [first, ...others] = this.heads.map(head => head.forward(x))
    return others.reduce((sum, own) => sum.add(own), first!).mul(1 / this.heads.length)
  }

  forward({ numeric }: TableBatch, mode: Mode): Tensor {
    const seen = numeric!.mul(this.attention(numeric!))
    return this.output.forward(mode.dropout(this.dense.forward(seen).selu(), this.dropout))
  }
}
