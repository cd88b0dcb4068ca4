import type { Metric } from '../query/schema.ts'
import type { Vocabulary } from '../vocabulary.ts'
import { degrees, functionWords, itemWords, metricWords, synonyms, type Degree } from './lexicon.ts'
import { irregular, stemOf, typingDistance, wordsOf, type Word } from './words.ts'

/** Something in a question that has a meaning of its own. Fields and values may be several where the words fit several. */
export type Mention =
  | { kind: 'field'; fields: readonly string[]; degree?: Degree }
  | { kind: 'value'; field: string; values: readonly string[]; others: readonly string[] }
  | { kind: 'class'; class: string }
  | { kind: 'target' }
  | { kind: 'row'; rows: readonly number[] }
  | { kind: 'number'; number: number; percent: boolean }
  | { kind: 'metric'; metric: Metric }
  | { kind: 'item' }
  | { kind: 'word' }

/** A piece of a question: a mention with its words. */
export type Piece = Mention & {
  stem: string
  text: string
  /** A name that nothing here knows. */
  unknown?: boolean
  /** What was written, where it was taken for a misspelling. */
  misspelt?: string
}

interface Entry {
  mention: Mention
  /** 3 the whole name, 2 several words of it, 1 one of them. */
  weight: number
}

const longest = 6
const plurals = new Set(Object.keys(irregular))
/** A word of more values than this says nothing about which. */
const mostValues = 3

/** Finds fields, values, classes, rows and numbers in what a person says about one table. */
export class Tagger {
  private readonly phrases = new Map<string, Entry[]>()
  private readonly words: ReadonlySet<string>
  private readonly items: ReadonlySet<string>

  /** `known`: words of the grammar, which are no names and what a misspelling may be of. */
  constructor(
    vocabulary: Vocabulary,
    private readonly known: ReadonlySet<string>,
  ) {
    this.items = new Set([...itemWords, ...(vocabulary.items ?? []).map(stemOf)])
    const { fields, target, aliases = {} } = vocabulary
    for (const { name, values = [] } of fields) {
      const mention: Mention = { kind: 'field', fields: [name] }
      this.name(name, mention)
      for (const alias of aliases[name] ?? []) this.add(stems(alias), mention, 3)
      for (const value of values) {
        const own: Mention = { kind: 'value', field: name, values: [value], others: [] }
        if (/\p{L}/u.test(value)) this.name(value, own)
        for (const alias of aliases[value] ?? []) this.add(stems(alias), own, 3)
      }
    }
    for (const name of target?.classes ?? []) {
      if (!['yes', 'no', 'true', 'false', '0', '1'].includes(name.toLowerCase()))
        this.name(name, { kind: 'class', class: name })
      for (const alias of aliases[name] ?? []) this.add(stems(alias), { kind: 'class', class: name }, 3)
    }
    if (target)
      for (const word of [target.name, ...(aliases[target.name] ?? [])]) this.add(stems(word), { kind: 'target' }, 3)
    for (const [phrase, metric] of metricWords) this.add(stems(phrase), { kind: 'metric', metric }, 3)
    this.words = new Set(
      [...this.phrases]
        .filter(
          ([phrase, entries]) => !phrase.includes(' ') && (whole(entries) || entries[0]!.mention.kind === 'field'),
        )
        .map(([phrase]) => phrase),
    )
  }

  tag(text: string): Piece[] {
    const words = wordsOf(text).filter(({ stem }) => !/^[;?]$/.test(stem))
    const pieces: Piece[] = []
    for (let i = 0; i < words.length;) {
      const [piece, used] = this.rowAt(words, i) ?? this.phraseAt(words, i) ?? [this.wordAt(words[i]!, words[i + 1]), 1]
      pieces.push(piece)
      i += piece.kind === 'number' && words[i + 1]?.stem === '%' ? used + 1 : used
    }
    return pieces
  }

  /** `row 17`, `rows 3 and 9`, `#17`, `person 8`. */
  private rowAt(words: readonly Word[], start: number): [Piece, number] | undefined {
    const { stem, text } = words[start]!
    const marked = /^#\d/.test(text)
    if (!marked && !this.items.has(stem) && !['number', 'no'].includes(stem)) return undefined
    let at = marked ? start : start + 1
    if (['number', 'no'].includes(words[at]?.stem ?? '')) at++
    const rows: number[] = []
    while (Number.isInteger(words[at]?.number) && words[at]!.number! >= 1 && /^#?\d+$/.test(words[at]!.text)) {
      rows.push(words[at++]!.number!)
      if (['and', 'or', ','].includes(words[at]?.stem ?? '') && /^#?\d+$/.test(words[at + 1]?.text ?? '')) at++
      else break
    }
    if (rows.length === 0) return undefined
    return [{ kind: 'row', rows, stem: 'ROW', text: textOf(words, start, at) }, at - start]
  }

  /** The longest name that begins here; misspelt words count as those they are near. */
  private phraseAt(words: readonly Word[], start: number): [Piece, number] | undefined {
    for (let size = Math.min(longest, words.length - start); size >= 1; size--) {
      const span = words.slice(start, start + size)
      const exact = this.phrases.get(span.map(({ stem }) => stem).join(' '))
      const entries = exact ?? (size === 1 ? this.synonymOf(span[0]!.stem) : undefined)
      if (!entries || (size === 1 && span[0]!.number !== undefined)) continue
      if (size === 1 && functionWords.has(span[0]!.stem)) continue
      if (size === 1 && this.known.has(span[0]!.stem) && !whole(entries)) continue
      const mention = chosen(entries)
      if (mention)
        return [{ ...mention, stem: placeholders[mention.kind]!, text: textOf(words, start, start + size) }, size]
    }
    return undefined
  }

  private wordAt({ stem, text, number }: Word, next?: Word): Piece {
    if (number !== undefined) return { kind: 'number', number, percent: next?.stem === '%', stem: 'NUMBER', text }
    const graded = degrees.get(text.toLowerCase())
    if (graded) {
      const fields = graded.fields
        .flatMap(word => this.phrases.get(word) ?? [])
        .flatMap(({ mention }) => (mention.kind === 'field' ? mention.fields : []))
      if (fields.length > 0)
        return { kind: 'field', fields: [...new Set(fields)], degree: graded.degree, stem: 'FIELD', text }
    }
    if (this.items.has(stem)) return { kind: 'item', stem: 'ITEM', text }
    if (functionWords.has(stem) || this.known.has(stem) || /^\W+$/.test(stem)) return { kind: 'word', stem, text }
    const near = this.misspelt(stem)
    if (near === undefined) return { kind: 'word', stem, text, unknown: true }
    if (this.items.has(near)) return { kind: 'item', stem: 'ITEM', text, misspelt: text }
    const named = this.phrases.get(near) ?? this.synonymOf(near)
    const entries = named && this.known.has(near) && !whole(named) ? undefined : named
    const mention = entries && chosen(entries)
    return mention
      ? { ...mention, stem: placeholders[mention.kind]!, text, misspelt: text }
      : { kind: 'word', stem: near, text, misspelt: text }
  }

  /** The nearest word: one slip of the fingers, two in a long one; names are not guessed at as freely as verbs. */
  private misspelt(stem: string): string | undefined {
    if (stem.length < 4) return undefined
    let best: string | undefined
    let least = 3
    for (const candidates of [this.known, this.words, new Set(Object.keys(synonyms)), this.items, plurals])
      for (const word of candidates) {
        const most = stem.length < (candidates === this.known ? 7 : 9) ? 1 : 2
        if (word.length < 4 || Math.abs(word.length - stem.length) > most || word[0] !== stem[0]) continue
        const distance = typingDistance(stem, word)
        if (distance <= most && distance < least) [best, least] = [word, distance]
      }
    return best === undefined ? undefined : (irregular[best] ?? best)
  }

  private synonymOf(stem: string): Entry[] | undefined {
    for (const word of synonyms[stem] ?? []) {
      const entries = this.phrases.get(word)
      if (entries) return entries
    }
    return undefined
  }

  /** A name whole, and its parts. */
  private name(name: string, mention: Mention): void {
    const parts = stems(name)
    this.add(parts, mention, 3)
    for (let size = 1; size < Math.min(parts.length, longest); size++)
      for (let start = 0; start + size <= parts.length; start++) {
        const span = parts.slice(start, start + size)
        const says = (word: string) => word.length > 2 && !functionWords.has(word) && !itemWords.has(word)
        if (size === 1 ? says(span[0]!) : says(span[0]!) && says(span.at(-1)!))
          this.add(span, mention, size === 1 ? 1 : 2)
      }
  }

  private add(span: readonly string[], mention: Mention, weight: number): void {
    if (span.length === 0) return
    const key = span.join(' ')
    this.phrases.set(key, [...(this.phrases.get(key) ?? []), { mention, weight }])
  }
}

const placeholders: Readonly<Partial<Record<Mention['kind'], string>>> = {
  field: 'FIELD',
  value: 'VALUE',
  class: 'CLASS',
  target: 'TARGET',
  metric: 'METRIC',
}

const stems = (name: string): string[] => wordsOf(name).map(({ stem }) => stem)

const textOf = (words: readonly Word[], start: number, end: number) =>
  words
    .slice(start, end)
    .map(({ text }) => text)
    .join(' ')

/** A word of the grammar is a name only where it is a whole one. */
const whole = (entries: readonly Entry[]): boolean => entries.some(({ weight }) => weight === 3)

/** Of all that a phrase may be: the fullest name; all fields it fits; of values those of one field. */
function chosen(entries: readonly Entry[]): Mention | undefined {
  const best = Math.max(...entries.map(({ weight }) => weight))
  const fitting = entries.filter(({ weight }) => weight === best).map(({ mention }) => mention)
  const single = fitting.find(({ kind }) => kind === 'metric' || kind === 'class' || kind === 'target')
  if (single) return single
  const fields = fitting.flatMap(mention => (mention.kind === 'field' ? mention.fields : []))
  if (fields.length > 0) return { kind: 'field', fields: [...new Set(fields)] }
  const values = fitting.filter(mention => mention.kind === 'value')
  const [first] = values
  if (!first) return undefined
  const own = values.filter(({ field }) => field === first.field).flatMap(({ values }) => values)
  if (best === 1 && own.length > mostValues) return undefined
  const others = [...new Set(values.map(({ field }) => field))].filter(field => field !== first.field)
  return { kind: 'value', field: first.field, values: [...new Set(own)], others }
}
