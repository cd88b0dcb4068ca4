import { specialTokens } from '../../../data/index.ts'
import type { EncodedTexts } from '../shared/encoded.ts'
import { cosine } from './anchors.ts'

/** Which tokens' features are compared: all (the authors', in which the padding weighs most), or words alone. */
export type Compared = 'all' | 'words'

/** How near a text is to a phrase. */
export interface Nearness {
  /** Of the features, flattened. */
  cosine: number
  /** Share of the phrase's words that the text has. */
  words: number
}

/** Facilitated transport (section 3.3): how much a membrane acts on each text, the most over its phrases. */
export function permeability(texts: EncodedTexts, phrases: EncodedTexts, compared: Compared = 'words'): Float32Array {
  return Float32Array.from({ length: texts.count }, (_, text) => {
    const near = Array.from({ length: phrases.count }, (_, phrase) => nearness(texts, text, phrases, phrase, compared))
    return Math.max(...near.map(each => Math.max(each.cosine, each.words)))
  })
}

export function nearness(
  texts: EncodedTexts,
  text: number,
  phrases: EncodedTexts,
  phrase: number,
  compared: Compared,
): Nearness {
  const [words, own] = [wordsOf(texts, text), wordsOf(phrases, phrase)]
  const shared = [...own].filter(id => words.has(id)).length
  return {
    cosine: cosine(flattened(texts, text, compared), flattened(phrases, phrase, compared)),
    words: own.size === 0 ? 0 : shared / own.size,
  }
}

const isWord = (id: number): boolean =>
  id !== specialTokens.pad && id !== specialTokens.start && id !== specialTokens.end

const idsOf = ({ ids, length }: EncodedTexts, row: number): Int32Array => ids.subarray(row * length, (row + 1) * length)

const wordsOf = (texts: EncodedTexts, row: number): Set<number> => new Set(idsOf(texts, row).filter(isWord))

/** Features of one text, those of tokens that are not compared being zero. */
function flattened(texts: EncodedTexts, row: number, compared: Compared): Float32Array {
  const { length, width, features } = texts
  const own = features.subarray(row * length * width, (row + 1) * length * width)
  if (compared === 'all') return own
  const ids = idsOf(texts, row)
  return own.map((value, at) => (isWord(ids[Math.floor(at / width)]!) ? value : 0))
}
