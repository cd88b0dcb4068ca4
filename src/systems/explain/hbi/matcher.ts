import type { TokenPairs, TokenSets } from '../../../data/index.ts'
import { float32, type State, type Tensor } from '../../../engine/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { banzhafPairs, weightedMaxima, type PairRule } from '../../../lenses/index.ts'
import { Mode } from '../../../nn/index.ts'
import { NetworkPredictor, taken, type NetworkFeeds, type NetworkInputs } from '../../../train/index.ts'
import type { Hbi, Sizes } from './model.ts'
import { cosinesWithin } from './similarity.ts'

/** Inputs of both sides, each side's items counted by a symbol of its own. */
export const sidesOf = (
  { words, textWidth, frames, frameWidth }: Sizes,
  texts = 'batch',
  videos = texts,
): NetworkInputs => ({
  text: float32([texts, words, textWidth]),
  textMask: float32([texts, words]),
  frames: float32([videos, frames, frameWidth]),
  frameMask: float32([videos, frames]),
})

/** Feeds of one side's items, padding as zeros. */
export function sideFeeds(name: 'text' | 'frames', sets: TokenSets, items: Int32Array): NetworkFeeds {
  const mask = Float32Array.from(taken(sets.mask, sets.length, items))
  const values = taken(sets.values, sets.length * sets.width, items)
  const clean = values.map((value, at) => (mask[Math.floor(at / sets.width)] === 1 ? value : 0))
  return { [name]: clean, [name === 'text' ? 'textMask' : 'frameMask']: mask }
}

/** A level of one item: which of its rows and columns are there, cosines, and what each pair brings to the similarity. */
export interface LevelMap {
  rows: readonly number[]
  columns: readonly number[]
  cosines: Float64Array
  interactions: Float64Array
  exact: boolean
  /** Of the interactions, 0 where exact. */
  standardErrors: Float64Array
  /** The cluster of each word and frame in it; none at the first level. */
  ofWords?: number[]
  ofFrames?: number[]
}

/** Texts compared at once. */
const chunk = 64

/** A trained model that compares texts with videos, and shows what found each other. */
export class Matcher {
  private readonly compare: NetworkPredictor
  private readonly look: NetworkPredictor

  constructor(
    private readonly model: Hbi,
    sizes: Sizes,
    state: State,
    threads: number,
  ) {
    const sides = (inputs: Record<string, Tensor>) =>
      [
        { tokens: inputs.text!, mask: inputs.textMask! },
        { tokens: inputs.frames!, mask: inputs.frameMask! },
      ] as const
    this.compare = new NetworkPredictor(
      {
        inputs: sidesOf(sizes, 'texts', 'videos'),
        answer: (inputs, mode) => {
          const [text, frames] = sides(inputs)
          const encoded = [model.text.forward(text, mode), model.frames.forward(frames, mode)] as const
          return { similarity: model.similarities[0]!.forward(...encoded, mode) }
        },
      },
      state,
      threads,
    )
    this.look = new NetworkPredictor(
      {
        inputs: sidesOf(sizes),
        answer: inputs => {
          const levels = model.levels(...sides(inputs), Mode.evaluation())
          return Object.fromEntries(
            levels.flatMap(({ text, frames, ofText, ofFrames }, l) => {
              const [ofWords, ofSeen] = model.similarities[l]!.weights(text, frames)
              return [
                [`cosines.${l}`, cosinesWithin(text.tokens, frames.tokens)],
                [`textWeights.${l}`, ofWords],
                [`frameWeights.${l}`, ofSeen],
                ...(ofText ? [[`ofText.${l}`, ofText.argMax(1).cast('int32')] as const] : []),
                ...(ofFrames ? [[`ofFrames.${l}`, ofFrames.argMax(1).cast('int32')] as const] : []),
              ]
            }),
          )
        },
      },
      state,
      threads,
    )
  }

  /** Similarities [items, items], a row a text, by words and frames. */
  async similarities(pairs: TokenPairs, items: Int32Array, signal?: AbortSignal): Promise<Float32Array> {
    const all = new Float32Array(items.length ** 2)
    const videos = sideFeeds('frames', pairs.frames, items)
    for (let start = 0; start < items.length; start += chunk) {
      signal?.throwIfAborted()
      const texts = items.subarray(start, start + chunk)
      const { similarity } = await this.compare.answer({ ...sideFeeds('text', pairs.text, texts), ...videos })
      all.set(similarity!.data as Float32Array, start * items.length)
    }
    return all
  }

  /**
   * The maps of one item, from words and frames up.
   * @throws InterplayError `data/no-row`
   */
  async maps(
    pairs: TokenPairs,
    item: number,
    options: { rule: PairRule; samples: number; seed: number; signal?: AbortSignal },
  ): Promise<LevelMap[]> {
    checkItem(pairs, item)
    const items = Int32Array.of(item)
    const answers = await this.look.answer({
      ...sideFeeds('text', pairs.text, items),
      ...sideFeeds('frames', pairs.frames, items),
    })
    const values = (name: string) => Float64Array.from(answers[name]!.data as Float32Array)
    let members: Pick<LevelMap, 'ofWords' | 'ofFrames'> = {}
    return this.model.similarities.map((_, l) => {
      const [ofRows, ofColumns] = [values(`textWeights.${l}`), values(`frameWeights.${l}`)]
      const [rows, columns] =
        l === 0 ? [thereIn(pairs.text, item), thereIn(pairs.frames, item)] : [whole(ofRows), whole(ofColumns)]
      const width = ofColumns.length
      const all = values(`cosines.${l}`)
      const cosines = Float64Array.from(rows.flatMap(r => columns.map(c => all[r * width + c]!)))
      const payoff = weightedMaxima(
        rows.map(r => ofRows[r]!),
        columns.map(c => ofColumns[c]!),
      )
      const map = { rows: rows.length, columns: columns.length, cells: cosines, payoff }
      const { values: interactions, exact, standardErrors } = banzhafPairs(map, options)
      if (l > 0) {
        const own = (name: string) => Array.from(answers[name]!.data as Int32Array)
        const through = (before: number[] | undefined, next: number[]) => before?.map(cluster => next[cluster]!) ?? next
        members = {
          ofWords: through(members.ofWords, own(`ofText.${l}`)),
          ofFrames: through(members.ofFrames, own(`ofFrames.${l}`)),
        }
      }
      return { rows, columns, cosines, interactions, exact, standardErrors, ...members }
    })
  }

  /** Cosines of words and frames of one item, padding among them as 0, and the softmax weights of both sides. */
  async firstMap(
    pairs: TokenPairs,
    item: number,
  ): Promise<{ map: Float32Array; weights: readonly [Float64Array, Float64Array] }> {
    const items = Int32Array.of(item)
    const answers = await this.look.answer({
      ...sideFeeds('text', pairs.text, items),
      ...sideFeeds('frames', pairs.frames, items),
    })
    const weights = (name: string) => Float64Array.from(answers[name]!.data as Float32Array)
    return {
      map: answers['cosines.0']!.data as Float32Array,
      weights: [weights('textWeights.0'), weights('frameWeights.0')],
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.compare.close(), this.look.close()])
  }
}

/** @throws InterplayError `data/no-row` */
export function checkItem({ name, items }: TokenPairs, item: number): void {
  if (item < items) return
  throw new InterplayError('data/no-row', `'${name}' has no item ${item + 1}`, { why: `there are ${items}` })
}

/** The places of an item's tokens. */
export const thereIn = ({ length, mask }: TokenSets, item: number): number[] =>
  Array.from({ length }, (_, token) => token).filter(token => mask[item * length + token] === 1)

const whole = (weights: Float64Array): number[] => [...weights.keys()]
