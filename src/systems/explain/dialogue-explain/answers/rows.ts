import { formatCount, formatNumber, formatQuantity } from '../../../../charts/index.ts'
import { meanInterval, proportionInterval, quantileOfSorted } from '../../../../metrics/index.ts'
import type { QueryOf } from '../query/schema.ts'
import { estimated, exact, type Answer, type AnswerValue, type Finding } from './answer.ts'
import type { Bench, Group } from './bench.ts'
import { apartWords } from './values.ts'
import { effectWords, listed, saysOf, shareWords, truthOf } from './words.ts'

const shownRows = 5
const shownValues = 8

export async function count({ where, against }: QueryOf<'count'>, bench: Bench): Promise<Finding> {
  const groups = [await bench.group(where), ...(against ? [await bench.group(against)] : [])]
  const values = groups.map(({ name, numbers }) => exact(name, numbers.length, 'rows'))
  const share = (group: Group) => shareWords(proportionInterval(group.numbers.length, bench.total))
  return {
    sentences: groups.map(group =>
      where === undefined
        ? `There are ${formatQuantity(bench.total, bench.subject.rowName)}.`
        : `${formatCount(group.numbers.length)} of ${formatQuantity(bench.total, bench.subject.rowName)}, ${share(group)}: ${group.name}.`,
    ),
    values: [
      ...values,
      ...groups.map(({ name, numbers }) =>
        estimated(`share of ${name}`, proportionInterval(numbers.length, bench.total), 'share'),
      ),
    ],
    method: 'counted; the interval of the share is Wilson’s',
    next: ['how accurate is it for them?', 'show me some of them'],
  }
}

export async function actual({ where, against }: QueryOf<'actual'>, bench: Bench): Promise<Finding> {
  const groups = [await bench.group(where), ...(against ? [await bench.group(against)] : [])]
  const values: AnswerValue[] = []
  const sentences = groups.map(group => {
    const labels = bench.labelsOf(group)
    if (group.numbers.length === 1) {
      values.push(exact(`target of ${group.name}`, labels[0]!, bench.binary ? 'class' : 'target'))
      const right = group.answers.called
        ? group.answers.called[0] === labels[0]
          ? ' The model is right.'
          : ' The model is wrong.'
        : ''
      return `In ${group.name} the target was ${truthOf(bench, labels[0])}; the model says ${saysOf(bench, group)}.${right}`
    }
    if (!bench.binary) {
      const mean = meanInterval(labels)
      values.push(estimated(`mean target of ${group.name}`, mean, 'target'))
      return `The target is ${effectWords(mean)} on average over ${group.name}.`
    }
    const share = proportionInterval(
      labels.reduce((sum, label) => sum + label, 0),
      labels.length,
    )
    values.push(estimated(`${bench.classes[1]} in ${group.name}`, share, 'share'))
    return `${shareWords(share)} are ${bench.classes[1]} among ${group.name}.`
  })
  return {
    sentences,
    values,
    method: 'counted from the target; Wilson’s interval',
    next: ['what does the model predict for them?'],
  }
}

export async function statistic(query: QueryOf<'statistic'>, bench: Bench): Promise<Finding> {
  const groups = [await bench.group(query.where), ...(query.against ? [await bench.group(query.against)] : [])]
  const field = bench.place(query.field)
  const values: AnswerValue[] = []
  let table: Answer['table']
  const sentences = groups.map(group => {
    const column = group.columns[field]!.filter(cell => !Number.isNaN(cell))
    const sorted = column.slice().sort()
    if (bench.predictor.fields[field]!.type === 'categorical') {
      const counts = new Map<number, number>()
      for (const code of column) counts.set(code, (counts.get(code) ?? 0) + 1)
      const ranked = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])
      const shown = ranked.slice(0, shownValues)
      values.push(...ranked.map(([code, rows]) => exact(`${query.field} = ${bench.cell(field, code)}`, rows, 'rows')))
      table = {
        columns: [query.field, 'rows', 'share'],
        rows: shown.map(([code, rows]) => [
          bench.cell(field, code),
          formatCount(rows),
          shareWords(proportionInterval(rows, column.length)),
        ]),
      }
      return `${query.field} has ${formatQuantity(ranked.length, 'value')} in ${group.name}; the commonest is ${bench.cell(field, ranked[0]![0])}.`
    }
    const quartiles = [0, 0.25, 0.5, 0.75, 1].map(at => quantileOfSorted(sorted, at)) as [
      number,
      number,
      number,
      number,
      number,
    ]
    const mean = meanInterval(column)
    const sd = Math.sqrt(
      column.reduce((sum, cell) => sum + (cell - mean.value) ** 2, 0) / Math.max(1, column.length - 1),
    )
    const { time } = bench.vocabulary.fields[field]!
    const word = (value: number) => bench.cell(field, value)
    const unit = time ? 'seconds since 1970' : query.field
    const figure = { min: quartiles[0], median: quartiles[2], max: quartiles[4], sd }
    if (query.figure === 'mean') {
      values.push(estimated(`mean ${query.field} of ${group.name}`, mean, unit))
      const said = time ? `${word(mean.value)} [${word(mean.low)}, ${word(mean.high)}]` : effectWords(mean)
      return `${query.field} is ${said} on average over ${group.name}.`
    }
    if (query.figure !== 'values') {
      const value = figure[query.figure]
      const own = time && query.figure === 'sd' ? 'seconds' : unit
      values.push(exact(`${query.figure} ${query.field} of ${group.name}`, value, own))
      const said = !time ? formatNumber(value, 4) : query.figure === 'sd' ? apartWords(value) : word(value)
      return `The ${query.figure} of ${query.field} is ${said} over ${group.name}.`
    }
    const names = ['least', 'lower quartile', 'median', 'upper quartile', 'greatest']
    values.push(...quartiles.map((value, k) => exact(`${names[k]} ${query.field}`, value, unit)))
    return `${query.field} goes from ${word(quartiles[0])} to ${word(quartiles[4])} over ${group.name}; half lies within ${word(quartiles[1])} and ${word(quartiles[3])}, the median is ${word(quartiles[2])}.`
  })
  const interval = query.figure === 'mean' ? '; the interval is of the mean' : ''
  return {
    sentences,
    values,
    table,
    method: `computed from the rows${interval}`,
    next: [`how does ${query.field} affect the prediction?`],
  }
}

export async function show({ where, top, by }: QueryOf<'show'>, bench: Bench): Promise<Finding> {
  const group = await bench.group(where)
  const order = ordered(bench, group, by).slice(0, top ?? (group.numbers.length === 1 ? 1 : shownRows))
  const shown = bench.part(group, order, group.name)
  const first = order.length === 1 ? ` The model says ${saysOf(bench, shown)}.` : ''
  const words = {
    error: 'the largest errors',
    highest: 'the highest answers',
    lowest: 'the lowest answers',
    doubt: 'the answers nearest to the boundary',
  }
  return {
    sentences: [
      `${order.length === 1 ? shown.name : `${formatCount(order.length)} of ${group.name}`}${by ? `, ${words[by]} first` : ''}.${first}`,
    ],
    values: order.map((r, k) =>
      exact(`answer of row ${shown.numbers[k]}`, group.answers.values[r]!, bench.subject.units),
    ),
    table: rowsTable(bench, shown),
    method: 'the rows as they are in the data',
    next: [`why row ${shown.numbers[0]}?`, `who else is like row ${shown.numbers[0]}?`],
  }
}

/** Rows side by side: a column a row where they are few. */
export function rowsTable(
  bench: Bench,
  shown: Group,
  more: readonly (readonly [name: string, cells: readonly string[]])[] = [],
): NonNullable<Answer['table']> {
  const { labels } = shown
  const says = shown.numbers.map((_, r) => saysOf(bench, shown, r))
  return {
    columns: ['', ...shown.numbers.map(number => `row ${number}`)],
    rows: [
      ...more.map(([name, cells]) => [name, ...cells]),
      ['model', ...says],
      ...(labels ? [['target', ...[...labels].map(label => truthOf(bench, label)!)]] : []),
      ...bench.predictor.fields.map(({ name }, f) => [
        name,
        ...shown.numbers.map((_, r) => bench.cell(f, shown.columns[f]![r]!)),
      ]),
    ],
  }
}

function ordered(bench: Bench, group: Group, by: QueryOf<'show'>['by']): number[] {
  const rows = [...group.numbers.keys()]
  if (by === undefined) return rows
  const { values, probabilities } = group.answers
  const boundary = probabilities ? 0.5 : values.reduce((sum, value) => sum + value, 0) / values.length
  const answers = probabilities ?? values
  const labels = by === 'error' ? bench.labelsOf(group) : undefined
  const key = {
    error: (r: number) => -Math.abs(answers[r]! - labels![r]!),
    highest: (r: number) => -answers[r]!,
    lowest: (r: number) => answers[r]!,
    doubt: (r: number) => Math.abs(answers[r]! - boundary),
  }[by]
  return rows.sort((a, b) => key(a) - key(b) || a - b)
}

const nearestRows = 5
/** Neighbours whose targets are told together. */
const crowd = 50

/** Gower's distance (Biometrics 27, 1971): mean over the fields of the share of the range, or of whether values differ. */
export async function similar({ where, top }: QueryOf<'similar'>, bench: Bench): Promise<Finding> {
  const asked = await bench.group(where)
  const all = await bench.group()
  const fields = bench.predictor.fields
  const spans = fields.map(({ type }, f) => {
    if (type === 'categorical') return 0
    const sorted = all.columns[f]!.slice().sort()
    return sorted.at(-1)! - sorted[0]! || 1
  })
  const distances = all.numbers.map((_, r) =>
    fields.reduce((sum, { type }, f) => {
      const [a, b] = [asked.columns[f]![0]!, all.columns[f]![r]!]
      return sum + (type === 'categorical' ? Number(a !== b) : Math.min(1, Math.abs(a - b) / spans[f]!)) / fields.length
    }, 0),
  )
  const order = [...all.numbers.keys()]
    .filter(r => all.numbers[r] !== asked.numbers[0])
    .sort((a, b) => distances[a]! - distances[b]! || a - b)
  const nearest = order.slice(0, top ?? nearestRows)
  const shown = bench.part(all, nearest, 'the nearest')
  const around = bench.part(all, order.slice(0, crowd), 'around')
  const values = nearest.map((r, k) => exact(`distance of row ${shown.numbers[k]}`, distances[r]!, 'Gower'))
  const sentences = [
    `Nearest to ${asked.name} are rows ${listed(shown.numbers.map(String))}, ${formatNumber(distances[nearest[0]!])} to ${formatNumber(distances[nearest.at(-1)!])} away (0 is equal, 1 is different in everything).`,
  ]
  if (around.answers.called && asked.answers.called) {
    const same = around.answers.called.reduce((sum, called) => sum + Number(called === asked.answers.called![0]), 0)
    const agreed = proportionInterval(same, around.numbers.length)
    values.push(estimated(`same answer among the nearest ${around.numbers.length}`, agreed, 'share'))
    sentences.push(`Of the nearest ${around.numbers.length}, ${shareWords(agreed)} get the same answer.`)
    if (around.labels) {
      const positive = proportionInterval(
        around.labels.reduce((sum, label) => sum + label, 0),
        around.labels.length,
      )
      values.push(estimated(`${bench.classes[1]} among the nearest ${around.numbers.length}`, positive, 'share'))
      sentences.push(
        `${shareWords(positive)} of them are ${bench.classes[1]}; the model says ${saysOf(bench, asked)} of ${asked.name}.`,
      )
    }
  }
  return {
    sentences,
    values,
    table: rowsTable(bench, shown, [['distance', nearest.map(r => formatNumber(distances[r]!))]]),
    method: 'Gower’s distance, every field weighing the same whether the model uses it or not',
    notes: ['near in the data is not near for the model: see why for what it looks at'],
    next: [`why row ${asked.numbers[0]}?`, `how sure is it about row ${asked.numbers[0]}?`],
  }
}
