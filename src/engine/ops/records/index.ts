import { activationRecords } from './activation.ts'
import { convolutionRecords } from './convolution.ts'
import { elementwiseRecords } from './elementwise.ts'
import { foldRecords } from './fold.ts'
import { gridSampleRecords } from './grid-sample.ts'
import { poolingRecords } from './pooling.ts'
import { rearrangeRecords } from './rearrange.ts'
import { resizeRecords } from './resize.ts'
import { scanRecords } from './scan.ts'
import type { OperatorRecord } from './record.ts'

/** Every operator's record, by the file of `engine/ops` that has the operator. */
export const records: Readonly<Record<string, readonly OperatorRecord[]>> = {
  activation: activationRecords,
  convolution: convolutionRecords,
  elementwise: elementwiseRecords,
  fold: foldRecords,
  'grid-sample': gridSampleRecords,
  pooling: poolingRecords,
  rearrange: rearrangeRecords,
  resize: resizeRecords,
  scan: scanRecords,
}
