import type { Tensor } from '../../../engine/index.ts'
import { TableModel, type Mode, type TableBatch } from '../../../nn/index.ts'
import { withCrosses, type Crosses } from '../shared/crosses/index.ts'
import type { MethodNet } from './net.ts'

/** A net on rows as they were encoded: the graph finds the crosses itself. */
export class ServedNet extends TableModel {
  constructor(
    readonly net: MethodNet,
    private readonly crosses: Crosses,
  ) {
    super()
  }

  forward(batch: TableBatch, mode: Mode): Tensor {
    return this.net.forward({ ...batch, categorical: withCrosses(batch.categorical!, this.crosses) }, mode)
  }
}
