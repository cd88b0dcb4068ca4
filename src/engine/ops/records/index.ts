import { activationRecords } from './activation.ts'
import { elementwiseRecords } from './elementwise.ts'
import type { OperatorRecord } from './record.ts'

/** Every operator's record, by the file of `engine/ops` that has the operator. */
export const records: Readonly<Record<string, readonly OperatorRecord[]>> = {
  activation: activationRecords,
  elementwise: elementwiseRecords,
}
