import { activationRecords } from './activation.ts'
import { arrangeRecords } from './arrange.ts'
import { complexRecords } from './complex.ts'
import { controlRecords } from './control.ts'
import { cumulativeRecords } from './cumulative.ts'
import { einsumRecords } from './einsum.ts'
import { elementwiseRecords } from './elementwise.ts'
import { erfRecords } from './erf.ts'
import { gatherRecords } from './gather.ts'
import { matmulRecords } from './matmul.ts'
import { normalizationRecords } from './normalization.ts'
import { orderRecords } from './order.ts'
import { randomRecords } from './random.ts'
import type { OperatorRecord } from './record.ts'
import { reduceRecords } from './reduce.ts'
import { scatterRecords } from './scatter.ts'
import { segmentRecords } from './segment.ts'
import { shapeRecords } from './shape.ts'
import { trigonometryRecords } from './trigonometry.ts'

/** Every operator's record, by the file of `engine/ops` that has the operator. */
export const records: Readonly<Record<string, readonly OperatorRecord[]>> = {
  activation: activationRecords,
  arrange: arrangeRecords,
  complex: complexRecords,
  control: controlRecords,
  cumulative: cumulativeRecords,
  einsum: einsumRecords,
  elementwise: elementwiseRecords,
  erf: erfRecords,
  gather: gatherRecords,
  matmul: matmulRecords,
  normalization: normalizationRecords,
  order: orderRecords,
  random: randomRecords,
  reduce: reduceRecords,
  scatter: scatterRecords,
  segment: segmentRecords,
  shape: shapeRecords,
  trigonometry: trigonometryRecords,
}
