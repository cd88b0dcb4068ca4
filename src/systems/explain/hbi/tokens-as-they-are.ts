import type { TokenPairs, TokenSets } from '../../../data/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { banzhafPairs, weightedMaxima, type PairRule } from '../../../lenses/index.ts'
import { checkItem, thereIn, type LevelMap } from './matcher.ts'

/**
 * The map of an item from its tokens as they are, all of equal weight: what a model of aligned tokens, such as CLIP's, lets
 * find each other.
 *
 * @throws InterplayError `data/no-row`, `lens/needs` where words and frames are not of one width
 */
export function mapOfTokens(
  pairs: TokenPairs,
  item: number,
  options: { rule: PairRule; samples: number; seed: number; signal?: AbortSignal },
): LevelMap {
  checkItem(pairs, item)
  const { name, text, frames } = pairs
  if (text.width !== frames.width)
    throw new InterplayError(
      'lens/needs',
      `words are ${text.width} wide and frames ${frames.width}: they have no cosine`,
      {
        try: `interplay fit ${name} -s hbi, then interplay explain RUN ${name} --lens hbi`,
      },
    )
  const [rows, columns] = [thereIn(text, item), thereIn(frames, item)]
  const cosines = Float64Array.from(
    rows.flatMap(r => columns.map(c => cosine(tokenOf(text, item, r), tokenOf(frames, item, c)))),
  )
  const even = (tokens: readonly number[]) => tokens.map(() => 1)
  const payoff = weightedMaxima(even(rows), even(columns))
  const {
    values: interactions,
    exact,
    standardErrors,
  } = banzhafPairs({ rows: rows.length, columns: columns.length, cells: cosines, payoff }, options)
  return { rows, columns, cosines, interactions, exact, standardErrors }
}

const tokenOf = ({ length, width, values }: TokenSets, item: number, token: number): Float32Array =>
  values.subarray((item * length + token) * width, (item * length + token + 1) * width)

function cosine(a: Float32Array, b: Float32Array): number {
  let [product, first, second] = [0, 0, 0]
  a.forEach((value, k) => {
    product += value * b[k]!
    first += value * value
    second += b[k]! * b[k]!
  })
  return product / Math.sqrt(first * second + 1e-12)
}
