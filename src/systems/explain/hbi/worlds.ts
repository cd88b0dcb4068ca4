import type { TokenPairs } from '../../../data/index.ts'
import { Random } from '../../../random/index.ts'

/** Items whose words and frames are known to show the same. */
export interface Corpus extends TokenPairs {
  /** [items, words, frames], 1 where a word names what a frame shows. */
  shown: Uint8Array
}

const [objects, actions, fillers] = [40, 20, 20]
const [words, frames] = [12, 8]
const noise = 0.5
/** Numbers of a word, and of a frame. */
export const width = 32

/**
 * Videos of 8 frames that are made of two or three events, an object with an action each; a frame is a random perceptron of
 * both and noise. A caption names each event by its two words, among fillers, in 6 to 12 words.
 */
export function corpusOf(items: number, seed: number): Corpus {
  const fixed = new Random(seed, 'corpus.fixed')
  const vectors = (count: number) => Float64Array.from({ length: count * width }, () => fixed.normal())
  const vocabulary = vectors(objects + actions + fillers)
  const looks = vectors(objects + actions)
  const [first, second] = [vectors(width), vectors(width)]
  const random = new Random(seed, 'corpus.items')
  const text = new Float32Array(items * words * width)
  const textMask = new Uint8Array(items * words)
  const film = new Float32Array(items * frames * width)
  const shown = new Uint8Array(items * words * frames)
  const known = new Map<string, number>()
  const ids = Int32Array.from({ length: items }, (_, item) => {
    const events = Array.from({ length: 2 + random.integer(2) }, () => [
      random.integer(objects),
      objects + random.integer(actions),
    ])
    const order = random.permutation(events.length)
    const ofFrame = Array.from({ length: frames }, (_, f) => order[Math.floor((f * events.length) / frames)]!)
    ofFrame.forEach((event, f) => {
      const seen = Float64Array.from(
        { length: width },
        (_, k) => events[event]!.reduce((sum, what) => sum + looks[what * width + k]!, 0) + noise * random.normal(),
      )
      film.set(perceptron(seen, first, second), (item * frames + f) * width)
    })
    const said = [...order].flatMap(event => events[event]!)
    const more = Math.max(6 - said.length, random.integer(words - said.length + 1))
    const caption = [...said]
    for (let k = 0; k < more; k++)
      caption.splice(random.integer(caption.length + 1), 0, objects + actions + random.integer(fillers))
    caption.forEach((word, w) => {
      text.set(vocabulary.subarray(word * width, (word + 1) * width), (item * words + w) * width)
      textMask[item * words + w] = 1
      ofFrame.forEach((event, f) => {
        if (events[event]!.includes(word)) shown[(item * words + w) * frames + f] = 1
      })
    })
    const key = caption.join()
    if (!known.has(key)) known.set(key, known.size)
    return known.get(key)!
  })
  return {
    name: 'corpus',
    items,
    text: { name: 'text', length: words, width, values: text, mask: textMask },
    frames: { name: 'frames', length: frames, width, values: film, mask: new Uint8Array(items * frames).fill(1) },
    ids,
    shown,
  }
}

/** W2 relu(W1 x) / width. */
function perceptron(x: Float64Array, first: Float64Array, second: Float64Array): Float64Array {
  const apply = (matrix: Float64Array, input: Float64Array) =>
    Float64Array.from({ length: width }, (_, row) => {
      let sum = 0
      for (let k = 0; k < width; k++) sum += matrix[row * width + k]! * input[k]!
      return sum / Math.sqrt(width)
    })
  return apply(
    second,
    apply(first, x).map(value => Math.max(0, value)),
  )
}
