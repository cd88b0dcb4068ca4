import { membersOf, popcount, setsOfSize, maskOf } from './bits.ts'
import { toNumber } from './fraction.ts'
import { indexDefinition, sizesOf, type IndexName } from './indices.ts'
import { moebius, supersetSums } from './transform.ts'

/** Values of some sets of players, by size and then in lexicographic order. */
export interface SetValues {
  sets: readonly (readonly number[])[]
  values: Float64Array
}

/**
 * An index of all sets up to `order`, exactly, from all 2^n values of the game (by bit mask): one weighted superset sum
 * of the Moebius coefficients for each size of set, O(order n 2^n) together.
 */
export function exactIndex(game: Float64Array, index: IndexName, order: number): SetValues {
  return indexOfMoebius(moebius(game.slice()), index, order)
}

/** As `exactIndex`, from the 2^n Moebius coefficients. */
export function indexOfMoebius(coefficients: Float64Array, index: IndexName, order: number): SetValues {
  const players = Math.log2(coefficients.length)
  const [least, most] = sizesOf(index, Math.min(order, players))
  const sets = setsOfSize(players, least, most)
  const values = new Float64Array(sets.length)
  const bySize = new Map<number, Float64Array>()
  sets.forEach((set, k) => {
    const size = set.length
    let sums = bySize.get(size)
    if (!sums) bySize.set(size, (sums = weightedSums(coefficients, weightsOf(index, size, players, most))))
    values[k] = sums[maskOf(set)]!
  })
  return { sets, values }
}

/** weight(size, t) for t = 0 .. players; 0 where t < size. */
export function weightsOf(index: IndexName, size: number, players: number, order: number): Float64Array {
  const { weight } = indexDefinition(index)
  return new Float64Array(players + 1).map((_, t) => (t < size ? 0 : toNumber(weight(size, t, order))))
}

function weightedSums(coefficients: Float64Array, weights: Float64Array): Float64Array {
  return supersetSums(coefficients.map((coefficient, mask) => coefficient * weights[popcount(mask)]!))
}

/**
 * As `indexOfMoebius`, from the few coefficients that are not zero; any number of players. `sets` lists their members.
 */
export function indexOfSparseMoebius(
  players: number,
  terms: Iterable<readonly [set: readonly number[], coefficient: number]>,
  index: IndexName,
  order: number,
): SetValues {
  const [least, most] = sizesOf(index, Math.min(order, players))
  const sets = setsOfSize(players, least, most)
  const positions = new Map(sets.map((set, k) => [set.join(), k]))
  const values = new Float64Array(sets.length)
  const weights = Array.from({ length: most + 1 }, (_, size) =>
    size < least ? undefined : weightsOf(index, size, players, most),
  )
  for (const [set, coefficient] of terms) {
    const { length } = set
    for (const chosen of setsOfSize(length, least, most)) {
      const position = positions.get(chosen.map(k => set[k]!).join())!
      values[position]! += weights[chosen.length]![length]! * coefficient
    }
  }
  return { sets, values }
}

/** Generalised values: how much a coalition S adds as one player, by |L \ S| of each Moebius coefficient it shares. */
export const generalisedValues = {
  SGV: { title: 'Shapley generalised value', weight: (_: number, outside: number) => 1 / (outside + 1) },
  BGV: { title: 'Banzhaf generalised value', weight: (_: number, outside: number) => 2 ** -outside },
  CHGV: { title: 'chaining generalised value', weight: (size: number, outside: number) => size / (size + outside) },
  IGV: { title: 'internal generalised value', weight: (_: number, outside: number) => (outside === 0 ? 1 : 0) },
  EGV: { title: 'external generalised value', weight: () => 1 },
} as const

/** Generalised values of all coalitions of 1 to `order` players (Marichal, Kojadinovic and Fujimoto 2007). */
export function generalisedValue(game: Float64Array, name: keyof typeof generalisedValues, order: number): SetValues {
  const coefficients = moebius(game.slice())
  const players = Math.log2(game.length)
  const sets = setsOfSize(players, 1, order)
  const values = new Float64Array(sets.length)
  sets.forEach((set, k) => {
    const mask = maskOf(set)
    const weights = Array.from({ length: players + 1 }, (_, d) => generalisedValues[name].weight(set.length, d))
    for (let other = 1; other < coefficients.length; other++)
      if (other & mask) values[k]! += weights[popcount(other & ~mask)]! * coefficients[other]!
  })
  return { sets, values }
}

/** Value of one set in a result; undefined where the index does not give it one. */
export function valueOf({ sets, values }: SetValues, set: readonly number[]): number | undefined {
  const k = sets.findIndex(other => other.length === set.length && other.every((player, i) => player === set[i]))
  return k < 0 ? undefined : values[k]
}

/** Names the members of a mask. */
export const namesOf = (players: readonly string[], mask: number): string[] => membersOf(mask).map(p => players[p]!)
