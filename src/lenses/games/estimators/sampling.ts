import { Random } from '../../../random/index.ts'
import { setAt } from '../bits.ts'
import { choose, valueCoefficients } from '../coefficients.ts'
import { sizesOf, type IndexName } from '../indices.ts'
import { wordsOf } from '../game.ts'

/**
 * Coalitions of one size, all of them or distinct ones drawn evenly; a `paired` block has their complements after them, in
 * the same order. Of the coalitions of half the players, those with the first player stand for both.
 */
export interface Block {
  size: number
  paired: boolean
  /** Coalitions of the size drawn and there are, their complements not counted. */
  count: number
  total: number
  complete: boolean
  /** Rows of `Draw.coalitions`. */
  start: number
  end: number
}

/** Row 0 is the empty coalition, row 1 the full one. */
export interface Draw {
  players: number
  blocks: Block[]
  coalitions: Uint32Array
}

const negligible = 1e-12

/**
 * How much each coalition size matters to an index, [players + 1], adding up to 1: the root mean square of the index's
 * coefficients there times the number of coalitions (Neyman allocation for values of even spread), averaged over the sizes
 * of the index's sets.
 */
export function sizeImportance(index: IndexName, players: number, order: number): Float64Array {
  const [least, most] = sizesOf(index, order)
  const importance = new Float64Array(players + 1)
  for (let s = least; s <= most; s++) {
    const table = valueCoefficients(index, s, players, most)
    const own = new Float64Array(players + 1).map((_, t) => {
      let squares = 0
      for (let shared = 0; shared <= s; shared++)
        squares += choose(s, shared) * choose(players - s, t - shared) * table[t * (s + 1) + shared]! ** 2
      return Math.sqrt(squares * choose(players, t))
    })
    const sum = own.reduce((a, b) => a + b, 0)
    own.forEach((value, t) => (importance[t]! += value / sum / (most - least + 1)))
  }
  return importance
}

/** The same for a size and that of its complements, where both matter. */
export function evened(importance: Float64Array): Float64Array {
  return importance.map((own, t) => {
    const other = importance[importance.length - 1 - t]!
    return Math.min(own, other) > negligible ? (own + other) / 2 : own
  })
}

/** Coalitions of each size to evaluate: in proportion to importance, all of a size where that is fewer, at least two. */
export function allocate(importance: Float64Array, budget: number): Float64Array {
  const players = importance.length - 1
  const counts = new Float64Array(players + 1)
  const open = new Set<number>()
  counts[0] = counts[players] = 1
  for (let t = 1; t < players; t++) if (importance[t]! > negligible) open.add(t)
  let left = budget - counts[0] - (players > 0 ? counts[players] : 0)
  for (let settled = true; settled && open.size > 0;) {
    settled = false
    const sum = [...open].reduce((total, t) => total + importance[t]!, 0)
    for (const t of open) {
      const total = choose(players, t)
      if ((left * importance[t]!) / sum < total) continue
      counts[t] = total
      open.delete(t)
      settled = true
    }
    if (settled) left = budget - counts.reduce((total, count) => total + count, 0)
  }
  const sum = [...open].reduce((total, t) => total + importance[t]!, 0)
  for (const t of open) counts[t] = Math.min(choose(players, t), Math.max(2, Math.floor((left * importance[t]!) / sum)))
  return counts
}

/**
 * Draws coalitions without repetition; with `paired`, each with its complement, where as many are asked for of both sizes.
 * The same seed with a larger budget draws the same ones and more.
 */
export function drawCoalitions(players: number, counts: Float64Array, seed: number, paired: boolean): Draw {
  const words = wordsOf(players)
  const coalitions = new Uint32Array(words * counts.reduce((sum, count) => sum + count, 0))
  const everyone = everyoneOf(players)
  const blocks: Block[] = []
  let end = 0
  counts.forEach((asked, size) => {
    const mirror = players - size
    const both = counts[mirror] === asked && (paired || size === 0 || mirror === 0)
    if (asked === 0 || (both && mirror < size)) return
    const half = both && size === mirror
    const count = half ? asked >> 1 : asked
    const total = half ? choose(players, size) / 2 : choose(players, size)
    const start = end
    const random = new Random(seed, 'coalitions', size)
    const sets = half
      ? withFirst(distinctSets(players - 1, size - 1, count, total, random))
      : distinctSets(players, size, count, total, random)
    for (const members of sets) {
      for (const p of members) coalitions[end * words + (p >> 5)]! |= 1 << (p & 31)
      end++
    }
    if (both) {
      for (let k = start * words; k < end * words; k++)
        coalitions[k + count * words] = everyone[k % words]! & ~coalitions[k]!
      end += count
    }
    blocks.push({ size, paired: both, count, total, complete: count === total, start, end })
  })
  return { players, blocks, coalitions: coalitions.subarray(0, end * words) }
}

function everyoneOf(players: number): Uint32Array {
  const row = new Uint32Array(wordsOf(players))
  for (let p = 0; p < players; p++) row[p >> 5]! |= 1 << (p & 31)
  return row
}

function* withFirst(sets: Iterable<readonly number[]>): Iterable<number[]> {
  for (const set of sets) yield [0, ...set.map(p => p + 1)]
}

const mostPlaces = 2 ** 32

function* distinctSets(players: number, size: number, count: number, all: number, random: Random): Iterable<number[]> {
  if (all <= mostPlaces) for (const place of distinct(count, all, random)) yield setAt(players, size, place)
  else yield* unrepeated(players, size, count, random)
}

/** `count` of the numbers below `total`: the first places of a shuffle, the rest of which is not made. */
function* distinct(count: number, total: number, random: Random): Iterable<number> {
  const moved = new Map<number, number>()
  for (let k = 0; k < count; k++) {
    const other = k + random.integer(total - k)
    yield moved.get(other) ?? other
    moved.set(other, moved.get(k) ?? k)
  }
}

/** Sets drawn until enough differ; for so many that two are rarely the same. */
function* unrepeated(players: number, size: number, count: number, random: Random): Iterable<number[]> {
  const seen = new Set<string>()
  const pool = Array.from({ length: players }, (_, p) => p)
  while (seen.size < count) {
    for (let k = 0; k < size; k++) {
      const other = k + random.integer(players - k)
      ;[pool[k], pool[other]] = [pool[other]!, pool[k]!]
    }
    const members = pool.slice(0, size).sort((a, b) => a - b)
    const key = members.join()
    if (seen.has(key)) continue
    seen.add(key)
    yield members
  }
}

/** Who is in a coalition, into `present` [players] of 0 and 1. */
export function readMembers(coalitions: Uint32Array, row: number, present: Uint8Array): void {
  const words = wordsOf(present.length)
  for (let p = 0; p < present.length; p++) present[p] = (coalitions[row * words + (p >> 5)]! >>> (p & 31)) & 1
}
