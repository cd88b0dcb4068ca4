import type { Tensor } from '../../../engine/index.ts'
import { lengthOf } from './geometry.ts'

/**
 * Mean distance of the nearest of the futures [B, N, heads, T, S] to what happened [B, N, T, S], over the bodies that
 * `weights` [B, N] counts; the nearest is chosen for each body by its mean over time.
 */
export function futureLoss(futures: Tensor, happened: Tensor, weights: Tensor): Tensor {
  const nearest = lengthOf(futures.sub(happened.unsqueeze(2)), 4)
    .mean(3)
    .min(2)
  return nearest.mul(weights).sum().div(weights.sum().maximum(1))
}
