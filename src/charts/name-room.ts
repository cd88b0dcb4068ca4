/** A point of a plot with what is written beside it. */
interface Named {
  name: string
  cost: number
  value: number
  low?: number | null
  high?: number | null
}

/** Pixels between the outermost marks of a chart, and from the first of them to its axis. */
const [plotWidth, plotHeight, margin] = [222, 220, 24]

/** Pixels of a letter and a line of a label, and from a label to its mark. */
const [letter, line] = [6.5, 13]
export const labelGap = 7
/** How much higher than its mark the best point's name stands, or lower where less is better. */
export const bestLift = line

interface Box {
  left: number
  right: number
  top: number
  bottom: number
}

/**
 * Of a front, the best last, the points whose name finds room to the left of its mark, where the steps of the front leave none;
 * the best always, a line beyond the front. Costs stand on a logarithmic axis.
 */
export function withRoom<T extends Named>(
  front: readonly T[],
  points: readonly Named[],
  better: 'higher' | 'lower',
): T[] {
  const best = front.at(-1)
  if (!best) return []
  const x = scaleOf(
    points.map(({ cost }) => Math.log(cost)),
    plotWidth,
  )
  const y = scaleOf(
    points.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value]),
    plotHeight,
  )
  const labelOf = (point: T, above: number): Box => {
    const [right, middle] = [x(Math.log(point.cost)) - labelGap, y(point.value) + above]
    return { left: right - letter * point.name.length, right, top: middle - line / 2, bottom: middle + line / 2 }
  }
  const markOf = ({ cost, value }: Named): Box => {
    const [across, up] = [x(Math.log(cost)), y(value)]
    return { left: across - 4, right: across + 4, top: up - 4, bottom: up + 4 }
  }
  const taken = [...front.map(markOf), labelOf(best, better === 'higher' ? bestLift : -bestLift)]
  const placed = [best]
  for (const point of front.slice(0, -1).toReversed()) {
    const label = labelOf(point, 0)
    if (label.left < -margin || taken.some(box => overlap(box, label))) continue
    taken.push(label)
    placed.unshift(point)
  }
  return placed
}

/** From the smallest at 0 to the largest at `length`; values that are all one stand in the middle. */
function scaleOf(values: readonly number[], length: number): (value: number) => number {
  const least = values.reduce((a, b) => Math.min(a, b))
  const range = values.reduce((a, b) => Math.max(a, b)) - least
  return value => (range > 0 ? ((value - least) / range) * length : length / 2)
}

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
