import { formatCount, formatMetric } from '../../charts/index.ts'
import type { Columns, Predictor } from '../../lenses/index.ts'
import type { TalkLens, TalkSubject, Vocabulary, VocabularyField } from '../../systems/explain/dialogue-explain/api.ts'
import type { BundleFile } from '../../train/index.ts'
import type { Subject } from '../explain/subject.ts'

export interface TalkWords {
  /** What a row is called. */
  items?: readonly string[]
  /** Other words for fields, values and classes. */
  aliases?: Readonly<Record<string, readonly string[]>>
}

/** What is explained as what is talked about: numbers in their own units, and words for everything. */
export function talkSubject(
  subject: Subject,
  { items, aliases }: TalkWords = {},
  { bundle, lenses = [] }: { bundle?: BundleFile; lenses?: readonly TalkLens[] } = {},
): TalkSubject {
  const { predictor, target, output, rowNumbers } = subject
  const units = predictor.fields.map(
    (field, f) => new Unit(field.type === 'numeric' && subject.inUnit ? value => subject.inUnit!(f, value) : undefined),
  )
  const own = (columns: Columns) => columns.map((column, f) => column.map(value => units[f]!.out(value)))
  const rows = own(subject.rows)
  const inOwnUnits: Predictor = {
    ...predictor,
    fields: predictor.fields,
    predict: (columns, signal) =>
      predictor.predict(
        columns.map((column, f) => column.map(value => units[f]!.in(value))),
        signal,
      ),
  }
  const times = timesOf(bundle)
  const vocabulary: Vocabulary = {
    name: subject.data,
    fields: predictor.fields.map((field, f) => wordsOf(field, rows[f]!, times.get(field.name))),
    ...(target
      ? {
          target: { name: target.name, kind: target.kind, classes: target.kind === 'regression' ? [] : target.classes },
        }
      : answerTarget(subject)),
    items,
    aliases,
    lenses,
  }
  const { labels } = subject
  return {
    name: subject.name,
    vocabulary,
    predictor: inOwnUnits,
    output,
    units: subject.units,
    rows,
    rowName: rowNumbers.length < subject.total ? 'test row' : 'row',
    rowNumbers,
    labels: labels && Float64Array.from(labels.values),
    row(number) {
      const cells = subject.row(number)
      if (!cells) return undefined
      const label = subject.label ? subject.label(number) : labels?.values[rowNumbers.indexOf(number)]
      return { cells: cells.map((value, f) => units[f]!.out(value)), ...(label === undefined ? {} : { label }) }
    },
    lenses,
    about: { model: bundle ? aboutModel(bundle) : [], data: aboutData(subject, bundle) },
  }
}

/** Where only labels are known: two classes of a log-odds or probability. */
function answerTarget({ predictor, labels }: Subject): { target?: Vocabulary['target'] } {
  const name = predictor.output.names[0] ?? 'answer'
  if (predictor.output.kind === 'value' || labels?.kind === 'regression')
    return { target: { name, kind: 'regression', classes: [] } }
  return predictor.output.names.length === 1 ? { target: { name, kind: 'binary', classes: ['no', 'yes'] } } : {}
}

/** A scaled number and its own unit: out and in are inverse; what rounding to single precision left is taken off. */
class Unit {
  private readonly offset: number
  private readonly factor: number
  private readonly digits: number

  constructor(inUnit?: (value: number) => number) {
    this.offset = inUnit?.(0) ?? 0
    this.factor = inUnit ? inUnit(1) - this.offset : 1
    this.digits = inUnit ? Math.max(0, Math.min(12, -Math.ceil(Math.log10(Math.abs(this.factor) * 1e-6)))) : 12
  }

  out(value: number): number {
    return this.factor === 1 && this.offset === 0
      ? value
      : Number((value * this.factor + this.offset).toFixed(this.digits))
  }

  in(value: number): number {
    return (value - this.offset) / this.factor
  }
}

/** The fields that are times, and whether their hours differ. */
const timesOf = (bundle?: BundleFile): ReadonlyMap<string, 'date' | 'minute'> =>
  new Map(
    bundle?.fields.flatMap(field =>
      field.type === 'timestamp'
        ? [[field.name, field.parts.some(({ part }) => part === 'hour') ? 'minute' : 'date'] as const]
        : [],
    ),
  )

function wordsOf(
  { name, type, values }: Predictor['fields'][0],
  column: Float64Array,
  time: VocabularyField['time'],
): VocabularyField {
  if (type === 'numeric') {
    const [low, high] = column.reduce(
      ([least, most], value) => [Math.min(least!, value), Math.max(most!, value)],
      [Infinity, -Infinity],
    )
    return { name, type, ...(time && { time }), range: [low!, high!] }
  }
  if (!values) return { name, type }
  const counts = new Map<number, number>()
  for (const code of column) counts.set(code, (counts.get(code) ?? 0) + 1)
  const order = [...values.keys()].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || a - b)
  return {
    name,
    type,
    values: order
      .filter(code => counts.has(code) || !['missing', 'unknown'].includes(values[code]!))
      .map(code => values[code]!),
  }
}

function aboutModel({ system, model, metrics }: BundleFile): string[] {
  const measured = Object.entries(metrics?.test ?? {}).map(([name, value]) => `${name} ${formatMetric(value)}`)
  return [
    `It is ${system}${model.parameters === undefined ? '' : ` with ${formatCount(model.parameters)} parameters`}.`,
    ...(measured.length > 0 ? [`On its test rows: ${measured.join(', ')}.`] : []),
  ]
}

function aboutData({ total, rowNumbers }: Subject, bundle?: BundleFile): string[] {
  const rows = bundle?.data?.rows ?? total
  return rows > rowNumbers.length
    ? [`${formatCount(rows)} rows in all; answers are over those that the model did not learn from.`]
    : []
}
