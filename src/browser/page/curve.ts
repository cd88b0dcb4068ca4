import { formatMetric, formatQuantity } from '../../charts/format.ts'
import { toCsv, type Table } from '../../charts/chart.ts'
import type { EpochRecord, FitProgress } from '../index.ts'
import { element, svg } from './dom.ts'

/** Pixels; a narrow screen has a narrow drawing, so that its words stay readable. */
const [widest, narrowest, height] = [640, 280, 280]
const edge = { left: 48, right: 16, top: 12, bottom: 36 }

/** The loss of the training under way: every step told of, and the validation loss of every epoch. */
export class Curve {
  private steps: { step: number; loss: number }[] = []
  private epochs: EpochRecord[] = []
  private validRows = 0

  constructor(private readonly place: HTMLElement) {
    this.draw()
  }

  /** Empties the drawing for a training watched on `validRows` rows. */
  begin(validRows = 0): void {
    this.validRows = validRows
    this.steps = []
    this.epochs = []
    this.draw()
  }

  add(progress: FitProgress): void {
    if (progress.kind === 'step') this.steps.push({ step: progress.step, loss: progress.loss })
    else this.epochs.push(progress)
    this.draw(progress.kind === 'step' ? statusOf(progress) : undefined)
  }

  private draw(status = ''): void {
    const open = this.place.querySelector('details')?.open ?? false
    this.place.replaceChildren(this.figure(status, open))
  }

  private figure(status: string, open: boolean): HTMLElement {
    if (this.steps.length === 0 && this.epochs.length === 0) {
      return element(
        'p',
        { class: 'empty' },
        'The loss is drawn here while a model learns. Choose rows and a target, then train.',
      )
    }
    const title = findingOf(this.epochs, lossOf(this.epochs[0]))
    const table = this.table()
    return element(
      'figure',
      {},
      element('figcaption', {}, title),
      this.drawing(title),
      element(
        'p',
        { class: 'note' },
        element('span', { class: 'key training' }, 'loss of the batch'),
        element(
          'span',
          { class: 'key validation' },
          `validation loss of the epoch, ${formatQuantity(this.validRows, 'row')}`,
        ),
      ),
      element('p', { class: 'note status' }, status),
      element(
        'div',
        { class: 'switches' },
        element('details', open ? { open: '' } : {}, element('summary', {}, 'table'), tableOf(table)),
        element(
          'a',
          { class: 'control', download: 'epochs.csv', href: `data:text/csv,${encodeURIComponent(toCsv(table))}` },
          'CSV',
        ),
      ),
    )
  }

  private drawing(title: string): SVGElement {
    const width = Math.min(widest, Math.max(narrowest, this.place.clientWidth))
    const points = this.epochs.map(({ step, valid }) => ({ step, loss: valid[lossOf(this.epochs[0]).name]! }))
    const all = [...this.steps, ...points]
    const last = Math.max(...all.map(({ step }) => step), 2)
    const top = Math.max(...all.map(({ loss }) => loss)) * 1.05
    const x = (step: number) => edge.left + ((step - 1) / (last - 1)) * (width - edge.left - edge.right)
    const y = (loss: number) => height - edge.bottom - (loss / top) * (height - edge.top - edge.bottom)
    const line = (entries: typeof all) =>
      entries.map(({ step, loss }, i) => `${i ? 'L' : 'M'}${x(step).toFixed(1)} ${y(loss).toFixed(1)}`).join('')
    const ticks = [0, 0.5, 1].map(share => (share * top) / 1.05)
    return svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': title }, [
      ...ticks.flatMap(loss => [
        svg('line', { x1: edge.left, x2: width - edge.right, y1: y(loss), y2: y(loss), class: 'grid-line' }),
        svg('text', { x: edge.left - 8, y: y(loss) + 4, 'text-anchor': 'end' }, loss.toPrecision(2)),
      ]),
      svg('text', { x: edge.left, y: height - 16 }, 'step 1'),
      svg(
        'text',
        { x: width - edge.right, y: height - 16, 'text-anchor': 'end' },
        `step ${last.toLocaleString('en-US')}`,
      ),
      svg('path', { d: line(this.steps), class: 'training' }),
      svg('path', { d: line(points), class: 'validation' }),
      ...points.map(({ step, loss }) => svg('circle', { cx: x(step), cy: y(loss), r: 4, class: 'validation' })),
    ])
  }

  private table(): Table {
    const names = Object.keys(this.epochs[0]?.valid ?? {})
    return {
      columns: [
        { title: 'epoch', format: 'count' },
        { title: 'training loss', format: 'metric' },
        ...names.map(title => ({ title: `validation ${title}`, format: 'metric' as const })),
      ],
      rows: this.epochs.map(({ epoch, trainLoss, valid }) => [epoch, trainLoss, ...names.map(name => valid[name]!)]),
    }
  }
}

const lossOf = (first: EpochRecord | undefined) =>
  first && 'rmse' in first.valid ? { name: 'rmse', title: 'RMSE' } : { name: 'logLoss', title: 'log loss' }

function findingOf(epochs: readonly EpochRecord[], loss: { name: string; title: string }): string {
  const best = epochs.findLast(epoch => epoch.best)
  if (!best) return 'The first epoch is under way'
  return `Validation ${loss.title} is ${formatMetric(best.valid[loss.name])} after epoch ${best.epoch}, the best of ${epochs.length}`
}

const statusOf = ({ epoch, done, total, rowsPerSecond, secondsLeft }: Extract<FitProgress, { kind: 'step' }>): string =>
  `epoch ${epoch}   step ${done} of ${total}   ${formatQuantity(Math.round(rowsPerSecond), 'row')}/s   ${Math.ceil(secondsLeft)} s left`

function tableOf({ columns, rows }: Table): HTMLElement {
  const cell = (value: string | number | null, i: number) =>
    element('td', { class: 'number' }, columns[i]!.format === 'metric' ? formatMetric(value as number) : String(value))
  return element(
    'div',
    { class: 'scroll' },
    element(
      'table',
      { id: 'epochs' },
      element('thead', {}, element('tr', {}, ...columns.map(({ title }) => element('th', { class: 'number' }, title)))),
      element('tbody', {}, ...rows.map(row => element('tr', {}, ...row.map(cell)))),
    ),
  )
}
