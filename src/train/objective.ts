import { constant, type Tensor } from '../engine/index.ts'
import { binaryCrossEntropy, meanSquaredError, softmaxCrossEntropy, type TargetSpec } from '../nn/index.ts'

/** Where a target's numbers lie among a model's outputs. */
export interface OutputRange {
  target: TargetSpec
  start: number
  width: number
}

export function outputRanges(targets: readonly TargetSpec[]): OutputRange[] {
  let start = 0
  return targets.map(target => {
    const width = target.kind === 'multiclass' ? target.classes.length : 1
    const range = { target, start, width }
    start += width
    return range
  })
}

/** The columns of one target: [B] for a binary or regression target, [B, classes] for a multiclass one. */
export function outputOf(outputs: Tensor, { target, start, width }: OutputRange): Tensor {
  const columns = outputs.shape[1] === width ? outputs : outputs.slice(1, start, start + width)
  return target.kind === 'multiclass' ? columns : columns.squeeze(1)
}

/** Mean loss of a batch, targets added up: logits [B, outputs]; a target's values are [B] floats. */
export function objective(
  outputs: Tensor,
  targets: readonly TargetSpec[],
  values: readonly Tensor[],
  classWeights: readonly (readonly number[] | undefined)[],
): Tensor {
  return outputRanges(targets)
    .map((range, i) => lossOf(outputOf(outputs, range), range.target, values[i]!, classWeights[i]))
    .reduce((total, loss) => total.add(loss))
}

function lossOf(output: Tensor, target: TargetSpec, values: Tensor, classWeights?: readonly number[]): Tensor {
  if (target.kind === 'regression') return meanSquaredError(output, values.sub(target.mean).div(target.deviation))
  const weights = classWeights && constant(classWeights).gather(values.cast('int32'))
  return target.kind === 'binary'
    ? binaryCrossEntropy(output, values, weights)
    : softmaxCrossEntropy(output, values, weights)
}

/** What users are told: probabilities [B] or [B, classes], or the value in its own unit. */
export function answerOf(output: Tensor, target: TargetSpec): Tensor {
  if (target.kind === 'regression') return output.mul(target.deviation).add(target.mean)
  return target.kind === 'binary' ? output.sigmoid() : output.softmax(-1)
}

/** Weights that give every class the same total: rows / (classes * rows of the class). */
export function balancedWeights(target: TargetSpec, values: ArrayLike<number>): number[] | undefined {
  if (target.kind === 'regression') return undefined
  const counts = target.classes.map(() => 0)
  for (let i = 0; i < values.length; i++) counts[values[i]!]!++
  return counts.map(count => (count === 0 ? 0 : values.length / (counts.length * count)))
}
