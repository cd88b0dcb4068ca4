/**
 * Percentage of correct keypoints: the share of points [n, 2] that lie within `alpha` times an extent of the true ones; NaN of
 * none.
 */
export function correctKeypoints(
  points: ArrayLike<number>,
  truth: ArrayLike<number>,
  extent: number,
  alpha = 0.1,
): number {
  let right = 0
  for (let at = 0; at < truth.length; at += 2) {
    const distance = Math.hypot(points[at]! - truth[at]!, points[at + 1]! - truth[at + 1]!)
    if (distance <= alpha * extent) right++
  }
  return right / (truth.length / 2)
}
