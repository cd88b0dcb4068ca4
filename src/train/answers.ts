import type { EncodedTable } from '../data/table/encoded.ts'
import type { Answers } from '../metrics/index.ts'
import { outputWidth, type TargetSpec } from '../nn/index.ts'
import type { TableAnswerer } from '../system/index.ts'
import { outputRanges, type OutputRange } from './objective.ts'

/** Targets and predictions of every row, one entry a target. */
export async function answersOf(learner: TableAnswerer, table: EncodedTable, signal?: AbortSignal): Promise<Answers[]> {
  const logits = await learner.logits(table, signal)
  const width = outputWidth(learner.spec)
  return outputRanges(learner.spec.targets).map((range, i) => ({
    kind: range.target.kind,
    targets: table.targets[i]!,
    predictions: predictionsOf(logits, width, range),
    group: table.group,
  }))
}

/** Probabilities or values of one target from logits [rows, width], in float64. */
export function predictionsOf(
  logits: Float32Array,
  width: number,
  { target, start, width: own }: OutputRange,
): Float64Array {
  const rows = logits.length / width
  const result = new Float64Array(rows * own)
  for (let row = 0; row < rows; row++) fill(target, logits, row * width + start, result, row * own, own)
  return result
}

function fill(
  target: TargetSpec,
  logits: Float32Array,
  from: number,
  result: Float64Array,
  to: number,
  width: number,
): void {
  if (target.kind === 'regression') {
    result[to] = logits[from]! * target.deviation + target.mean
  } else if (target.kind === 'binary') {
    result[to] = 1 / (1 + Math.exp(-logits[from]!))
  } else {
    let largest = -Infinity
    for (let k = 0; k < width; k++) largest = Math.max(largest, logits[from + k]!)
    let total = 0
    for (let k = 0; k < width; k++) total += result[to + k] = Math.exp(logits[from + k]! - largest)
    for (let k = 0; k < width; k++) result[to + k]! /= total
  }
}
