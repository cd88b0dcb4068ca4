import { FirstOrder, TableModel, type Mode, type TableBatch, type TableSpec } from '../../../nn/index.ts'
import type { Tensor } from '../../../engine/index.ts'

/** One weight a value or number, summed: no interactions at all. */
export class Logistic extends TableModel {
  readonly linear: FirstOrder

  constructor(spec: TableSpec) {
    super()
    this.linear = new FirstOrder(spec, { bias: true })
  }

  forward(batch: TableBatch, _mode: Mode): Tensor {
    return this.linear.forward(batch)
  }
}
