import {
  calibrationChart,
  confusionChart,
  formatQuantity,
  learningCurves,
  precisionRecallChart,
  residualChart,
  rocChart,
  scoreHistogram,
  type ChartSpec,
} from '../charts/index.ts'
import {
  calibrationCurve,
  callMulticlass,
  confusionMatrix,
  estimate,
  metric,
  precisionRecallCurve,
  rocCurve,
  tallyScores,
} from '../metrics/index.ts'
import { figure } from './figure.ts'
import { markup, type Markup } from './markup.ts'
import type { Section } from './page.ts'
import type { RunReport, TestAnswers } from './run-report.ts'

type Named = [id: string, chart: ChartSpec]

/** How it learned, how it ranks rows it has not seen, and whether its probabilities come true. */
export async function testSection(report: RunReport): Promise<Section> {
  const charts: Named[] = report.history.epochs.length > 0 ? [['learning', learning(report)]] : []
  if (report.test) charts.push(...ranking(report, report.test), ...probabilities(report, report.test))
  const figures = await Promise.all(charts.map(([id, chart]) => figure(chart, { id })))
  return {
    id: 'performance',
    title: report.target.kind === 'binary' ? 'Training, ranking, probabilities' : 'Training and errors',
    body: markup`${sampleNote(report)}<div class="grid">${figures}</div>`,
  }
}

function probabilities({ target }: RunReport, test: TestAnswers): Named[] {
  if (target.kind !== 'binary') return []
  const classes = target.classes as [string, string]
  const bins = calibrationCurve(tallyScores(test.targets, test.predictions))
  return [
    ['calibration', calibrationChart(bins, classes[1])],
    ['scores', scoreHistogram(test.targets, test.predictions, classes)],
  ]
}

function learning({ history, target, data }: RunReport): ChartSpec {
  const watched = metric(history.metric, target.kind)
  return learningCurves({
    epochs: history.epochs,
    metric: history.metric === 'logLoss' ? undefined : watched,
    lossTitle: history.lossTitle,
    best: history.best,
    validRows: data.rows.valid,
  })
}

function ranking({ target, model }: RunReport, test: TestAnswers): Named[] {
  if (target.kind === 'regression') return [['residuals', residualChart(test.targets, test.predictions, target.name)]]
  if (target.kind === 'multiclass') {
    const classes = target.classes!
    const called = callMulticlass(test.predictions, classes.length)
    return [['confusion', confusionChart(confusionMatrix(test.targets, called, classes.length), classes)]]
  }
  const predictors = [{ name: model.name, predictions: test.predictions }, ...(test.baselines ?? [])].map(entry => ({
    ...entry,
    tally: tallyScores(test.targets, entry.predictions),
    area: estimate({ kind: 'binary', ...test, predictions: entry.predictions }, ['auc', 'averagePrecision']),
  }))
  const { positiveRows, negativeRows } = predictors[0]!.tally
  const counts = { positives: positiveRows, negatives: negativeRows, positiveClass: target.classes![1]! }
  const roc = predictors.map(({ name, tally, area }) => {
    const { falsePositiveRate: x, truePositiveRate: y } = rocCurve(tally)
    return { name, x, y, area: area.auc! }
  })
  const precisionRecall = predictors.map(({ name, tally, area }) => {
    const { recall: x, precision: y } = precisionRecallCurve(tally)
    return { name, x, y, area: area.averagePrecision! }
  })
  return [
    ['roc', rocChart({ series: roc, ...counts })],
    ['precision-recall', precisionRecallChart({ series: precisionRecall, ...counts })],
  ]
}

function sampleNote({ test }: RunReport): Markup | false {
  if (!test || test.targets.length >= test.rows) return false
  const drawn = formatQuantity(test.targets.length, 'row')
  return markup`<p class="note">
    Drawn from an even sample of ${drawn} of ${formatQuantity(test.rows, 'test row')}; the metrics above are of all.
  </p>`
}
