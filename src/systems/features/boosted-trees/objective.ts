import { InterplayError } from '../../../errors/index.ts'
import type { TargetSpec } from '../../../nn/index.ts'

/** What the raw scores mean: log-odds, one log-weight a class, or the number itself. */
export type Objective = TargetSpec['kind']

/**
 * Raw scores before the first tree: log-odds, log shares of the classes, or the mean. float32, as trees and ONNX hold them.
 * @throws InterplayError `data/target-constant`
 */
export function baseScores(targets: Float32Array, target: TargetSpec): Float32Array {
  if (target.kind === 'regression')
    return Float32Array.of(targets.reduce((sum, value) => sum + value, 0) / targets.length)
  const counts = new Float64Array(target.classes.length)
  for (const value of targets) counts[value]!++
  const only = counts.indexOf(targets.length)
  if (only >= 0) {
    const rows = targets.length.toLocaleString('en')
    throw new InterplayError(
      'data/target-constant',
      `target '${target.name}' is '${target.classes[only]}' in all ${rows} rows`,
    )
  }
  if (target.kind === 'binary') return Float32Array.of(Math.log(counts[1]! / counts[0]!))
  return Float32Array.from(counts, count => Math.log(Math.max(count, 1e-15) / targets.length))
}

/**
 * From raw scores [outputs, rows] to answers: [rows] probabilities of the second class, [rows, classes] probabilities, or
 * [rows] numbers.
 */
export function answersOf(scores: Float64Array, objective: Objective, outputs: number): Float64Array {
  if (objective === 'regression') return scores
  if (objective === 'binary') return scores.map(score => 1 / (1 + Math.exp(-score)))
  const rows = scores.length / outputs
  const answers = new Float64Array(scores.length)
  for (let row = 0; row < rows; row++) {
    let greatest = -Infinity
    let sum = 0
    for (let k = 0; k < outputs; k++) greatest = Math.max(greatest, scores[k * rows + row]!)
    for (let k = 0; k < outputs; k++) sum += answers[row * outputs + k] = Math.exp(scores[k * rows + row]! - greatest)
    for (let k = 0; k < outputs; k++) answers[row * outputs + k]! /= sum
  }
  return answers
}
