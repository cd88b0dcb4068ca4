import type { OperatorRecord } from './record.ts'
import { activationRecords } from './activation.ts'
import { arrangeRecords } from './arrange.ts'
import { complexRecords } from './complex.ts'
import { controlRecords } from './control.ts'
import { convolutionRecords } from './convolution.ts'
import { cumulativeRecords } from './cumulative.ts'
import { einsumRecords } from './einsum.ts'
import { elementwiseRecords } from './elementwise.ts'
import { erfRecords } from './erf.ts'
import { foldRecords } from './fold.ts'
import { gatherRecords } from './gather.ts'
import { gridSampleRecords } from './grid-sample.ts'
import { matmulRecords } from './matmul.ts'
import { normalizationRecords } from './normalization.ts'
import { orderRecords } from './order.ts'
import { poolingRecords } from './pooling.ts'
import { randomRecords } from './random.ts'
import { rearrangeRecords } from './rearrange.ts'
import { reduceRecords } from './reduce.ts'
import { resizeRecords } from './resize.ts'
import { linearScanRecords, scanRecords } from './scan.ts'
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
  convolution: convolutionRecords,
  cumulative: cumulativeRecords,
  einsum: einsumRecords,
  elementwise: elementwiseRecords,
  erf: erfRecords,
  fold: foldRecords,
  gather: gatherRecords,
  'grid-sample': gridSampleRecords,
  'linear-scan': linearScanRecords,
  matmul: matmulRecords,
  normalization: normalizationRecords,
  order: orderRecords,
  pooling: poolingRecords,
  random: randomRecords,
  rearrange: rearrangeRecords,
  reduce: reduceRecords,
  resize: resizeRecords,
  scan: scanRecords,
  scatter: scatterRecords,
  segment: segmentRecords,
  shape: shapeRecords,
  trigonometry: trigonometryRecords,
}
