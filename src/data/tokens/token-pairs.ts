import { InterplayError } from '../../errors/index.ts'
import type { Splits } from '../items.ts'

/** Lists of vectors of one length, padded: the words of texts, the frames of videos. */
export interface TokenSets {
  /** `text`, `frames`. */
  name: string
  length: number
  width: number
  /** [items, length, width] */
  values: Float32Array
  /** [items, length], 1 where a token is there. */
  mask: Uint8Array
}

/** Items that have two sets of tokens, which belong together. */
export interface TokenPairs {
  name: string
  items: number
  text: TokenSets
  frames: TokenSets
  /** Items of equal id are no negatives of each other; where it is left out, no two texts may be the same. */
  ids?: Int32Array
  /** The words of each text, where they are known. */
  words?: readonly (readonly string[])[]
  splits?: Splits
}

/** @throws InterplayError `data/empty`, `shape/mismatch`, `data/too-short`, `data/out-of-range`, `data/not-finite`, `data/duplicate` */
export function checkTokenPairs(pairs: TokenPairs): void {
  const { name, items, text, frames, ids } = pairs
  if (items === 0) throw new InterplayError('data/empty', `'${name}' has no items`)
  for (const sets of [text, frames]) checkSets(sets, items)
  if (ids && ids.length !== items)
    throw new InterplayError('shape/mismatch', `'${name}' has ${ids.length} ids for ${items} items`)
  if (!ids) checkDistinct(pairs)
}

function checkSets({ name, length, width, values, mask }: TokenSets, items: number): void {
  if (length < 2)
    throw new InterplayError('data/too-short', `'${name}' has ${length} token an item, interactions take two or more`)
  if (values.length !== items * length * width || mask.length !== items * length)
    throw new InterplayError(
      'shape/mismatch',
      `'${name}' holds ${values.length} numbers and ${mask.length} marks, not ${items} by ${length} by ${width}`,
    )
  for (let item = 0; item < items; item++) {
    const own = mask.subarray(item * length, (item + 1) * length)
    const odd = own.findIndex(mark => mark > 1)
    if (odd >= 0)
      throw new InterplayError(
        'data/out-of-range',
        `'${name}' mask of item ${item + 1} is ${own[odd]} at token ${odd + 1}`,
        {
          why: 'a mask is 0 or 1',
        },
      )
    if (!own.includes(1)) throw new InterplayError('data/empty', `'${name}' of item ${item + 1} has no token`)
    for (let token = 0; token < length; token++) {
      if (!own[token]) continue
      const start = (item * length + token) * width
      if (!values.subarray(start, start + width).every(Number.isFinite))
        throw new InterplayError('data/not-finite', `'${name}' of item ${item + 1} is not finite at token ${token + 1}`)
    }
  }
}

function checkDistinct({ items, text: { length, width, values, mask } }: TokenPairs): void {
  const known = new Map<string, number>()
  for (let item = 0; item < items; item++) {
    const there = mask.subarray(item * length, (item + 1) * length)
    const own = values.subarray(item * length * width, (item + 1) * length * width)
    const key = own.filter((_, at) => there[Math.floor(at / width)]).join()
    const before = known.get(key)
    if (before !== undefined)
      throw new InterplayError('data/duplicate', `items ${before + 1} and ${item + 1} have the same text`, {
        why: 'each would be taught as wrong for the other',
        try: 'ids: a number an item, equal where texts mean the same',
      })
    known.set(key, item)
  }
}
