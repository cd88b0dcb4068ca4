import { formatMetric, formatQuantity } from '../../charts/format.ts'
import { toCsv, type Table } from '../../charts/chart.ts'
import type { EpochRecord, FitProgress, StepProgress } from '../index.ts'
import { element, svg } from './dom.ts'
import { lossDrawing, type LossPoint } from './loss-drawing.ts'
import { measureOf, type Measure } from './measure.ts'
import type { Prepared } from './messages.ts'

/** Pixels; a narrow screen has a narrow drawing, so that its words stay readable. */
const [widest, narrowest] = [640, 280]

const idle = 'The loss is drawn here while a model learns. Choose rows and a target, then train.'

/** What changes in the figure of a training; the rest of it stays, and with it focus and what is unfolded. */
interface Parts {
  caption: HTMLElement
  drawing: SVGElement
  status: HTMLElement
  table: HTMLTableElement
  csv: HTMLAnchorElement
}

/** The loss of the training under way: every step told of, and the validation loss of every epoch. */
export class Curve {
  private steps: LossPoint[] = []
  private epochs: EpochRecord[] = []
  private measure: Measure = measureOf({ name: '' })
  private validRows = 0
  private parts: Parts | undefined

  constructor(private readonly place: HTMLElement) {
    this.say(idle)
  }

  /** Empties the drawing for a training whose rows are read first. */
  begin(): void {
    this.steps = []
    this.epochs = []
    this.say('The rows are being read and parted.')
  }

  prepared({ target, rows }: Prepared): void {
    this.measure = measureOf(target)
    this.validRows = rows.valid
    this.say('The first step is under way.')
  }

  add(progress: FitProgress): void {
    if (progress.kind === 'step') this.steps.push({ step: progress.step, loss: this.measure.of(progress.loss) })
    else this.epochs.push(progress)
    this.draw(this.finding('The first epoch is under way'), progress.kind === 'step' ? statusOf(progress) : '')
    if (progress.kind === 'epoch') this.tabulate()
  }

  /** Of a training that is over, however it ended. */
  end(): void {
    if (this.parts) this.draw(this.finding('Training ended within the first epoch'))
    else this.say(idle)
  }

  private say(text: string): void {
    this.parts = undefined
    this.place.replaceChildren(element('p', { class: 'empty' }, text))
  }

  private finding(beforeFirst: string): string {
    const { name, title, unit } = this.measure
    const best = this.epochs.findLast(epoch => epoch.best)
    if (!best) return beforeFirst
    const value = formatMetric(best.valid[name], { inTargetUnits: unit !== undefined })
    return `Validation ${title} is ${value} after epoch ${best.epoch}, the best of ${this.epochs.length}`
  }

  private draw(finding: string, status = ''): void {
    const parts = (this.parts ??= this.build())
    const width = Math.min(widest, Math.max(narrowest, this.place.clientWidth))
    const epochs = this.epochs.map(({ step, valid }) => ({ step, loss: valid[this.measure.name]! }))
    const drawing = lossDrawing(width, finding, { steps: this.steps, epochs })
    parts.drawing.replaceWith(drawing)
    parts.drawing = drawing
    parts.caption.textContent = finding
    parts.status.textContent = status
  }

  private build(): Parts {
    const { title, unit } = this.measure
    const parts: Parts = {
      caption: element('figcaption'),
      drawing: svg('svg', {}),
      status: element('p', { class: 'note status' }),
      table: element('table', { id: 'epochs' }),
      csv: element('a', { class: 'control', download: 'epochs.csv' }, 'CSV'),
    }
    const rows = [unit, formatQuantity(this.validRows, 'row')].filter(Boolean).join(', ')
    const key = element(
      'p',
      { class: 'note' },
      element('span', { class: 'key training' }, `${title} of the batch`),
      element('span', { class: 'key validation' }, `validation ${title} of the epoch, ${rows}`),
    )
    const scroll = element('div', { class: 'scroll' }, parts.table)
    const details = element('details', {}, element('summary', {}, 'table'), scroll)
    const switches = element('div', { class: 'switches' }, details, parts.csv)
    this.place.replaceChildren(element('figure', {}, parts.caption, parts.drawing, key, parts.status, switches))
    this.parts = parts
    this.tabulate()
    return parts
  }

  private tabulate(): void {
    const { columns, rows } = this.table()
    const { table, csv } = this.parts!
    const inTargetUnits = this.measure.unit !== undefined
    const cell = (value: string | number | null, i: number) =>
      columns[i]!.format === 'metric' ? formatMetric(value as number, { inTargetUnits }) : String(value)
    const line = (name: 'th' | 'td', texts: readonly string[]) =>
      element('tr', {}, ...texts.map(text => element(name, { class: 'number' }, text)))
    table.replaceChildren(
      element(
        'thead',
        {},
        line(
          'th',
          columns.map(({ title }) => title),
        ),
      ),
      element('tbody', {}, ...rows.map(row => line('td', row.map(cell)))),
    )
    csv.href = `data:text/csv,${encodeURIComponent(toCsv({ columns, rows }))}`
  }

  private table(): Table {
    const names = Object.keys(this.epochs[0]?.valid ?? {})
    const { name: drawn, title, of } = this.measure
    return {
      columns: [
        { title: 'epoch', format: 'count' },
        { title: `training ${title}`, format: 'metric' },
        ...names.map(name => ({ title: `validation ${name === drawn ? title : name}`, format: 'metric' as const })),
      ],
      rows: this.epochs.map(({ epoch, trainLoss, valid }) => [
        epoch,
        of(trainLoss),
        ...names.map(name => valid[name]!),
      ]),
    }
  }
}

const statusOf = ({ epoch, done, total, rowsPerSecond, secondsLeft }: StepProgress): string =>
  `epoch ${epoch}   step ${done} of ${total}   ${formatQuantity(Math.round(rowsPerSecond), 'row')}/s   ${Math.ceil(secondsLeft)} s left`
