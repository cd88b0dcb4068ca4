/** The words of a table: what its model can be asked about. */
export interface Vocabulary {
  /** The data as the user called them. */
  name: string
  fields: readonly VocabularyField[]
  /** Absent where the answers are the only thing known. */
  target?: VocabularyTarget
  /** What a row is called: strike, person, order. */
  items?: readonly string[]
  /** Other words for a field, a value or a class. */
  aliases?: Readonly<Record<string, readonly string[]>>
  /** Lenses of `explain` that the conversation reaches. */
  lenses?: readonly LensWords[]
}

export interface LensWords {
  name: string
  /** A shorter name. */
  alias?: string
  /** Looks at one row, at many together, or at either. */
  of: 'row' | 'rows' | 'either'
  /** How many fields it is told. */
  fields: number
}

export interface VocabularyField {
  name: string
  type: 'numeric' | 'categorical'
  /** Commonest first. */
  values?: readonly string[]
  /** Of numbers that are times, in seconds since 1970: whether they tell the date alone, or the minute too. */
  time?: 'date' | 'minute'
  /** Least and greatest value, in the field's unit. */
  range?: readonly [number, number]
}

export interface VocabularyTarget {
  name: string
  kind: 'binary' | 'multiclass' | 'regression'
  /** Of a binary target the positive one last. */
  classes: readonly string[]
}

export const lensNamed = ({ lenses = [] }: Vocabulary, name: string): LensWords | undefined =>
  lenses.find(lens => lens.name === name || lens.alias === name)

export const fieldNamed = (vocabulary: Vocabulary, name: string): VocabularyField | undefined =>
  vocabulary.fields.find(field => field.name === name)

/** The class that a probability is of. */
export const positiveClass = ({ target }: Vocabulary): string => target?.classes.at(-1) ?? 'yes'
