import type { Filter, Query, QueryOf } from '../query/schema.ts'
import { whereOf } from '../query/schema.ts'
import type { Vocabulary } from '../vocabulary.ts'
import { changesOf } from './changes.ts'
import { all, conditionsOf, type Conditions } from './conditions.ts'
import { functionWords } from './lexicon.ts'
import type { Piece } from './mentions.ts'

const leads = new Set('and but or now only of for in at on among with same then so also'.split(' '))
const narrowing = new Set('only of those them these among'.split(' '))
/** Words that ask something of their own. */
const asking = new Set(
  'why how who many much sure often if suppose happened happen when where show give list tell see let'.split(' '),
)
const keeps = new Set('keep keeping leave fixed unchanged'.split(' '))

/**
 * A question that is only a name, a group or a number goes on with the one before: "and for men?", "what about speed?",
 * "70?", "only the women". Undefined where it asks something of its own.
 */
export function followUp(pieces: readonly Piece[], last: Query | undefined, vocabulary: Vocabulary): Query | undefined {
  if (!last) return undefined
  if (last.operation === 'flip' && pieces.some(({ stem }) => keeps.has(stem))) return keeping(pieces, last)
  if (!isFragment(pieces)) return undefined
  if (last.operation === 'whatif') return changed(pieces, last, vocabulary)
  const outcomes = last.operation === 'count' || last.operation === 'show' || last.operation === 'statistic'
  const conditions = conditionsOf(pieces, vocabulary, { outcomes, mistakes: outcomes })
  const [field] = conditions.fields
  const query = field === undefined ? last : withFields(last, conditions)
  if (query === undefined) return undefined
  const narrows = pieces.some(({ stem }) => narrowing.has(stem)) && pieces[0]!.stem !== 'of'
  const where = regrouped(whereOf(last), conditions, narrows || onlyThem(pieces))
  return where === undefined || !('where' in query || takesRows(query)) ? query : ({ ...query, where } as Query)
}

/** Whether a piece of talk has a mention and asks nothing of its own. */
export function isFragment(pieces: readonly Piece[]): boolean {
  if (pieces.length === 0 || !pieces.some(({ kind }) => kind !== 'word' && kind !== 'item' && kind !== 'metric'))
    return false
  if (pieces.some(piece => piece.kind === 'metric' || (piece.kind === 'field' && superlative(piece.degree))))
    return false
  const words = pieces.filter(({ kind }) => kind === 'word')
  const about = ['what', 'how'].includes(words[0]?.stem ?? '') && words[1]?.stem === 'about'
  const own = about ? words.slice(2) : words
  if (own.some(({ stem, kind }) => kind === 'word' && (asking.has(stem) || stem === 'what' || stem === 'which')))
    return false
  const led = about || leads.has(pieces[0]!.stem)
  return own.every(({ stem, unknown }) => functionWords.has(stem) || comparing.has(stem) || (led && unknown === true))
}

const superlative = (degree?: string) => degree === 'most' || degree === 'least'

const comparing = new Set('above below older younger between least most greater equal not aged one'.split(' '))

const onlyThem = (pieces: readonly Piece[]) => pieces[0]!.stem === 'only' || pieces[0]!.stem === 'just'

const takesRows = (query: Query) => !['describe', 'evidence', 'undo', 'pin', 'help'].includes(query.operation)

/** The fields said take the place of those before. */
function withFields(last: Query, { fields }: Conditions): Query | undefined {
  const names = fields.flatMap(({ fields: [first] }) => (first === undefined ? [] : [first]))
  const [first] = names
  switch (last.operation) {
    case 'importance':
    case 'effect':
    case 'statistic':
      return { ...last, field: first! }
    case 'interactions':
      return { ...last, fields: names.slice(0, 2) }
    case 'failures':
      return { ...last, by: first! }
    case 'describe':
      return { ...last, of: { field: first! } }
    default:
      return undefined
  }
}

/** Rows and groups said now: in place of those before, or within them. */
function regrouped(before: Filter | undefined, { rows, where }: Conditions, narrows: boolean): Filter | undefined {
  const now = all([...rowFilter(rows), ...(where ? [where] : [])])
  if (now === undefined) return before
  return narrows && before ? within(before, now) : now
}

/** Both filters; one flat list. */
export const within = (before: Filter, now: Filter): Filter => {
  const parts = [before, now].flatMap(filter => (filter.kind === 'all' ? filter.of : [filter]))
  return all(parts)!
}

export const rowFilter = (rows: readonly number[]): Filter[] => {
  const filters = rows.map((row): Filter => ({ kind: 'row', row }))
  return filters.length > 1 ? [{ kind: 'any', of: filters }] : filters
}

function keeping(pieces: readonly Piece[], last: QueryOf<'flip'>): Query | undefined {
  const names = pieces.flatMap(piece => (piece.kind === 'field' ? [piece.fields[0]!] : []))
  return names.length === 0 ? undefined : { ...last, keeping: names }
}

/** Another value for what changed, or another row. */
function changed(pieces: readonly Piece[], last: QueryOf<'whatif'>, vocabulary: Vocabulary): Query {
  const row = pieces.find(piece => piece.kind === 'row')
  if (row) return { ...last, where: rowFilter(row.rows)[0] }
  const opened: Piece[] = [{ kind: 'word', stem: 'if', text: 'if' }, ...pieces.filter(({ stem }) => stem !== 'and')]
  const { changes } = changesOf(opened, vocabulary, last.changes.at(-1)!.field)
  return changes.length === 0 ? last : { ...last, changes: [...changes] }
}
