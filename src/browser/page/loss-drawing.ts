import { svg } from './dom.ts'

export interface LossPoint {
  step: number
  loss: number
}

const height = 280
const edge = { left: 48, right: 16, top: 12, bottom: 36 }

/** Losses of batches as a line and of epochs as marks, over the steps; `title` is what it says in words. */
export function lossDrawing(
  width: number,
  title: string,
  { steps, epochs }: { steps: readonly LossPoint[]; epochs: readonly LossPoint[] },
): SVGElement {
  const all = [...steps, ...epochs]
  const last = Math.max(...all.map(({ step }) => step), 2)
  const top = Math.max(...all.map(({ loss }) => loss)) * 1.05
  const x = (step: number) => edge.left + ((step - 1) / (last - 1)) * (width - edge.left - edge.right)
  const y = (loss: number) => height - edge.bottom - (loss / top) * (height - edge.top - edge.bottom)
  const line = (points: readonly LossPoint[]) =>
    points.map(({ step, loss }, i) => `${i ? 'L' : 'M'}${x(step).toFixed(1)} ${y(loss).toFixed(1)}`).join('')
  const ticks = [0, 0.5, 1].map(share => (share * top) / 1.05)
  return svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': title }, [
    ...ticks.flatMap(loss => [
      svg('line', { x1: edge.left, x2: width - edge.right, y1: y(loss), y2: y(loss), class: 'grid-line' }),
      svg('text', { x: edge.left - 8, y: y(loss) + 4, 'text-anchor': 'end' }, short(loss)),
    ]),
    svg('text', { x: edge.left, y: height - 16 }, 'step 1'),
    svg(
      'text',
      { x: width - edge.right, y: height - 16, 'text-anchor': 'end' },
      `step ${last.toLocaleString('en-US')}`,
    ),
    svg('path', { d: line(steps), class: 'training' }),
    svg('path', { d: line(epochs), class: 'validation' }),
    ...epochs.map(({ step, loss }) => svg('circle', { cx: x(step), cy: y(loss), r: 4, class: 'validation' })),
  ])
}

/** As wide as the edge has room for: `0.35`, `12K`. */
const short = (loss: number) =>
  loss.toLocaleString('en-US', { notation: 'compact', minimumSignificantDigits: 2, maximumSignificantDigits: 2 })
