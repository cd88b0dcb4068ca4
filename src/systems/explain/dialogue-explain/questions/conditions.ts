import type { Filter, Operator } from '../query/schema.ts'
import { positiveClass, type Vocabulary } from '../vocabulary.ts'
import { fieldOfPeople } from './lexicon.ts'
import type { Piece } from './mentions.ts'

const negations = new Set('not isnt arent wasnt werent dont doesnt without except excluding non neither no'.split(' '))
const wrongWords = new Set('wrong mistake error misclassified incorrect incorrectly failure mispredicted'.split(' '))
const versusWords = new Set('than vs versus against'.split(' '))

const comparators: readonly [words: RegExp, operator: Operator][] = [
  [/at least|or more|>=|minimum/, '>='],
  [/at most|or less|or fewer|<=|up to|maximum/, '<='],
  [/!=|other than/, '!='],
  [/above|over|more|greater|exceed|>|beyond|higher|past/, '>'],
  [/below|under|less|fewer|smaller|<|lower/, '<'],
  [/=|equal|exactly/, '='],
]

/** What a question says of rows. */
export interface Conditions {
  /** Rows by number. */
  rows: readonly number[]
  where?: Filter
  against?: Filter
  /** Places of the pieces that were used up. */
  used: ReadonlySet<number>
  /** Fields that no condition used, in their order. */
  fields: readonly Extract<Piece, { kind: 'field' }>[]
  /** Numbers that no condition used. */
  numbers: readonly number[]
  /** A number was compared and it is not said with which field. */
  fieldless: boolean
}

export interface ConditionOptions {
  /** Whether a class or the target is a condition here, or only says what the answer is about. */
  outcomes: boolean
  /** Whether "wrong" is one. */
  mistakes: boolean
  /** Pieces that say something else. */
  skip?: ReadonlySet<number>
}

export const all = (filters: readonly Filter[]): Filter | undefined =>
  filters.length > 1 ? { kind: 'all', of: [...filters] } : filters[0]

export function conditionsOf(pieces: readonly Piece[], vocabulary: Vocabulary, options: ConditionOptions): Conditions {
  return new Reading(pieces, vocabulary, options).read()
}

class Reading {
  private readonly used = new Set<number>()
  private readonly rows: number[] = []
  private readonly found: { filter: Filter; at: number; field?: string }[] = []
  private fieldless = false

  constructor(
    private readonly pieces: readonly Piece[],
    private readonly vocabulary: Vocabulary,
    private readonly options: ConditionOptions,
  ) {
    for (const place of options.skip ?? []) this.used.add(place)
  }

  read(): Conditions {
    this.pieces.forEach((piece, at) => {
      if (this.used.has(at)) return
      if (piece.kind === 'row') {
        this.used.add(at)
        this.rows.push(...piece.rows)
      } else if (piece.kind === 'value') this.value(at)
      else if (piece.kind === 'number') this.number(at)
    })
    if (this.options.outcomes) this.outcomes()
    if (this.options.mistakes) this.mistakes()
    const { where, against } = this.sides()
    const left = this.pieces.filter((_, at) => !this.used.has(at))
    return {
      rows: this.rows,
      where,
      against,
      used: this.used,
      fields: left.filter(piece => piece.kind === 'field'),
      numbers: left.flatMap(piece => (piece.kind === 'number' ? [piece.number] : [])),
      fieldless: this.fieldless,
    }
  }

  /** A value, or several of one field: `divorced or separated`; `not white`. */
  private value(at: number): void {
    const piece = this.pieces[at] as Extract<Piece, { kind: 'value' }>
    const values = [...piece.values]
    this.used.add(at)
    for (let next = at + 1; ; next += 2) {
      const [joint, other] = [this.pieces[next], this.pieces[next + 1]]
      const joined = joint && (joint.stem === 'or' || joint.stem === ',' || (joint.stem === 'and' && !this.compared()))
      if (!joined || other?.kind !== 'value' || other.field !== piece.field) break
      values.push(...other.values)
      this.used.add(next).add(next + 1)
    }
    const parts = [...new Set(values)].map((value): Filter => ({
      kind: 'compare',
      field: piece.field,
      operator: '=',
      value,
    }))
    const any: Filter = parts.length > 1 ? { kind: 'any', of: parts } : parts[0]!
    const beside = this.pieces[at - 1]
    if (beside?.kind === 'field' && beside.fields.includes(piece.field) && !beside.degree) this.used.add(at - 1)
    this.found.push({ filter: this.negated(at) ? { kind: 'not', of: any } : any, at, field: piece.field })
  }

  /** `age above 40`, `more than 40 hours`, `between 100 and 150 knots`, `older than 60`, `under 30`. */
  private number(at: number): void {
    const piece = this.pieces[at] as Extract<Piece, { kind: 'number' }>
    const before = this.before(at)
    const said = before.map(({ piece: { stem, kind } }) => (kind === 'field' ? '' : stem)).join(' ')
    const left = before.find(({ piece }) => piece.kind === 'field')
    const right = this.after(at)
    const upper = this.upper(at)
    const degree = left?.piece.kind === 'field' ? left.piece.degree : undefined
    const operator =
      degree === 'more' && / ?than/.test(said)
        ? '>'
        : degree === 'less' && / ?than/.test(said)
          ? '<'
          : comparators.find(([words]) => words.test(said))?.[1]
    const range = upper !== undefined && (/between|from/.test(said) || (left && operator === undefined))
    const named = [left, right].find(each => each && this.numeric(each.piece) !== undefined)
    if (operator === undefined && !range && !(left && named === left && this.near(left.at, at))) return
    const field = named
      ? this.numeric(named.piece)
      : this.vocabulary.fields.find(({ name, type }) => name === fieldOfPeople && type === 'numeric')?.name
    if (field === undefined) {
      this.fieldless = true
      return
    }
    this.used.add(at)
    for (const each of [left, right]) if (each && this.numeric(each.piece) === field) this.used.add(each.at)
    const compare = (sign: Operator, value: number): Filter => ({ kind: 'compare', field, operator: sign, value })
    if (range) {
      this.used.add(upper!.at)
      const beyond = this.after(upper!.at)
      if (beyond && this.numeric(beyond.piece) === field) this.used.add(beyond.at)
      this.found.push(
        { filter: compare('>=', piece.number), at, field },
        { filter: compare('<=', upper!.number), at, field },
      )
    } else this.found.push({ filter: compare(operator ?? '=', piece.number), at, field })
  }

  /** The words back to the last mention that is no field, and that field. */
  private before(at: number): { piece: Piece; at: number }[] {
    const words: { piece: Piece; at: number }[] = []
    for (let place = at - 1; place >= Math.max(0, at - 6); place--) {
      const piece = this.pieces[place]!
      if (piece.kind === 'field' && !this.used.has(place)) return [{ piece, at: place }, ...words]
      if (piece.kind !== 'word' && piece.kind !== 'item') break
      if (piece.stem === 'and' || piece.stem === 'or') break
      words.unshift({ piece, at: place })
    }
    return words
  }

  private after(at: number): { piece: Piece; at: number } | undefined {
    for (let place = at + 1; place <= Math.min(at + 2, this.pieces.length - 1); place++) {
      const piece = this.pieces[place]!
      if (piece.kind === 'field' && !this.used.has(place)) return { piece, at: place }
      if (piece.kind !== 'word' || ['and', 'or', 'for', 'of'].includes(piece.stem)) return undefined
    }
    return undefined
  }

  /** The other end of `40 to 50`, `40 and 50`. */
  private upper(at: number): { number: number; at: number } | undefined {
    const [joint, other] = [this.pieces[at + 1], this.pieces[at + 2]]
    return joint && ['and', 'to'].includes(joint.stem) && other?.kind === 'number'
      ? { number: other.number, at: at + 2 }
      : undefined
  }

  /** Only small words between a field and its number. */
  private near(left: number, right: number): boolean {
    const between = this.pieces.slice(left + 1, right).map(({ stem }) => stem)
    return between.every(stem => ['be', 'of', 'have', 'to', 'the', 'a'].includes(stem))
  }

  private numeric(piece: Piece): string | undefined {
    if (piece.kind !== 'field') return undefined
    const numeric = piece.fields.filter(name =>
      this.vocabulary.fields.some(field => field.name === name && field.type === 'numeric'),
    )
    return numeric.length === 1 ? numeric[0] : undefined
  }

  private outcomes(): void {
    const words = new Set(this.pieces.map(({ stem }) => stem))
    const has = (...any: string[]) => any.some(word => words.has(word))
    const positive = positiveClass(this.vocabulary)
    const negative = this.vocabulary.target?.classes[0]
    const pair = (predicted: string, actual: string) =>
      this.found.push(
        { filter: { kind: 'predicted', class: predicted }, at: 0 },
        { filter: { kind: 'actual', class: actual }, at: 0 },
      )
    if (negative !== undefined && has('false') && has('positive', 'alarm')) return void pair(positive, negative)
    if (negative !== undefined && ((has('false') && has('negative')) || has('miss', 'missed', 'overlooked')))
      return void pair(negative, positive)
    this.pieces.forEach((piece, at) => {
      if (this.used.has(at) || (piece.kind !== 'class' && piece.kind !== 'target')) return
      const own = piece.kind === 'class' ? piece.class : positive
      const name = this.negated(at) && negative !== undefined && own === positive ? negative : own
      const predicted =
        has('predicted', 'predict', 'prediction', 'classified', 'think', 'flagged', 'model', 'say', 'guessed') &&
        !has('actually', 'really')
      this.used.add(at)
      this.found.push({ filter: { kind: predicted ? 'predicted' : 'actual', class: name }, at })
    })
  }

  private mistakes(): void {
    const at = this.pieces.findIndex(({ stem, kind }) => kind === 'word' && wrongWords.has(stem))
    if (at >= 0) this.found.unshift({ filter: { kind: 'wrong' }, at })
    else if (this.pieces.some(({ stem }) => stem === 'correct' || stem === 'correctly'))
      this.found.unshift({ filter: { kind: 'right' }, at: 0 })
  }

  private negated(at: number): boolean {
    for (let place = at - 1; place >= Math.max(0, at - 3); place--) {
      const { kind, stem } = this.pieces[place]!
      if (negations.has(stem)) return true
      if (kind !== 'word' && kind !== 'field' && kind !== 'item') return false
    }
    return false
  }

  /** Whether two groups are put side by side. */
  private compared(): boolean {
    return this.pieces.some(
      ({ stem }) => versusWords.has(stem) || ['compare', 'compared', 'difference', 'between', 'differ'].includes(stem),
    )
  }

  /** Conditions on one field on two sides of "than" or "versus" are two groups. */
  private sides(): { where?: Filter; against?: Filter } {
    const fields = this.found.map(({ field }) => field)
    const twice = this.found.findIndex(
      ({ field, filter }, k) =>
        field !== undefined &&
        fields.indexOf(field) < k &&
        filter.kind !== 'not' &&
        !isRange(this.found[fields.indexOf(field)]!.filter, filter),
    )
    if (twice < 0) return { where: all(this.found.map(({ filter }) => filter)) }
    if (!this.compared()) {
      const parts = this.found.map(({ filter }) => filter)
      const same = this.found.filter(({ field }) => field === fields[twice]).map(({ filter }) => filter)
      return { where: all([...parts.filter(part => !same.includes(part)), { kind: 'any', of: same }]) }
    }
    const first = fields.indexOf(fields[twice])
    const common = this.found.filter((_, k) => k !== first && k !== twice).map(({ filter }) => filter)
    return { where: all([this.found[first]!.filter, ...common]), against: all([this.found[twice]!.filter, ...common]) }
  }
}

/** A lower and an upper end of one field are one range. */
const isRange = (a: Filter, b: Filter): boolean =>
  a.kind === 'compare' &&
  b.kind === 'compare' &&
  /[<>]/.test(a.operator) &&
  /[<>]/.test(b.operator) &&
  a.operator[0] !== b.operator[0]
