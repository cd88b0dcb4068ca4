import { defaultMetric, metric, type TaskKind } from '../metrics/index.ts'
import type { EpochRecord, FitProgress, StepProgress } from '../train/index.ts'
import { epochBar, epochRow, epochSaid, epochTitles, type EpochColumn } from './render/epochs.ts'
import type { Terminal } from './terminal/terminal.ts'

/** How often an epoch under way is told of where no line can be drawn over, in ms. */
const sayEvery = 30_000

/**
 * The epoch table as training goes: a bar that becomes a row on a terminal; elsewhere a row an epoch, or a line each 30 s.
 * The first epoch is the best so far by itself and goes unmarked.
 * @param watched the metric that validation watches; the task's own when left out
 */
export function trainingTable(terminal: Terminal, kind: TaskKind, watched?: string): (progress: FitProgress) => void {
  const style = terminal.progressStyle
  const monitor = watched === undefined ? defaultMetric(kind) : metric(watched, kind)
  const loss = metric(kind === 'regression' ? 'rmse' : 'logLoss', kind)
  const shown = monitor.name === loss.name ? [loss] : [monitor, loss]
  const columns: EpochColumn[] = [
    { title: 'train loss' },
    ...shown.map(({ title, inTargetUnits }) => ({ title: `valid ${title}`, inTargetUnits })),
  ]
  let titled = false
  let said = performance.now()
  const title = () => {
    if (!titled) terminal.progress(['', epochTitles(columns, style)])
    titled = true
  }
  const step = ({ epoch, done, total, rowsPerSecond, secondsLeft }: StepProgress) => {
    title()
    const progress = { epoch, done: done / total, rowsPerSecond, secondsLeft }
    terminal.draw(epochBar(progress, style))
    if (terminal.live || performance.now() - said < sayEvery) return
    terminal.progress([epochSaid(progress)])
    said = performance.now()
  }
  const row = ({ epoch, trainLoss, valid, seconds, best }: EpochRecord) => {
    title()
    const values = [trainLoss, ...shown.map(({ name }) => valid[name] ?? null)]
    terminal.progress([epochRow({ epoch, values, seconds, best: best && epoch > 1 }, columns, style)])
    said = performance.now()
  }
  return progress => (progress.kind === 'step' ? step(progress) : row(progress))
}
