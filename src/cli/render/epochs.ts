import { formatCount, formatDuration, formatMetric, formatShare } from '../../charts/format.ts'
import type { Style } from '../terminal/style.ts'
import { padStart } from '../terminal/text.ts'

/** One column of the epoch table: a number that training watches. */
export interface EpochColumn {
  /** `train loss`, `valid AUC`. */
  title: string
  inTargetUnits?: boolean
}

export interface Epoch {
  epoch: number
  /** In the order of the columns. */
  values: (number | null)[]
  seconds: number
  /** Better than every epoch before it. */
  best?: boolean
}

export interface EpochProgress {
  epoch: number
  /** Share of the epoch that is done, in [0, 1]. */
  done: number
  rowsPerSecond?: number
  secondsLeft?: number
}

/** `epoch   train loss   valid AUC   valid log loss    time` */
export const epochTitles = (columns: EpochColumn[], style: Style): string =>
  style.label(['epoch', ...columns.map(column => column.title), ' time'].join('   '))

/** One finished epoch. */
export function epochRow(epoch: Epoch, columns: EpochColumn[], style: Style): string {
  const cells = columns.map(({ title, inTargetUnits }, index) =>
    padStart(formatMetric(epoch.values[index], { inTargetUnits }), title.length + 3),
  )
  const time = padStart(` ${formatDuration(epoch.seconds)}`, 8)
  return `${padStart(String(epoch.epoch), 5)}${cells.join('')}${time}${epoch.best ? `   ${style.good('best')}` : ''}`
}

const widestBar = 35

/** The epoch under way, to be drawn over: `    3  ━━━━━━╺━━━━━  41,200 rows/s   0:08 left`. */
export function epochBar(progress: EpochProgress, style: Style): string {
  const said = pace(progress).join('   ')
  const number = padStart(String(progress.epoch), 5)
  const width = Math.min(widestBar, style.columns - number.length - said.length - 5)
  return width < 5 ? `${number}  ${said}` : `${number}  ${bar(progress.done, width, style)}  ${said}`
}

/** The same in words, for what is no terminal. */
export const epochSaid = (progress: EpochProgress): string =>
  `${padStart(String(progress.epoch), 5)}   ${[`${formatShare(progress.done)} of the rows`, ...pace(progress)].join('   ')}`

function pace({ rowsPerSecond, secondsLeft }: EpochProgress): string[] {
  const said: string[] = []
  if (rowsPerSecond !== undefined) said.push(`${formatCount(rowsPerSecond)} rows/s`)
  if (secondsLeft !== undefined) said.push(`${clock(secondsLeft)} left`)
  return said
}

function bar(done: number, width: number, { unicode, accent, muted }: Style): string {
  const [line, head, rest] = unicode ? ['━', '╺', '━'] : ['=', '>', '-']
  const before = Math.round(Math.min(Math.max(done, 0), 1) * (width - 1))
  return accent(line.repeat(before) + head) + muted(rest.repeat(width - 1 - before))
}

/** `0:08`, `12:40`, `1:02:40` */
function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const from = parts[0]! > 0 ? 0 : 1
  return parts
    .slice(from)
    .map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0')))
    .join(':')
}
