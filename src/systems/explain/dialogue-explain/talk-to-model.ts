import type { Change, Filter, Metric, Operator, Query } from './query/schema.ts'

/** A question of a public suite of TalkToModel (Slack et al. 2023), with its authors' program. */
export interface SuiteQuestion {
  question: string
  program: string
}

/** Questions and programs in turns, empty lines between them. */
export function readSuite(text: string): SuiteQuestion[] {
  const lines = text.split('\n').map(line => line.trim())
  const asked = lines.filter(Boolean)
  return asked.flatMap((line, k) => (line.endsWith('[E]') ? [{ question: asked[k - 1]!, program: line }] : []))
}

export type Translation = { kind: 'program'; program: Query[] } | { kind: 'none'; why: 'malformed' | 'not expressible' }

export interface TranslationContext {
  /** Fields of the table, in its own spelling. */
  fields: readonly string[]
  classes: readonly string[]
  /** What `previousfilter` stands for. */
  before: Filter
}

const comparisons: readonly [words: string, operator: Operator][] = [
  ['greater equal than', '>='],
  ['less equal than', '<='],
  ['greater than', '>'],
  ['less than', '<'],
  ['not equal to', '!='],
  ['equal to', '='],
]
const metrics: Readonly<Record<string, Metric>> = {
  accuracy: 'accuracy',
  f1: 'f1',
  roc: 'auc',
  precision: 'precision',
  ppv: 'precision',
  recall: 'recall',
  sensitivity: 'recall',
  specificity: 'specificity',
}
const plain = (name: string) => name.toLowerCase().replaceAll('_', '')

class Fault extends Error {}

/**
 * A program of TalkToModel in the query language. Its filters gather: each operation is of the rows that all filters leave.
 * An explanation or a measure after a change is not expressible: a what-if answers with predictions alone.
 */
export function translateProgram(source: string, context: TranslationContext): Translation {
  try {
    const program = new Translator(context).translate(source)
    return program ? { kind: 'program', program } : { kind: 'none', why: 'not expressible' }
  } catch (error) {
    if (error instanceof Fault) return { kind: 'none', why: 'malformed' }
    throw error
  }
}

type Asked = (where: { where?: Filter }) => Query

class Translator {
  private filter: Filter | undefined
  private readonly changes: Change[] = []
  private readonly asked: Asked[] = []

  constructor(private readonly context: TranslationContext) {}

  translate(source: string): Query[] | undefined {
    const parts = source.replace(/\s*\[E\]$/, '').split(/\s+(?=(?:and|or)\s)/)
    for (const part of parts) {
      const [, join = 'and', operation] = /^(?:(and|or)\s+)?(.*)$/.exec(part.trim())!
      this.operation(operation!.split(/\s+/), join as 'and' | 'or')
    }
    const where = this.filter ? { where: this.filter } : {}
    const queries = this.asked.map(ask => ask(where))
    if (this.changes.length === 0) return queries.length > 0 ? queries : undefined
    if (!queries.every(({ operation }) => operation === 'predict')) return undefined
    return [{ operation: 'whatif', changes: this.changes, ...where }]
  }

  private operation([name, ...rest]: string[], join: 'and' | 'or'): void {
    const ask = (query: object) => void this.asked.push(where => ({ ...query, ...where }) as Query)
    switch (name) {
      case 'filter':
        return this.narrow(this.condition(rest), join)
      case 'labelfilter':
      case 'predictionfilter':
        return this.narrow(this.condition([name, ...rest]), join)
      case 'previousfilter':
        return this.narrow(this.context.before, join)
      case 'change':
        return void this.changes.push(this.change(rest))
      case 'predict':
      case 'likelihood':
      case 'previousoperation':
        return ask({ operation: 'predict' })
      case 'explain':
        return ask({ operation: rest[0] === 'cfe' ? 'flip' : 'why' })
      case 'important':
        if (rest[0] === 'topk') return ask({ operation: 'importance', top: this.number(rest[1]) })
        return ask(
          rest[0] === 'all' ? { operation: 'importance' } : { operation: 'importance', field: this.field(rest[0]) },
        )
      case 'interact':
        return ask({ operation: 'interactions' })
      case 'score':
        return ask(metrics[rest[0]!] ? { operation: 'score', metric: metrics[rest[0]!] } : { operation: 'score' })
      case 'mistake':
        if (rest[0] === 'typical') return ask({ operation: 'failures' })
        return void this.asked.push(({ where }) => ({
          operation: rest[0] === 'count' ? 'count' : 'show',
          where: where ? joined('all', where, { kind: 'wrong' }) : { kind: 'wrong' },
        }))
      case 'statistic':
        return ask(
          rest[0] === 'target'
            ? { operation: 'actual' }
            : { operation: 'statistic', figure: 'values', field: this.field(rest[0]) },
        )
      case 'label':
        return ask({ operation: 'actual' })
      case 'show':
        return ask({ operation: 'show' })
      case 'countdata':
        return ask({ operation: 'count' })
      case 'data':
      case 'model':
        return void this.asked.push(() => ({ operation: 'describe', of: name }))
      case 'define':
        return void this.asked.push(() => ({ operation: 'describe', of: { field: this.field(rest[0]) } }))
      case 'self':
      case 'function':
        return void this.asked.push(() => ({ operation: 'help' }))
      default:
        throw new Fault()
    }
  }

  private narrow(filter: Filter, join: 'and' | 'or'): void {
    this.filter = this.filter ? joined(join === 'and' ? 'all' : 'any', this.filter, filter) : filter
  }

  private condition([name, ...rest]: string[]): Filter {
    if (name === 'id') return { kind: 'row', row: this.number(rest[0]) }
    if (name === 'labelfilter' || name === 'predictionfilter') {
      const label = this.context.classes[this.number(rest[0])]
      if (label === undefined) throw new Fault()
      return { kind: name === 'labelfilter' ? 'actual' : 'predicted', class: label }
    }
    const field = this.field(name)
    const text = rest.join(' ')
    if (text === 'true' || text === 'false')
      return { kind: 'compare', field, operator: '=', value: Number(text === 'true') }
    const [words, operator] = comparisons.find(([said]) => text.startsWith(said)) ?? []
    if (operator === undefined) throw new Fault()
    return { kind: 'compare', field, operator, value: this.number(text.slice(words!.length).trim()) }
  }

  private change([name, kind, by]: string[]): Change {
    const field = this.field(name)
    if (kind === 'true' || kind === 'false') return { kind: 'set', field, value: Number(kind === 'true') }
    const value = this.number(by)
    if (kind === 'set') return { kind, field, value }
    if (kind === 'increase') return { kind: 'raise', field, by: value }
    if (kind === 'decrease') return { kind: 'lower', field, by: value }
    throw new Fault()
  }

  private field(name = ''): string {
    const found = this.context.fields.find(field => plain(field) === plain(name))
    if (found === undefined) throw new Fault()
    return found
  }

  private number(text = ''): number {
    if (text === '' || !Number.isFinite(Number(text))) throw new Fault()
    return Number(text)
  }
}

function joined(kind: 'all' | 'any', a: Filter, b: Filter): Filter {
  return { kind, of: [...(a.kind === kind ? a.of : [a]), b] }
}

/** What TalkToModel's language leaves open is left out: how many rows are shown, which figure of a field is said. */
export function asCoarse(query: Query): Query {
  if (query.operation === 'show') {
    const { top: _, by: __, ...rest } = query
    return rest
  }
  return query.operation === 'statistic' ? { ...query, figure: 'values' } : query
}
