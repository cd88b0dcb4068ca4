import { Random } from '../../../random/index.ts'
import { setsOfSize } from '../bits.ts'
import { choose, valueCoefficients } from '../coefficients.ts'
import { sizesOf, type IndexName } from '../indices.ts'
import { wordsOf } from '../game.ts'

/** Coalitions of one size, all of them or distinct ones drawn evenly. */
export interface SizeSample {
  size: number
  /** Coalitions of this size there are. */
  total: number
  complete: boolean
  /** Rows of `Draw.coalitions`. */
  start: number
  end: number
}

export interface Draw {
  players: number
  sizes: SizeSample[]
  coalitions: Uint32Array
}

const mostListed = 200_000

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

/** Coalitions of each size to evaluate: in proportion to importance, all of a size where that is fewer, at least two. */
export function allocate(importance: Float64Array, budget: number): Float64Array {
  const players = importance.length - 1
  const counts = new Float64Array(players + 1)
  const open = new Set<number>()
  counts[0] = counts[players] = 1
  for (let t = 1; t < players; t++) if (importance[t]! > 1e-12) open.add(t)
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

/** Draws coalitions without repetition. The same seed with a larger budget draws the same ones and more. */
export function drawCoalitions(players: number, counts: Float64Array, seed: number): Draw {
  const words = wordsOf(players)
  const total = counts.reduce((sum, count) => sum + count, 0)
  const coalitions = new Uint32Array(total * words)
  const sizes: SizeSample[] = []
  let end = 0
  counts.forEach((count, size) => {
    if (count === 0) return
    const all = choose(players, size)
    const start = end
    for (const members of distinctSets(players, size, count, all, new Random(seed, 'coalitions', size))) {
      for (const p of members) coalitions[end * words + (p >> 5)]! |= 1 << (p & 31)
      end++
    }
    sizes.push({ size, total: all, complete: count === all, start, end })
  })
  return { players, sizes, coalitions }
}

function* distinctSets(players: number, size: number, count: number, all: number, random: Random): Iterable<number[]> {
  if (all <= mostListed) {
    const sets = setsOfSize(players, size, size)
    const order = random.permutation(sets.length)
    for (let k = 0; k < count; k++) yield sets[order[k]!]!
    return
  }
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
