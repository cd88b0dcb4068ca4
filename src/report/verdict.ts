import { formatMeasured, formatMetric, formatPValue, type Measured } from '../charts/index.ts'
import { metric, metricsOf, type Metric } from '../metrics/index.ts'
import { scrolling } from './figure.ts'
import { markup, type Markup } from './markup.ts'
import type { Comparison, RunReport, Scores } from './run-report.ts'

/** Whether the model is good, in one sentence: where it stands against the strongest baseline, by its first metric. */
export function verdict(report: RunReport): string {
  const by = headline(report)[0]!
  const own = report.model.metrics[by.name]
  const reached = `test ${by.title} ${formatMeasured(own ?? { value: null }, by)}`
  const rival = strongest(report.baselines, by)
  if (!rival) return `${report.model.name} reaches ${reached}`
  const against = `${rival.name} ${formatMeasured({ value: rival.metrics[by.name]!.value }, by)}`
  const comparison = report.comparisons?.find(entry => entry.baseline === rival.name && entry.metric === by.name)
  const standing = comparison ? tested(comparison, by) : untested(own, rival.metrics[by.name]!, by)
  return `${report.model.name} is ${standing} ${rival.name}: ${reached}, ${against}`
}

function tested({ difference: { value, low, high } }: Comparison, by: Metric): string {
  if (value == null || low == null || high == null || (low <= 0 && high >= 0)) return 'not told apart from'
  return (by.better === 'higher') === value > 0 ? 'better than' : 'worse than'
}

const untested = (own: Measured | undefined, other: Measured, by: Metric) =>
  gain(own, other, by) > 0 ? 'ahead of' : 'not ahead of'

const gain = (own: Measured | undefined, other: Measured | undefined, by: Metric) =>
  ((own?.value ?? NaN) - (other?.value ?? NaN)) * (by.better === 'higher' ? 1 : -1)

function strongest(baselines: Scores[], by: Metric): Scores | undefined {
  const known = baselines.filter(entry => entry.metrics[by.name]?.value != null)
  return known.sort((a, b) => gain(b.metrics[by.name], a.metrics[by.name], by))[0]
}

/** Metrics of the first table: those asked for, or the kind's own; precision and recall where positives are under 1%. */
export function headline({ headline: asked, target }: RunReport): Metric[] {
  const rare = target.positiveShare !== undefined && target.positiveShare < 0.01
  const own = {
    binary: rare ? ['averagePrecision', 'precision', 'recall', 'auc'] : ['auc', 'logLoss'],
    multiclass: ['accuracy', 'logLoss'],
    regression: ['rmse', 'r2'],
  }
  return (asked ?? own[target.kind]).map(name => metric(name, target.kind))
}

const arrow = ({ better }: Metric) =>
  markup` <span aria-hidden="true">${better === 'higher' ? '↑' : '↓'}</span><span class="hidden">, ${better} is better</span>`

/** Value and interval may stand on two lines, neither breaks. */
const unbroken = (text: string) => text.replace(', ', ',\u00a0')

/** Model and baselines by metric, the arrow showing which way is better. */
export function scoreboard(report: RunReport): Markup {
  const columns = headline(report)
  const heads = columns.map(by => markup`<th scope="col" class="number">${by.title}${arrow(by)}</th>`)
  const row = ({ name, metrics }: Scores, own: boolean) => {
    const cells = columns.map(by => unbroken(formatMeasured(metrics[by.name] ?? { value: null }, by)))
    return markup`<tr${own && markup` class="model"`}>
      <th scope="row">${name}</th>${cells.map(cell => markup`<td class="number">${cell}</td>`)}
    </tr>`
  }
  const table = markup`<table class="scoreboard">
    <caption class="hidden">Test metrics of the model and its baselines, with 95% intervals</caption>
    <thead><tr><th scope="col">test rows</th>${heads}</tr></thead>
    <tbody>${row(report.model, true)}${report.baselines.map(baseline => row(baseline, false))}</tbody>
  </table>`
  return markup`${scrolling('Test metrics', table)}${differences(report)}`
}

function differences({ comparisons = [], model, target }: RunReport): Markup[] {
  const baselines = [...new Set(comparisons.map(entry => entry.baseline))]
  return baselines.map(baseline => {
    const parts = comparisons
      .filter(entry => entry.baseline === baseline)
      .map(({ metric: name, difference, pValue }) => {
        const by = metric(name, target.kind)
        const tested = pValue == null ? '' : `, ${formatPValue(pValue)}`
        return `${by.title} ${formatMeasured(difference, by)}${tested}`
      })
    return markup`<p class="note">${model.name} less ${baseline}, on the same rows: ${parts.join('; ')}</p>`
  })
}

/** Every metric that was measured, one a row. */
export function allMetrics({ model, baselines, target }: RunReport): Markup {
  const predictors = [model, ...baselines]
  const measured = metricsOf(target.kind, { grouped: true }).filter(by => model.metrics[by.name])
  const heads = predictors.map(({ name }) => markup`<th scope="col" class="number">${name}</th>`)
  const rows = measured.map(by => {
    const cells = predictors.map(({ metrics }) => written(metrics[by.name], by))
    return markup`<tr>
      <th scope="row">${by.title}${arrow(by)}</th>${cells.map(cell => markup`<td class="number">${cell}</td>`)}
    </tr>`
  })
  return scrolling(
    'All test metrics',
    markup`<table>
      <caption class="hidden">All test metrics</caption>
      <thead><tr><th scope="col">metric</th>${heads}</tr></thead>
      <tbody>${rows}</tbody>
    </table>`,
  )
}

const written = (found: Measured | undefined, by: Metric) =>
  found?.low == null ? formatMetric(found?.value, by) : formatMeasured(found, by)
