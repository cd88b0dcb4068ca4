import type { Tensor } from '../engine/index.ts'

const averaged = (losses: Tensor, weights?: Tensor): Tensor =>
  weights ? losses.mul(weights).sum().div(weights.sum()) : losses.mean()

/** Mean of log(1 + exp(z)) - y z: logits [B], targets 0 or 1 [B], optional row weights [B]. */
export const binaryCrossEntropy = (logits: Tensor, targets: Tensor, weights?: Tensor): Tensor =>
  averaged(logits.softplus().sub(logits.mul(targets)), weights)

/** Mean of -log softmax(z)[y]: logits [B, K], integer classes [B] of any type, optional row weights [B]. */
export function softmaxCrossEntropy(logits: Tensor, classes: Tensor, weights?: Tensor): Tensor {
  const chosen = classes.cast('int32').oneHot(logits.shape.at(-1) as number, logits.dtype)
  return averaged(logits.logSoftmax(-1).mul(chosen).sum(-1).neg(), weights)
}

/** Mean of (prediction - target)^2, optional row weights [B]. */
export const meanSquaredError = (predictions: Tensor, targets: Tensor, weights?: Tensor): Tensor =>
  averaged(predictions.sub(targets).square(), weights)
