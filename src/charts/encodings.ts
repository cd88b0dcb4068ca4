/** What a mark says when pointed at, and to a screen reader: the row's `text`. */
export const said = {
  tooltip: { field: 'text', type: 'nominal' },
  description: { field: 'text', type: 'nominal' },
} as const

/** Horizontal 95% intervals from `low` to `high`, told from the bar beneath by a halo; none where no bar has one. */
export const intervalLayers = (values: readonly { low?: number | null }[], x: object, place: object = {}) =>
  (values.some(({ low }) => Number.isFinite(low)) ? ['halo', 'interval'] : []).map(style => ({
    transform: [{ filter: 'isValid(datum.low)' }],
    mark: { type: 'rule', style, aria: false, ...place },
    encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' } },
  }))

/** Weak to strong from zero; interpolated in lightness, so that order shows in print and to every eye. */
export const rampScale = { range: 'ramp', interpolate: 'lab', zero: true } as const

/** Symmetric about zero, out to `reach` on both sides. */
export const divergingScale = (reach: number) =>
  ({ domain: [-reach, reach], range: 'diverging', interpolate: 'lab' }) as const

/** The diagonal, a base rate, zero: drawn behind everything. */
export const reference = { type: 'line', style: 'reference', aria: false } as const

/** A line across the view where `channel` is `at`, drawn once whatever the rows. The view must not encode the other channel. */
export const referenceRule = (channel: 'x' | 'y', at: number) => ({
  data: { values: [{}] },
  mark: { type: 'rule', style: 'reference', aria: false },
  encoding: { [channel]: { datum: at, type: 'quantitative' } },
})

/**
 * Leaves out points of a curve nearer than `step` (in x and y together) to the last one kept; ends always stay. The drawn
 * line is off by `step` at most.
 */
export function thinCurve(x: ArrayLike<number>, y: ArrayLike<number>, step = 0.004): { x: number; y: number }[] {
  const points: { x: number; y: number }[] = []
  for (let i = 0; i < x.length; i++) {
    const last = points.at(-1)
    const far = !last || Math.abs(x[i]! - last.x) + Math.abs(y[i]! - last.y) >= step
    if (far || i === x.length - 1) points.push({ x: x[i]!, y: y[i]! })
  }
  return points
}

/** Rounds what is only drawn, so that pages stay small. */
export const drawn = (value: number) => Math.round(value * 1e4) / 1e4
