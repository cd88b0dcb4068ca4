import { InterplayError } from '../../../../errors/index.ts'
import {
  figures,
  metrics,
  operationNames,
  operators,
  orders,
  takes,
  type Change,
  type FigureName,
  type Filter,
  type Metric,
  type OperationName,
  type Operator,
  type Program,
  type Query,
} from './schema.ts'

interface Token {
  kind: 'word' | 'text' | 'number' | 'sign' | 'end'
  value: string
  at: number
}

const pattern =
  /\s*(?:("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.-]))|([A-Za-z_][\w.-]*)|(!=|<=|>=|[=<>(),%]))/gy

/**
 * The strict reader of the query language's text form:
 *
 *     program  = query { "then" query }
 *     query    = operation [arguments] ["top" number] ["by" order] ["where" filter] ["against" filter]
 *     lens     = "lens" name ["of" field {"," field}]
 *     filter   = part { "and" part } | part { "or" part }
 *     part     = "not" part | "(" filter ")" | "wrong" | "right" | "row" "=" number
 *              | ("predicted" | "actual") "=" value | field operator value
 *     changes  = "set" field "=" value {"," ...} | ("raise" | "lower") field "by" number ["%"] {"," ...}
 *
 * @throws InterplayError `ask/query` with the place and what was expected there
 */
export function readProgram(source: string): Program {
  return new Reader(source).program()
}

class Reader {
  private readonly tokens: Token[] = []
  private next = 0

  constructor(private readonly source: string) {
    pattern.lastIndex = 0
    let at = 0
    while (at < source.trimEnd().length) {
      const match = pattern.exec(source)
      if (!match) this.fail(at + source.slice(at).search(/\S/), 'a name, a number or a sign')
      const [whole, text, number, word, sign] = match!
      const kind = text !== undefined ? 'text' : number !== undefined ? 'number' : word !== undefined ? 'word' : 'sign'
      const own = text ?? number ?? word ?? sign!
      this.tokens.push({
        kind,
        value: text === undefined ? own : this.unquoted(text, at),
        at: at + whole.length - own.length,
      })
      at = pattern.lastIndex
    }
    this.tokens.push({ kind: 'end', value: '', at: source.length })
  }

  program(): Program {
    const queries = [this.query()]
    while (this.word('then')) queries.push(this.query())
    if (this.peek.kind !== 'end') this.fail(this.peek.at, '"where", "against", "then" or the end')
    return queries
  }

  private query(): Query {
    const operation = this.one(operationNames, 'an operation') as OperationName
    const query: Record<string, unknown> = { operation, ...this.arguments(operation) }
    if (takes(operation, 'top') && this.word('top')) query.top = this.whole()
    if (operation === 'show' && this.word('by')) query.by = this.one(orders, 'an order')
    if (takes(operation, 'where') && this.word('where')) query.where = this.filter()
    if (takes(operation, 'against') && this.word('against')) query.against = this.filter()
    return query as unknown as Query
  }

  private arguments(operation: OperationName): object {
    switch (operation) {
      case 'importance':
        return this.nameAhead() ? { field: this.name('a field') } : {}
      case 'effect':
        return { field: this.name('a field') }
      case 'interactions':
        return this.nameAhead() ? { fields: this.names(2) } : {}
      case 'score':
        return this.nameAhead() ? { metric: this.one(metrics, 'a metric') as Metric } : {}
      case 'statistic':
        return { figure: this.one(figures, 'a figure') as FigureName, field: this.name('a field') }
      case 'whatif':
        return { changes: this.changes() }
      case 'flip':
        return this.word('keeping') ? { keeping: this.names() } : {}
      case 'lens': {
        const name = this.name('the name of a lens')
        return this.word('of') ? { name, of: this.names() } : { name }
      }
      case 'failures':
        return this.word('by') ? { by: this.name('a field') } : {}
      case 'describe':
        if (this.word('model')) return { of: 'model' }
        return this.word('data') ? { of: 'data' } : { of: { field: this.name('"model", "data" or a field') } }
      default:
        return {}
    }
  }

  private changes(): Change[] {
    const changes: Change[] = []
    let kind: Change['kind'] | undefined
    do {
      const said = (['set', 'raise', 'lower'] as const).find(each => this.word(each))
      kind = said ?? kind ?? this.fail(this.peek.at, '"set", "raise" or "lower"')
      const field = this.name('a field')
      if (kind === 'set') {
        this.sign('=')
        changes.push({ kind, field, value: this.value() })
        continue
      }
      if (!this.word('by')) this.fail(this.peek.at, '"by"')
      const { at } = this.peek
      const by = this.number()
      if (by <= 0) this.fail(at, 'a number above 0')
      changes.push(this.trySign('%') ? { kind, field, by, percent: true } : { kind, field, by })
    } while (this.trySign(','))
    return changes
  }

  private filter(): Filter {
    const first = this.part()
    const word = this.word('and') ? 'and' : this.word('or') ? 'or' : undefined
    if (!word) return first
    const of = [first]
    do of.push(this.part())
    while (this.word(word))
    return { kind: word === 'and' ? 'all' : 'any', of }
  }

  private part(): Filter {
    if (this.word('not')) return { kind: 'not', of: this.part() }
    if (this.trySign('(')) {
      const inner = this.filter()
      this.sign(')')
      return inner
    }
    for (const kind of ['wrong', 'right'] as const) if (this.word(kind)) return { kind }
    if (this.word('row')) {
      this.sign('=')
      return { kind: 'row', row: this.whole() }
    }
    for (const kind of ['predicted', 'actual'] as const)
      if (this.word(kind)) {
        this.sign('=')
        return { kind, class: String(this.value()) }
      }
    const field = this.name('a condition')
    const { value, at } = this.take()
    if (!operators.includes(value as Operator)) this.fail(at, operators.join(' '))
    return { kind: 'compare', field, operator: value as Operator, value: this.value() }
  }

  private value(): string | number {
    return this.peek.kind === 'number' ? this.number() : this.name('a value')
  }

  private names(most = Infinity): string[] {
    const names = [this.name('a field')]
    while (names.length < most && this.trySign(',')) names.push(this.name('a field'))
    return names
  }

  private nameAhead(): boolean {
    const { kind, value } = this.peek
    return kind === 'text' || (kind === 'word' && !['top', 'where', 'against', 'then'].includes(value))
  }

  private name(expected: string): string {
    const { kind, value, at } = this.take()
    return kind === 'text' || kind === 'word' ? value : this.fail(at, expected)
  }

  private number(): number {
    const { kind, value, at } = this.take()
    return kind === 'number' ? Number(value) : this.fail(at, 'a number')
  }

  private whole(): number {
    const { at } = this.peek
    const number = this.number()
    return Number.isInteger(number) && number >= 1 ? number : this.fail(at, 'an integer >= 1')
  }

  private one(words: readonly string[], expected: string): string {
    const { kind, value, at } = this.take()
    if ((kind === 'word' || kind === 'text') && words.includes(value)) return value
    return this.fail(at, `${expected}: ${words.join(', ')}`)
  }

  private word(value: string): boolean {
    const found = this.peek.kind === 'word' && this.peek.value === value
    if (found) this.next++
    return found
  }

  private trySign(value: string): boolean {
    const found = this.peek.kind === 'sign' && this.peek.value === value
    if (found) this.next++
    return found
  }

  private sign(value: string): void {
    if (!this.trySign(value)) this.fail(this.peek.at, `"${value}"`)
  }

  private get peek(): Token {
    return this.tokens[this.next]!
  }

  private take(): Token {
    const token = this.peek
    if (token.kind !== 'end') this.next++
    return token
  }

  private unquoted(text: string, at: number): string {
    try {
      return JSON.parse(text) as string
    } catch {
      return this.fail(at, 'text in double quotes')
    }
  }

  private fail(at: number, expected: string): never {
    const found = this.source.slice(at).split(/\s/)[0]
    throw new InterplayError('ask/query', `${expected} was expected at character ${at + 1}`, {
      where: this.source,
      why: found ? `'${found}' stands there` : 'the query ends there',
      details: { at, expected },
    })
  }
}
