import type { Change } from '../query/schema.ts'
import { fieldNamed, type Vocabulary } from '../vocabulary.ts'
import type { Piece } from './mentions.ts'

const openings = new Set(
  'if suppose supposing imagine assume but change set increase raise decrease lower reduce make with'.split(' '),
)
const copulas = new Set('be have become became to happen happened get got instead as into'.split(' '))
const upward = new Set('increase raise more higher increased raised extra additional bigger greater plus'.split(' '))
const downward = new Set('decrease lower reduce less fewer decreased reduced lowered smaller minus'.split(' '))
const groups = new Set('for among of'.split(' '))
/** `an income of 90` is no group. */
const groupsOfNumbers = new Set('for among'.split(' '))

export interface Changes {
  changes: readonly Change[]
  /** Places of the pieces that say what changes; the others say of which rows. */
  used: ReadonlySet<number>
  /** A field is to change and it is not said to what. */
  unsaid?: string
}

/**
 * What a what-if changes. Values and numbers after "if", "but", "change" are what the rows become, unless "for" or "among" goes
 * before them, or they stand before the verb: in "if all women were men" only the second is a change.
 */
export function changesOf(pieces: readonly Piece[], vocabulary: Vocabulary, pronoun?: string): Changes {
  const opening = pieces.findIndex(({ kind, stem }) => kind === 'word' && openings.has(stem))
  const start = Math.max(0, opening)
  const verb = pieces.findIndex(({ kind, stem }, at) => at > start && kind === 'word' && copulas.has(stem))
  const mentions = (at: number) => pieces[at]!.kind === 'value' || pieces[at]!.kind === 'number'
  const later = pieces.some((_, at) => at > verb && mentions(at) && !ofGroup(pieces, at))
  const changing = (at: number) => at > start && !ofGroup(pieces, at) && !(verb > 0 && at < verb && later)
  const changes: Change[] = []
  const used = new Set<number>()
  const stems = new Set(pieces.filter(({ kind }) => kind === 'word').map(({ stem }) => stem))
  const fieldPlaces = [...pieces.keys()].filter(at => pieces[at]!.kind === 'field')

  pieces.forEach((piece, at) => {
    if (!mentions(at) || !changing(at)) return
    if (piece.kind === 'value') {
      used.add(at)
      if (!changes.some(({ field }) => field === piece.field))
        changes.push({ kind: 'set', field: piece.field, value: piece.values[0]! })
      return
    }
    if (piece.kind !== 'number') return
    const near = [...fieldPlaces]
      .filter(place => !ofGroup(pieces, place) || place > at)
      .sort((a, b) => Math.abs(a - at) - Math.abs(b - at))
    const place = near.find(each => numericOf(pieces[each]!, vocabulary) !== undefined)
    const field = place === undefined ? pronoun : numericOf(pieces[place]!, vocabulary)
    if (field === undefined) return
    used.add(at)
    const own = fieldPlaces.filter(each => numericOf(pieces[each]!, vocabulary) === field)
    own.forEach(each => used.add(each))
    const degrees = own.map(each => (pieces[each] as Extract<Piece, { kind: 'field' }>).degree)
    const has = (words: ReadonlySet<string>) => [...words].some(word => stems.has(word))
    const toward = pieces[at - 1]?.stem === 'to'
    const up = degrees.includes('more') || has(upward)
    const down = degrees.includes('less') || has(downward)
    if (!toward && (up || down))
      changes.push({
        kind: down ? 'lower' : 'raise',
        field,
        by: Math.abs(piece.number),
        ...(piece.percent ? { percent: true } : {}),
      })
    else changes.push({ kind: 'set', field, value: piece.number })
  })
  const bare = fieldPlaces.find(
    at =>
      !used.has(at) &&
      at > start &&
      !changes.some(({ field }) => (pieces[at] as Extract<Piece, { kind: 'field' }>).fields.includes(field)),
  )
  const unsaid =
    changes.length === 0 && bare !== undefined
      ? (pieces[bare] as Extract<Piece, { kind: 'field' }>).fields[0]
      : undefined
  for (const at of fieldPlaces)
    if (changes.some(({ field }) => (pieces[at] as Extract<Piece, { kind: 'field' }>).fields.includes(field)))
      used.add(at)
  return { changes, used, unsaid }
}

const numericOf = (piece: Piece, vocabulary: Vocabulary): string | undefined =>
  piece.kind === 'field' ? piece.fields.find(name => fieldNamed(vocabulary, name)?.type === 'numeric') : undefined

/** Whether "for", "among" or "of" goes before it, with nothing but small words between. */
function ofGroup(pieces: readonly Piece[], at: number): boolean {
  const own = pieces[at]!.kind === 'number' ? groupsOfNumbers : groups
  for (let place = at - 1; place >= 0; place--) {
    const { kind, stem } = pieces[place]!
    if (kind !== 'word' && kind !== 'item') return false
    if (own.has(stem)) return true
    if (copulas.has(stem) || openings.has(stem)) return false
  }
  return false
}
