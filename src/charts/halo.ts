import { chart, chartWidth, type ChartSpec } from './chart.ts'
import { drawn, said } from './encodings.ts'
import { formatNumber, formatQuantity, formatSet } from './format.ts'

/** A model whose two dials were turned together. */
export interface HaloPoint {
  /** Tenths of epsilon each dial was turned to alone, and which way. */
  split: readonly [number, number]
  directions: readonly [1 | -1, 1 | -1]
  /** Loss less that of the model itself. */
  excess: number
  inside: boolean
  fis: number
  /** The two dials. */
  dials: readonly [number, number]
}

export interface HaloInput {
  set: readonly [string, string]
  points: readonly HaloPoint[]
  epsilon: number
  /** `log loss`. */
  loss: string
  rows: number
}

const ringPoints = 72

/** Rounded, without a zero below zero. */
const at = (value: number) => drawn(value) + 0

/**
 * What turning two dials together costs, against the ring on which all points would lie if the fields did not interact:
 * the angle is the split of epsilon between the two, a quadrant for each pair of directions; the radius is the rise of the
 * loss (paper figure 2).
 */
export function haloChart({ set, points, epsilon, loss, rows }: HaloInput): ChartSpec {
  const values = points.map(point => {
    const angle = angleOf(point)
    const radius = Math.max(0, point.excess)
    const ways = point.directions.map(
      (way, k) => `${set[k]} ${way === 1 ? 'up' : 'down'} to ${formatNumber(point.dials[k])}`,
    )
    return {
      x: at((radius / epsilon) * Math.cos(angle)),
      y: at((radius / epsilon) * Math.sin(angle)),
      inside: point.inside,
      text: `${ways.join(', ')}: ${loss} ${point.excess < 0 ? 'falls' : 'rises'} by ${formatNumber(Math.abs(point.excess))}, FIS ${formatNumber(point.fis)}`,
    }
  })
  const ring = Array.from({ length: ringPoints + 1 }, (_, k) => {
    const angle = (2 * Math.PI * k) / ringPoints
    return { k, x: at(Math.cos(angle)), y: at(Math.sin(angle)) }
  })
  const reach = Math.max(1.1, ...values.flatMap(({ x, y }) => [Math.abs(x), Math.abs(y)])) * 1.05
  const farthest = points.reduce((most, { excess }) => Math.max(most, Math.abs(excess / epsilon - 1)), 0)
  const axis = (field: 'x' | 'y') => ({
    field,
    type: 'quantitative',
    scale: { domain: [-reach, reach], nice: false },
    axis: {
      title: `${set[field === 'x' ? 1 : 0]} turned down  ←  →  up`,
      ticks: false,
      labels: false,
      domain: false,
      grid: false,
    },
  })
  const inside = points.filter(point => point.inside).length
  return chart(
    {
      title:
        points.length === 0
          ? `${formatSet(set)}: no model was tried`
          : `${formatSet(set)}: ${inside} of ${formatQuantity(points.length, 'model')} stay within epsilon; the farthest is ${formatNumber(farthest)} epsilon off the ring`,
      table: {
        columns: [
          { title: set[0], format: 'number' },
          { title: set[1], format: 'number' },
          { title: `rise of the ${loss}`, format: 'number' },
          { title: 'within epsilon', format: 'text' },
          { title: 'FIS', format: 'number' },
        ],
        rows: points.map(({ dials, excess, inside: within, fis }) => [...dials, excess, within ? 'yes' : 'no', fis]),
      },
      sampleSize: `${formatQuantity(points.length, 'model')}, ${formatQuantity(rows, 'row')}`,
      units: `rise of the ${loss}, in epsilon (${formatNumber(epsilon)})`,
      note: 'On the ring: no interaction. Filled: as good as the model. Hollow: worse. Each quadrant turns both dials one way.',
    },
    {
      width: chartWidth - 30,
      height: chartWidth - 30,
      layer: [
        {
          data: { values: ring },
          mark: { type: 'line', style: 'reference', aria: false },
          encoding: {
            x: axis('x'),
            y: axis('y'),
            order: { field: 'k', type: 'quantitative' },
          },
        },
        ...[true, false].map(within => ({
          data: { values: values.filter(value => value.inside === within) },
          mark: within ? { type: 'point', size: 45 } : { type: 'point', style: 'hollow', size: 45 },
          encoding: { x: axis('x'), y: axis('y'), ...said },
        })),
      ],
    },
  )
}

/** The share of the first field's tenths is the height over the second's, mirrored by the directions. */
function angleOf({ split: [first, second], directions: [up, right] }: HaloPoint): number {
  return Math.atan2(up * first, right * second)
}
