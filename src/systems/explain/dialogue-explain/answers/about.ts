import { formatCount, formatQuantity } from '../../../../charts/index.ts'
import { querySchema, type QueryOf } from '../query/schema.ts'
import type { Finding } from './answer.ts'
import type { Bench } from './bench.ts'
import { valueWords } from './values.ts'

export async function describe(query: QueryOf<'describe'>, bench: Bench): Promise<Finding> {
  const { vocabulary, subject } = bench
  const { target, fields } = vocabulary
  if (typeof query.of === 'object') {
    const { field: name } = query.of
    if (name === target?.name)
      return {
        sentences: [
          `${name} is what the model answers: ${target.kind === 'regression' ? 'a number' : `one of ${target.classes.join(', ')}`}.`,
        ],
        method: 'the table’s schema',
        next: ['what share is it?'],
      }
    const field = fields.find(each => each.name === name)!
    const others = vocabulary.aliases?.[name] ?? []
    const about =
      field.type === 'numeric'
        ? `${field.time ? 'a time' : 'a number'}${field.range ? ` from ${valueWords(field, field.range[0])} to ${valueWords(field, field.range[1])}` : ''}`
        : `one of ${formatQuantity(field.values?.length ?? 0, 'value')}: ${(field.values ?? []).slice(0, 5).join(', ')}${(field.values?.length ?? 0) > 5 ? ' ...' : ''}`
    return {
      sentences: [
        `${name} is ${about}.${others.length > 0 ? ` Also called ${others.join(', ')}.` : ''} What it stands for, the data do not say.`,
      ],
      method: 'the table’s schema',
      next: [`how important is ${name}?`, `how does ${name} affect the prediction?`],
    }
  }
  const about = subject.about?.[query.of] ?? []
  const data = `${vocabulary.name}: ${formatQuantity(bench.total, subject.rowName)} and ${formatQuantity(fields.length, 'field')}${target ? `; the target is ${target.name}` : ''}.`
  const model = `${subject.name} answers in ${subject.units} from ${formatQuantity(fields.length, 'field')}.`
  return {
    sentences: [query.of === 'data' ? data : model, ...about],
    ...(query.of === 'data'
      ? {
          table: {
            columns: ['field', 'type', 'values'],
            rows: fields.map(({ name, type, values }) => [name, type, values ? formatCount(values.length) : '']),
          },
        }
      : {}),
    method: 'the run’s own description',
    next: query.of === 'data' ? ['which features matter?'] : ['how good is the model?'],
  }
}

const examples: Readonly<Record<string, string>> = {
  why: 'why row 17?',
  flip: 'what would flip row 17?',
  whatif: 'what if row 17 were FIELD VALUE?',
  predict: 'predict row 17',
  similar: 'who else is like row 17?',
  certainty: 'how sure is it about row 17?',
  importance: 'which features matter?',
  interactions: 'which features act together?',
  effect: 'how does FIELD affect the prediction?',
  lens: 'which rules does the model follow?',
  failures: 'where does it fail?',
  score: 'how accurate is it for VALUE?',
  count: 'how many VALUE are there?',
  statistic: 'average FIELD of VALUE',
  actual: 'what share is CLASS?',
  show: 'show the 5 worst mistakes',
  describe: 'tell me about the data',
  evidence: 'how do you know?',
  undo: 'undo',
  pin: 'pin that',
}

export async function help(_: QueryOf<'help'>, bench: Bench): Promise<Finding> {
  const [numeric, categorical] = (['numeric', 'categorical'] as const).map(type =>
    bench.vocabulary.fields.find(field => field.type === type),
  )
  const field = (categorical ?? numeric)!
  const fill = (text: string) =>
    text
      .replace('FIELD VALUE', `${field.name} ${field.values?.[0] ?? ''}`.trim())
      .replace('FIELD', (text.startsWith('average') ? (numeric ?? field) : field).name)
      .replace('VALUE', field.values?.[0] ?? 'row 17')
      .replace('CLASS', bench.classes[1])
  return {
    sentences: ['Ask in your own words, or in the query language; a question may go on with the one before.'],
    table: {
      columns: ['operation', 'what it gives', 'for example'],
      rows: querySchema.options
        .map(option => [option.shape.operation.value, option.description ?? ''])
        .filter(([name]) => name! in examples && (name !== 'lens' || bench.vocabulary.lenses?.length))
        .map(([name, what]) => [name!, what!, fill(examples[name!]!)]),
    },
    method: 'the query language',
    notes: bench.vocabulary.lenses?.length
      ? [`lenses: ${bench.vocabulary.lenses.map(({ name, alias = name }) => alias).join(', ')}`]
      : [],
    next: ['which features matter?', 'where does it fail?'],
  }
}
