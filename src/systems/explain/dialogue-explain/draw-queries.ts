import type { Random } from '../../../random/index.ts'
import { figures, metrics, operators, orders, type Change, type Filter, type Query } from './query/schema.ts'
import type { Vocabulary } from './vocabulary.ts'

/** Draws queries that a table can be asked, of every operation; for checks of what reads, prints and answers them. */
export class QueryDraws {
  constructor(
    private readonly vocabulary: Vocabulary,
    private readonly random: Random,
    private readonly rows: number,
  ) {}

  query(): Query {
    const { field, filter } = this
    const where = this.maybe(filter)
    const against = where && this.maybe(filter)
    const top = this.maybe(() => 1 + this.random.integer(9))
    const rowsOf = { ...(where ? { where } : {}), ...(against ? { against } : {}) }
    const one: Filter = { kind: 'row', row: 1 + this.random.integer(this.rows) }
    const some = top === undefined ? {} : { top }
    const group = where ? { where } : {}
    const numeric = () => this.pick(this.vocabulary.fields.filter(({ type }) => type === 'numeric')).name
    return this.pick<() => Query>([
      () => ({ operation: 'why', ...some, where: one }),
      () => ({ operation: 'flip', keeping: [field(), field()], ...some, where: one }),
      () => ({ operation: 'whatif', changes: [this.change(), this.change()], ...group }),
      () => ({ operation: 'predict', ...rowsOf }),
      () => ({ operation: 'similar', ...some, where: one }),
      () => ({ operation: 'certainty', ...group }),
      () => ({ operation: 'importance', field: field(), ...rowsOf }),
      () => ({ operation: 'interactions', fields: [field()], ...some, ...group }),
      () => ({ operation: 'effect', field: field(), ...group }),
      () => ({ operation: 'failures', by: field(), ...some, ...group }),
      () => ({ operation: 'score', metric: this.pick(metrics), ...rowsOf }),
      () => ({ operation: 'count', ...rowsOf }),
      () => ({ operation: 'statistic', figure: this.pick(figures), field: numeric(), ...rowsOf }),
      () => ({ operation: 'actual', ...rowsOf }),
      () => ({ operation: 'show', ...some, by: this.pick(orders), ...group }),
      () => ({ operation: 'describe', of: this.pick(['model', 'data', { field: field() }] as const) }),
      ...(this.vocabulary.lenses ?? []).map(({ name, alias, fields }) => (): Query => {
        const of = Array.from({ length: fields }, field)
        return { operation: 'lens', name: alias ?? name, ...(fields > 0 ? { of } : {}), ...some, ...group }
      }),
      () => ({ operation: this.pick(['evidence', 'undo', 'pin', 'help'] as const) }),
    ])()
  }

  /** A filter of up to three levels. */
  readonly filter = (depth = 2): Filter => {
    const { random } = this
    const kind = random.integer(depth > 0 ? 8 : 5)
    if (kind >= 6) return { kind: kind === 6 ? 'all' : 'any', of: [this.filter(depth - 1), this.filter(depth - 1)] }
    if (kind === 5) return { kind: 'not', of: this.filter(depth - 1) }
    if (kind === 4)
      return { kind: this.pick(['predicted', 'actual'] as const), class: this.pick(this.vocabulary.target!.classes) }
    if (kind === 3) return { kind: this.pick(['wrong', 'right'] as const) }
    const { name, values } = this.pick(this.vocabulary.fields)
    return values
      ? { kind: 'compare', field: name, operator: this.pick(['=', '!='] as const), value: this.pick(values) }
      : { kind: 'compare', field: name, operator: this.pick(operators), value: this.number(name) }
  }

  private change(): Change {
    const { name, values } = this.pick(this.vocabulary.fields)
    if (values) return { kind: 'set', field: name, value: this.pick(values) }
    const kind = this.pick(['set', 'raise', 'lower'] as const)
    return kind === 'set'
      ? { kind, field: name, value: this.number(name) }
      : { kind, field: name, by: 1 + this.random.integer(20), ...(this.random.integer(2) ? { percent: true } : {}) }
  }

  private number(name: string): number {
    const [low, high] = this.vocabulary.fields.find(field => field.name === name)!.range ?? [0, 1]
    return Math.round(low + this.random.uniform() * (high - low))
  }

  private readonly field = (): string => this.pick(this.vocabulary.fields).name

  private maybe<T>(make: () => T): T | undefined {
    return this.random.integer(2) ? make() : undefined
  }

  private pick<T>(from: readonly T[]): T {
    return from[this.random.integer(from.length)]!
  }
}
