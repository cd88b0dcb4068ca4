import { suggest } from '../../../../errors/index.ts'
import {
  takes,
  whereOf,
  type Filter,
  type Metric,
  type OperationName,
  type Program,
  type Query,
} from '../query/schema.ts'
import { fieldNamed, lensNamed, type Vocabulary } from '../vocabulary.ts'
import { changesOf } from './changes.ts'
import { Classifier, type Guess } from './classify.ts'
import { all, conditionsOf, type Conditions } from './conditions.ts'
import { followUp, isFragment, rowFilter, within } from './follow-up.ts'
import { figureWords, functionWords, lensWords } from './lexicon.ts'
import { Tagger, type Piece } from './mentions.ts'
import type { Reading, Taken } from './reading.ts'
import { templates, type Intent } from './templates.ts'
import { stemOf } from './words.ts'

const stemsOf = (template: string) => template.split(' ').map(word => (/^[A-Z]+$/.test(word) ? word : stemOf(word)))
const grammarWords = new Set([
  ...Object.values(templates).flatMap(each => each.flatMap(stemsOf)),
  ...figureWords.map(([word]) => stemOf(word)),
  'compare',
  'between',
  'above',
  'below',
  'greater',
  'predicted',
  'classified',
  'correct',
])

/** A guess is not acted on below this probability, nor where the next one is this near. */
const leastProbability = 0.25
const leastMargin = 0.06

const clauses =
  /\s*[;?]\s+(?=\S)|,?\s+and then\s+|,?\s+then\s+|,?\s+and\s+(?=(?:how|what|which|why|where|who|show|tell|explain|predict)\b)/i

let learned: Classifier | undefined

/**
 * Turns what a person says into the query language: names are found by the table's own words, what is wanted by a
 * classifier learned from templates, the rest by where names stand. What came before is `past`, the newest last.
 */
export class Interpreter {
  private readonly tagger: Tagger
  private readonly classifier: Classifier

  constructor(private readonly vocabulary: Vocabulary) {
    this.tagger = new Tagger(vocabulary, grammarWords)
    this.classifier = learned ??= new Classifier(stemsOf)
  }

  read(text: string, past: readonly Query[] = []): Reading {
    const program: Query[] = []
    const taken: Taken[] = []
    for (const part of text.split(clauses)) {
      const reading = this.part(part, [...past, ...program])
      if (reading.kind !== 'program') return reading
      program.push(...reading.program)
      taken.push(...reading.taken)
    }
    return { kind: 'program', program, taken }
  }

  /** Every intent for a question, the likeliest first. */
  guesses(pieces: readonly Piece[]): Guess[] {
    const all = this.classifier.classify(pieces.map(({ stem }) => stem))
    if (this.vocabulary.lenses?.length) return all
    const left = all.filter(({ intent }) => intent !== 'lens')
    const sum = left.reduce((total, { probability }) => total + probability, 0)
    return left.map(({ intent, probability }) => ({ intent, probability: probability / sum }))
  }

  private part(text: string, past: readonly Query[]): Reading {
    const pieces = this.tagger.tag(text)
    const last = past.filter(({ operation }) => !['evidence', 'undo', 'pin', 'help'].includes(operation)).at(-1)
    const taken = pieces.flatMap(piece => (piece.misspelt ? [{ written: piece.misspelt, as: shownAs(piece) }] : []))
    const [first, second] = this.guesses(pieces) as [Guess, Guess]
    const fragment = isFragment(pieces)
    const { intent } = first
    if (!fragment && (intent === 'causal' || intent === 'decision' || intent === 'outside'))
      return this.declined(intent, pieces)
    const doubtful = this.ambiguous(pieces)
    if (doubtful) return doubtful
    const further = followUp(pieces, last, this.vocabulary)
    if (further) return this.complete([further], pieces, taken)
    if (fragment) return this.alone(pieces)
    if (!this.hasCue(pieces)) return this.strange(pieces)
    if (first.probability < leastProbability || first.probability - second.probability < leastMargin)
      return clarify(
        'two readings',
        [first, second].map(({ intent }) => summaries[intent]),
      )
    return this.build(intent as OperationName, pieces, last, taken)
  }

  /** Nothing that is measured here; but talk without a known word is strange first. */
  private declined(reason: 'causal' | 'decision' | 'outside', pieces: readonly Piece[]): Reading {
    return this.hasCue(pieces) ? { kind: 'refuse', reason, near: [] } : this.strange(pieces)
  }

  private hasCue(pieces: readonly Piece[]): boolean {
    return pieces.some(piece => (piece.kind !== 'word' && piece.kind !== 'item') || this.speaks(piece))
  }

  /** Whether a word says what is wanted. */
  private speaks({ kind, stem, unknown }: Piece): boolean {
    return (kind === 'word' && !unknown && !functionWords.has(stem) && this.classifier.knows(stem)) || asks.has(stem)
  }

  private build(
    intent: OperationName,
    pieces: readonly Piece[],
    last: Query | undefined,
    taken: readonly Taken[],
  ): Reading {
    if (['evidence', 'undo', 'pin', 'help'].includes(intent))
      return { kind: 'program', program: [{ operation: intent } as Query], taken }
    const change = intent === 'whatif' ? changesOf(pieces, this.vocabulary, pronounField(last)) : undefined
    const outcomes = ['count', 'show', 'statistic', 'failures'].includes(intent)
    const conditions = conditionsOf(pieces, this.vocabulary, {
      outcomes,
      mistakes: intent === 'count' || (intent === 'show' && orderOf(pieces).by !== 'error'),
      skip: change?.used,
    })
    if (conditions.fieldless && !change) return clarify('a number is compared: of which field?', this.numericFields())
    const where = this.whereOf(intent, pieces, conditions, last)
    if (
      change &&
      (change.changes.length === 0 || (where === undefined && pieces.some(({ stem }) => pronouns.has(stem))))
    )
      return change.changes.length === 0
        ? clarify(change.unsaid === undefined ? 'what is to change?' : `what is '${change.unsaid}' to become?`, [
            'what if FIELD were VALUE',
          ])
        : clarify('of which row?', ['what if row 1 ...', 'what if all ...'])
    const strange = this.unknownName(intent, pieces, conditions)
    if (strange) return strange
    const query = this.queryOf(intent, pieces, conditions)
    if ('kind' in query) return query
    const queries = query.map(each => ({
      ...each,
      ...(change ? { changes: change.changes } : {}),
      ...(where && takes(intent, 'where') && !this.goesBack(each, where, conditions) ? { where } : {}),
      ...(conditions.against && takes(intent, 'against') ? { against: conditions.against } : {}),
    })) as Query[]
    return this.complete(queries, pieces, taken)
  }

  /** The last checks: a row where one is needed. */
  private complete(program: Program, pieces: readonly Piece[], taken: readonly Taken[]): Reading {
    for (const query of program) {
      const where = whereOf(query)
      if ((query.operation === 'flip' || query.operation === 'similar') && oneRow(where) === undefined)
        return clarify('which row?', ['row 1'])
      if (query.operation === 'why' && where === undefined)
        return clarify('why what? name a row or a group', ['why row 1', 'which features matter'])
      if (
        query.operation === 'show' &&
        where === undefined &&
        query.top === undefined &&
        query.by === undefined &&
        !pieces.some(({ kind }) => kind === 'item')
      )
        return clarify('show what?', ['show row 1', 'show the mistakes'])
    }
    return { kind: 'program', program, taken }
  }

  private queryOf(intent: OperationName, pieces: readonly Piece[], { fields, numbers }: Conditions): Query[] | Reading {
    const names = [
      ...new Set(
        fields.filter(({ degree }) => degree !== 'more' && degree !== 'less').map(({ fields: [name] }) => name!),
      ),
    ]
    const [name] = names
    const top = topOf(pieces, numbers)
    switch (intent) {
      case 'importance':
        return [
          {
            operation: intent,
            ...(name === undefined ? {} : { field: name }),
            ...(top === undefined || name !== undefined ? {} : { top }),
          },
        ]
      case 'interactions':
        return [
          {
            operation: intent,
            ...(name === undefined ? {} : { fields: names.slice(0, 2) }),
            ...(top === undefined ? {} : { top }),
          },
        ]
      case 'effect':
        return name === undefined
          ? clarify(
              'the effect of which field?',
              this.vocabulary.fields.slice(0, 4).map(field => field.name),
            )
          : [{ operation: intent, field: name }]
      case 'lens':
        return this.lensOf(pieces, names, top)
      case 'failures':
        return [
          { operation: intent, ...(name === undefined ? {} : { by: name }), ...(top === undefined ? {} : { top }) },
        ]
      case 'flip':
        return [{ operation: intent, ...(names.length === 0 ? {} : { keeping: names }) }]
      case 'score': {
        const metrics = pieces.flatMap(piece => (piece.kind === 'metric' ? [piece.metric] : []))
        const right: Metric[] = pieces.some(({ stem }) => ['right', 'correct', 'wrong'].includes(stem))
          ? ['accuracy']
          : []
        const wanted = metrics.length > 0 ? [...new Set(metrics)] : right
        return wanted.length === 0 ? [{ operation: intent }] : wanted.map(metric => ({ operation: intent, metric }))
      }
      case 'statistic': {
        if (name === undefined) return clarify('of which field?', this.numericFields())
        return [{ operation: intent, figure: this.figureOf(name, pieces, fields), field: name }]
      }
      case 'describe':
        if (name !== undefined) return [{ operation: intent, of: { field: name } }]
        return [
          {
            operation: intent,
            of: pieces.some(({ stem }) => ['data', 'column', 'field', 'dataset', 'table'].includes(stem))
              ? 'data'
              : 'model',
          },
        ]
      case 'show':
        return [{ operation: intent, ...(top === undefined ? {} : { top }), ...orderOf(pieces) }]
      case 'why':
      case 'similar':
        return [{ operation: intent, ...(top === undefined ? {} : { top }) }]
      case 'whatif':
        return [{ operation: intent, changes: [] }]
      default:
        return [{ operation: intent } as Query]
    }
  }

  /** Whether a lens of many rows would be of a row that only the question before was about. */
  private goesBack(query: Query, where: Filter, { rows }: Conditions): boolean {
    if (query.operation !== 'lens' || where.kind !== 'row' || rows.length > 0) return false
    return lensNamed(this.vocabulary, query.name)?.of === 'rows'
  }

  /** The lens that the words name, with the fields it is told. */
  private lensOf(pieces: readonly Piece[], names: readonly string[], top: number | undefined): Query[] | Reading {
    const { lenses = [] } = this.vocabulary
    const stems = new Set(pieces.map(({ stem }) => stem))
    const said = lensWords.find(([words]) => words.split(' ').every(word => stems.has(stemOf(word))))?.[1]
    const lens = lenses.find(({ name, alias }) =>
      said ? said === name || said === alias : stems.has(name) || stems.has(alias ?? name),
    )
    const known = lenses.map(({ name, alias }) => alias ?? name)
    if (!lens)
      return said ? { kind: 'refuse', reason: 'unknown', about: said, near: known } : clarify('which lens?', known)
    const name = lens.alias ?? lens.name
    if (names.length < lens.fields)
      return clarify(
        lens.fields === 1 ? `${name} of which field?` : `${name} of which ${lens.fields} fields?`,
        this.vocabulary.fields.slice(0, 4).map(field => field.name),
      )
    return [
      {
        operation: 'lens',
        name,
        ...(lens.fields > 0 ? { of: names.slice(0, lens.fields) } : {}),
        ...(top === undefined || top === 1 ? {} : { top }),
      },
    ]
  }

  private figureOf(name: string, pieces: readonly Piece[], fields: Conditions['fields']) {
    const degree = fields.find(field => field.fields[0] === name && field.degree)?.degree
    if (degree === 'most') return 'max' as const
    if (degree === 'least') return 'min' as const
    const said = figureWords.find(([word]) => pieces.some(({ stem }) => stem === stemOf(word)))?.[1]
    if (fieldNamed(this.vocabulary, name)?.type !== 'numeric') return 'values' as const
    return said ?? 'values'
  }

  /** The rows meant: those said; else, where it points back, those of the question before. */
  private whereOf(
    intent: OperationName,
    pieces: readonly Piece[],
    { rows, where }: Conditions,
    last: Query | undefined,
  ): Filter | undefined {
    const said = all([...rowFilter(rows), ...(where ? [where] : [])])
    const before = last && whereOf(last)
    if (!before) return said
    const back = pieces.some(({ stem }) => plural.has(stem))
    if (said) return back && rows.length === 0 ? within(before, said) : said
    const row = oneRow(before)
    if (row !== undefined) return ofRow.has(intent) ? before : undefined
    return back || intent === 'why' ? before : undefined
  }

  /** A word that fits several fields, or values of several. */
  private ambiguous(pieces: readonly Piece[]): Reading | undefined {
    for (const piece of pieces) {
      if (piece.kind === 'field' && piece.fields.length > 1)
        return clarify(`'${piece.text}' may be ${piece.fields.length} fields`, piece.fields)
      if (piece.kind === 'value' && piece.others.length > 0)
        return clarify(`'${piece.text}' may be a value of ${1 + piece.others.length} fields`, [
          piece.field,
          ...piece.others,
        ])
    }
    return undefined
  }

  /** A name with nothing asked of it. */
  private alone(pieces: readonly Piece[]): Reading {
    const name = pieces.find(({ kind }) => kind !== 'word' && kind !== 'item')!.text
    return clarify(`what about '${name}'?`, [`how accurate is it for ${name}`, `how many ${name}`])
  }

  /** Nothing in it is known here. */
  private strange(pieces: readonly Piece[]): Reading {
    const unknown = pieces.filter(piece => piece.unknown).map(({ text }) => text)
    const asked = pieces.some(({ stem }) =>
      ['who', 'what', 'when', 'where', 'how', 'which', 'be', 'tell', 'do'].includes(stem),
    )
    if (asked && unknown.length > 0) return { kind: 'refuse', reason: 'outside', about: unknown.join(' '), near: [] }
    return clarify('what is meant?', ['why row 1', 'which features matter', 'where does it fail'])
  }

  /** A name stands where a field or group must, and there is none such. */
  private unknownName(
    intent: OperationName,
    pieces: readonly Piece[],
    { where, rows, fields }: Conditions,
  ): Reading | undefined {
    const unknown = pieces.filter(piece => piece.unknown)
    if (unknown.length === 0 || fields.length > 0 || where || rows.length > 0) return undefined
    const needs =
      intent === 'effect' ||
      intent === 'statistic' ||
      (intent === 'importance' && !pieces.some(({ stem }) => generic.has(stem)))
    const at = pieces.indexOf(unknown[0]!)
    const before = pieces
      .slice(0, at)
      .reverse()
      .find(({ kind, stem }) => !(kind === 'item' || ['the', 'a', 'an', 'all', 'only'].includes(stem)))
    if (!needs && !(before && prepositions.has(before.stem))) return undefined
    const about = unknown.map(({ text }) => text).join(' ')
    const names = this.vocabulary.fields.flatMap(({ name, values = [] }) => [name, ...values])
    return { kind: 'refuse', reason: 'unknown', about, near: suggest(about, names) }
  }

  private numericFields(): string[] {
    return this.vocabulary.fields.filter(({ type }) => type === 'numeric').map(({ name }) => name)
  }
}

const asks = new Set('why who how sure many often show list'.split(' '))
const pronouns = new Set('it he she they this that'.split(' '))
const plural = new Set('them those these they'.split(' '))
const generic = new Set('which what feature column field input factor'.split(' '))
const prepositions = new Set('for in of at on among from with during by'.split(' '))
/** Questions that after one about a row are about that row. */
const ofRow: ReadonlySet<string> = new Set([
  'why',
  'flip',
  'whatif',
  'predict',
  'similar',
  'certainty',
  'actual',
  'show',
  'lens',
])

const clarify = (question: string, readings: readonly string[]): Reading => ({ kind: 'clarify', question, readings })

/** The number of the one row a filter is of. */
export const oneRow = (filter: Filter | undefined): number | undefined =>
  filter?.kind === 'row' ? filter.row : undefined

const pronounField = (last: Query | undefined): string | undefined =>
  last?.operation === 'whatif' ? last.changes.at(-1)!.field : undefined

const shownAs = (piece: Piece): string =>
  piece.kind === 'field'
    ? piece.fields.join(' or ')
    : piece.kind === 'value'
      ? piece.values.join(' or ')
      : piece.stem.toLowerCase()

/** The number of things wanted; one where a single strongest is. */
function topOf(pieces: readonly Piece[], numbers: readonly number[]): number | undefined {
  const [number] = numbers
  if (number !== undefined && Number.isInteger(number) && number >= 1 && number <= 1000) return number
  const stems = pieces.map(({ stem }) => stem)
  return stems.includes('strongest') && stems.includes('pair') ? 1 : undefined
}

function orderOf(pieces: readonly Piece[]): { by?: 'error' | 'highest' | 'lowest' | 'doubt' } {
  const stems = new Set(pieces.map(({ stem }) => stem))
  const has = (...words: string[]) => words.some(word => stems.has(word))
  if (has('uncertain', 'unsure', 'doubtful') || (has('least') && has('certain', 'sure', 'confident')))
    return { by: 'doubt' }
  if (has('worst', 'biggest', 'largest') && has('mistake', 'error', 'wrong')) return { by: 'error' }
  if (has('highest', 'riskiest', 'likeliest')) return { by: 'highest' }
  if (has('lowest', 'safest')) return { by: 'lowest' }
  return {}
}

const summaries: Readonly<Record<Intent, string>> = {
  why: 'why a row is answered as it is',
  flip: 'what would turn the answer of a row',
  whatif: 'the answer if something were otherwise',
  predict: 'the prediction',
  similar: 'similar rows',
  certainty: 'how sure the answer is',
  importance: 'which fields matter',
  interactions: 'which fields act together',
  effect: 'the effect of a field',
  lens: 'what a lens shows',
  failures: 'where the model fails',
  score: 'how good the model is',
  count: 'how many rows',
  statistic: 'a figure of a field',
  actual: 'what really happened',
  show: 'the rows themselves',
  describe: 'what something is',
  evidence: 'how the last answer was computed',
  undo: 'take the last question back',
  pin: 'keep the last answer',
  help: 'what can be asked',
  causal: 'what causes what',
  decision: 'what ought to be done',
  outside: 'something else',
}
