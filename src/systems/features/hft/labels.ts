import type { Labels, TickStream } from '../../../data/index.ts'

/** Of labels that are made of a price, and that trading acts on. */
export const moves = ['down', 'flat', 'up']

/**
 * Labels of a stream: its own, or the sign of the mean price over the next `horizon` ticks less that over the last; a move
 * within the third quantile of the moves of the first `train` ticks is flat. -1 where the stream, or the stretch without a
 * pause, does not reach.
 */
export function labelsOf(
  { labels, price, starts }: TickStream & { starts?: Int32Array },
  horizon: number,
  train: number,
  threshold?: number,
): Labels & { threshold: number } {
  if (labels) return { ...labels, threshold: 0 }
  const { name, data } = price!
  const sums = new Float64Array(data.length + 1)
  data.forEach((value, t) => (sums[t + 1] = sums[t]! + value))
  const between = (from: number, to: number) => (sums[to]! - sums[from]!) / (to - from)
  const changes = Float64Array.from(data, (_, t) =>
    t + 1 < horizon || t + horizon >= data.length || (starts && starts[t + horizon]! > t + 1 - horizon)
      ? Number.NaN
      : between(t + 1, t + 1 + horizon) - between(t + 1 - horizon, t + 1),
  )
  const sizes = changes
    .subarray(0, Math.max(0, train - horizon))
    .filter(change => !Number.isNaN(change))
    .map(Math.abs)
    .sort()
  const flat = threshold ?? sizes[Math.floor(sizes.length / 3)] ?? 0
  const values = Int32Array.from(changes, change =>
    Number.isNaN(change) ? -1 : Math.abs(change) <= flat ? 1 : change > 0 ? 2 : 0,
  )
  return { name, classes: moves, values, threshold: flat }
}
