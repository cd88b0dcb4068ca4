import { Random } from '../../../random/index.ts'

/** A hand of three cards is worth the first of these that it is. */
export const handRanks = ['straight flush', 'three of a kind', 'straight', 'flush', 'pair', 'high card'] as const
export type HandRank = (typeof handRanks)[number]

const suits = ['C', 'D', 'H', 'S']
const values = ['2', '3', '4', '5', '6', '7', '8', '9', '10', 'J', 'Q', 'K', 'A']

/** 52 cards, suit by suit: `2C` to `AS`. */
export const cards: readonly string[] = suits.flatMap(suit => values.map(value => value + suit))

/** The rank of three cards by their numbers; an ace ends a straight, and with `lowAce` begins one too. */
export function rankOf(hand: readonly number[], lowAce = true): HandRank {
  const order = hand.map(card => card % values.length).sort((a, b) => a - b)
  const [low, middle, high] = order as [number, number, number]
  const runs = low + 1 === middle && middle + 1 === high
  const straight = runs || (lowAce && low === 0 && middle === 1 && high === values.length - 1)
  const flush = new Set(hand.map(card => Math.floor(card / values.length))).size === 1
  if (straight && flush) return 'straight flush'
  if (low === high) return 'three of a kind'
  if (straight) return 'straight'
  if (flush) return 'flush'
  return low === middle || middle === high ? 'pair' : 'high card'
}

/** All 22,100 hands. */
export function allHands(): [number, number, number][] {
  const hands: [number, number, number][] = []
  for (let a = 0; a < cards.length; a++)
    for (let b = a + 1; b < cards.length; b++) for (let c = b + 1; c < cards.length; c++) hands.push([a, b, c])
  return hands
}

/** Hands drawn so that every rank comes equally often, as cards shown [hands, 52] and ranks. */
export function balancedHands(count: number, seed: number): { concepts: Float32Array; ranks: Int32Array } {
  const byRank = handRanks.map(() => [] as [number, number, number][])
  for (const hand of allHands()) byRank[handRanks.indexOf(rankOf(hand))]!.push(hand)
  const random = new Random(seed, 'poker')
  const concepts = new Float32Array(count * cards.length)
  const ranks = Int32Array.from({ length: count }, (_, i) => i % handRanks.length)
  ranks.forEach((rank, i) => {
    const own = byRank[rank]!
    for (const card of own[random.integer(own.length)]!) concepts[i * cards.length + card] = 1
  })
  return { concepts, ranks }
}

/** The hand of each class where a class is one hand, from the published counts of concepts. */
export const classHands: readonly (readonly string[])[] = [
  ['2H', '3H', '4H'],
  ['4C', '4D', '4S'],
  ['3H', '4C', '5D'],
  ['4D', '6D', '9D'],
  ['5C', '5D', '10H'],
  ['4S', '5D', '10H'],
]
