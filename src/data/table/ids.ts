import { hashKey } from '../../nn/fields/shared-rows.ts'
import { bucketOf, sipHash } from '../../random/index.ts'
import type { Vocabulary } from './encoding.ts'

/** The chunk of a field's hash that values are told by; rows of a shared table are found by lower ones. */
const valueChunk = 0xffffffff
const encoder = new TextEncoder()

/** Values that hash into so many codes, as no table of them is kept; fields of one key give a value the same code. */
export const hashedVocabulary = (key: string, codes: number): Vocabulary => ({
  values: [],
  pad: 0,
  unknown: codes + 1,
  hashed: { key, codes },
})

/** The id of a value by its text: its place in a vocabulary, undefined where it is in none; or its code. */
export function idFinder({ values, hashed }: Vocabulary): (value: string) => number | undefined {
  if (!hashed) {
    const ids = new Map(values.map((value, k) => [value, k + 1]))
    return value => ids.get(value)
  }
  const key = hashKey(hashed.key, valueChunk)
  return value => 1 + bucketOf(sipHash(key, encoder.encode(value)), hashed.codes)
}
