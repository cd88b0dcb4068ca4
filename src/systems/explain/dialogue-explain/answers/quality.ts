import { formatCount, formatNumber, formatShare } from '../../../../charts/index.ts'
import { estimate, proportionInterval, type Estimate } from '../../../../metrics/index.ts'
import { InterplayError } from '../../../../errors/index.ts'
import type { Metric, QueryOf } from '../query/schema.ts'
import { estimated, exact, type AnswerValue, type Finding } from './answer.ts'
import type { Bench, Group } from './bench.ts'
import { measureWords, shareWords } from './words.ts'

const registered: Readonly<Partial<Record<Metric, string>>> = {
  accuracy: 'accuracy',
  auc: 'auc',
  'log loss': 'logLoss',
  precision: 'precision',
  recall: 'recall',
  f1: 'f1',
}

/** A metric of a group with its interval; NaN where it is not defined on these rows. */
export function metricOf(bench: Bench, group: Group, metric: Metric): Estimate {
  const targets = bench.labelsOf(group)
  if (!bench.binary) throw new InterplayError('ask/needs', `${metric} needs a target of two classes`, { try: 'score' })
  if (metric === 'specificity') {
    const negative = [...targets.keys()].filter(r => targets[r] === 0)
    return proportionInterval(negative.filter(r => group.answers.called![r] === 0).length, negative.length)
  }
  const name = registered[metric]!
  const {
    value,
    low = NaN,
    high = NaN,
  } = estimate({ kind: 'binary', targets, predictions: group.answers.probabilities! }, [name])[name]!
  return { value, low, high }
}

export async function score({ metric, where, against }: QueryOf<'score'>, bench: Bench): Promise<Finding> {
  const groups = [await bench.group(where), ...(against ? [await bench.group(against)] : [])]
  groups.forEach(group => bench.labelsOf(group))
  const values: AnswerValue[] = []
  const metrics: readonly Metric[] = metric ? [metric] : ['auc', 'accuracy', 'log loss']
  const sentences = groups.flatMap(group => {
    if (!bench.binary) {
      const quality = bench.qualityOf(group)
      if (!quality)
        throw new InterplayError('ask/needs', 'the quality of answers of several classes is not measured here')
      values.push(estimated(`${quality.name} of ${group.name}`, quality, bench.subject.units))
      return [`The ${quality.name} is ${measureWords(quality)} over ${group.name}.`]
    }
    const measured = metrics.map(each => ({ each, result: metricOf(bench, group, each) }))
    values.push(...measured.map(({ each, result }) => estimated(`${each} of ${group.name}`, result, each)))
    const said = measured
      .map(({ each, result }) => `${each === 'auc' ? 'AUC' : each} ${measureWords(result)}`)
      .join(', ')
    return [`${said[0]!.toUpperCase()}${said.slice(1)} over ${group.name}.`]
  })
  if (groups.length === 1 && bench.binary) {
    const labels = groups[0]!.labels!
    const positive = labels.reduce((sum, label) => sum + label, 0) / labels.length
    const always = Math.max(positive, 1 - positive)
    values.push(exact('accuracy of always saying the commoner class', always, 'accuracy'))
    if (metric === 'accuracy' || metric === undefined)
      sentences.push(
        `Always saying ${bench.classes[positive >= 0.5 ? 1 : 0]} would be right on ${formatShare(always)}.`,
      )
  }
  if (groups.length === 2 && bench.binary) {
    const [a, b] = groups.map(group => metricOf(bench, group, metric ?? 'accuracy')) as [Estimate, Estimate]
    const value = a.value - b.value
    const low = value - Math.hypot(a.value - a.low, b.high - b.value)
    const high = value + Math.hypot(a.high - a.value, b.value - b.low)
    values.push(estimated(`${metric ?? 'accuracy'}, first less second`, { value, low, high }, metric ?? 'accuracy'))
    sentences.push(
      `The difference is ${measureWords({ value, low, high })}: ${low <= 0 && high >= 0 ? 'these rows do not tell it from none' : 'more than chance'}.`,
    )
  }
  return {
    sentences,
    values,
    method:
      'answers against the target; 95% intervals over rows (DeLong for AUC, Wilson for shares, Newcombe for their difference)',
    next: ['where does it fail?', 'how sure is it?'],
  }
}

/** Groups of fewer rows say too little. */
const leastRows = 20
const shownGroups = 8
const bins = 4

interface Slice {
  field: string
  name: string
  rows: number
  rate: Estimate
  /** Above the rate of all rows by more than chance, with every group looked at counted. */
  stands: boolean
}

export async function failures({ by, top, where }: QueryOf<'failures'>, bench: Bench): Promise<Finding> {
  const group = await bench.group(where)
  const labels = bench.labelsOf(group)
  if (!group.answers.called)
    throw new InterplayError('ask/needs', 'the target is no class: nothing is called right or wrong')
  const wrong = labels.map((label, r) => Number(label !== group.answers.called![r]))
  const overall = proportionInterval(
    wrong.reduce((sum, each) => sum + each, 0),
    wrong.length,
  )
  const fields = by === undefined ? bench.predictor.fields.map(({ name }) => name) : [by]
  const parts = fields.flatMap(field => partsOf(bench, group, field)).filter(({ rows }) => rows.length >= leastRows)
  const bound = Math.sqrt(2 * Math.log(Math.max(1, parts.length) / 0.05))
  const slices = parts.map(({ field, name, rows }): Slice => {
    const rate = proportionInterval(
      rows.reduce((sum, r) => sum + wrong[r]!, 0),
      rows.length,
    )
    const score = (rate.value - overall.value) / Math.sqrt((overall.value * (1 - overall.value)) / rows.length)
    return { field, name, rows: rows.length, rate, stands: score > bound }
  })
  slices.sort((a, b) => b.rate.low - a.rate.low)
  const shown = slices.slice(0, top ?? shownGroups)
  const [worst] = slices
  const standing = slices.filter(({ stands }) => stands)
  return {
    sentences: [
      `The model is wrong on ${shareWords(overall)} of ${group.name}.`,
      worst === undefined
        ? `No group has the ${leastRows} rows that it takes to say more.`
        : `It is wrong most often where ${worst.field} is ${worst.name}: ${shareWords(worst.rate)} of ${formatCount(worst.rows)}. ${
            standing.length > 0
              ? `${formatCount(standing.length)} of ${formatCount(slices.length)} groups stand out by more than chance.`
              : `None of ${formatCount(slices.length)} groups stands out by more than chance.`
          }`,
    ],
    values: [
      estimated('error rate of all', overall, 'share'),
      ...slices.map(({ field, name, rate }) => estimated(`error rate where ${field} is ${name}`, rate, 'share')),
    ],
    table: {
      columns: ['field', 'value', 'wrong', 'rows', ''],
      rows: shown.map(({ field, name, rate, rows, stands }) => [
        field,
        name,
        shareWords(rate),
        formatCount(rows),
        stands ? 'stands out' : '',
      ]),
    },
    method: `error rates of the values of every field (numbers in quarters) with at least ${leastRows} rows, ordered by the lower end of Wilson’s interval`,
    notes: [
      `a group stands out where it is beyond ${formatNumber(bound)} standard errors, so that among ${formatCount(slices.length)} groups chance alone makes one in at most one of twenty tables`,
    ],
    next: worst ? [`show the mistakes where ${worst.field} is ${worst.name}`, 'how many mistakes does it make?'] : [],
  }
}

/** The rows of every value, or of every quarter, of a field. */
function partsOf(bench: Bench, group: Group, field: string): { field: string; name: string; rows: number[] }[] {
  const f = bench.place(field)
  const column = group.columns[f]!
  const parts = new Map<string, number[]>()
  const categorical = bench.predictor.fields[f]!.type === 'categorical'
  const sorted = column.slice().sort()
  const edges = categorical
    ? []
    : [...new Set(Array.from({ length: bins - 1 }, (_, k) => sorted[Math.floor(((k + 1) * sorted.length) / bins)]!))]
  const nameOf = (cell: number): string => {
    if (categorical) return bench.cell(f, cell)
    const bin = edges.filter(edge => cell >= edge).length
    if (bin === 0) return `below ${bench.cell(f, edges[0]!)}`
    return bin === edges.length
      ? `${bench.cell(f, edges.at(-1)!)} and above`
      : `${bench.cell(f, edges[bin - 1]!)} to ${bench.cell(f, edges[bin]!)}`
  }
  column.forEach((cell, r) => {
    const name = nameOf(cell)
    const rows = parts.get(name)
    if (rows) rows.push(r)
    else parts.set(name, [r])
  })
  return parts.size < 2 ? [] : [...parts].map(([name, rows]) => ({ field, name, rows }))
}
