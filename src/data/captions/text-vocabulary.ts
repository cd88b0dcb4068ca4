/** Ids that stand for no word. */
export const specialTokens = { pad: 0, start: 1, end: 2, unknown: 3 } as const

const count = Object.keys(specialTokens).length

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []

/** The words of some texts, and texts as ids of one length: start, words, end, padding. */
export class TextVocabulary {
  private readonly ids: ReadonlyMap<string, number>

  constructor(readonly words: readonly string[]) {
    this.ids = new Map(words.map((word, i) => [word, count + i]))
  }

  /** Every word of the texts, in alphabetical order. */
  static of(texts: readonly string[]): TextVocabulary {
    return new TextVocabulary([...new Set(texts.flatMap(wordsOf))].sort())
  }

  /** Ids there are, the special ones among them. */
  get size(): number {
    return count + this.words.length
  }

  /** [texts, length]; a longer text is cut, its end kept. */
  encode(texts: readonly string[], length: number): Int32Array {
    const ids = new Int32Array(texts.length * length)
    texts.forEach((text, row) => {
      const words = wordsOf(text).slice(0, length - 2)
      const own = [
        specialTokens.start,
        ...words.map(word => this.ids.get(word) ?? specialTokens.unknown),
        specialTokens.end,
      ]
      ids.set(own, row * length)
    })
    return ids
  }

  /** Words of a text that it does not know. */
  unknown(text: string): string[] {
    return wordsOf(text).filter(word => !this.ids.has(word))
  }
}
