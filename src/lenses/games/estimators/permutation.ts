import { InterplayError } from '../../../errors/index.ts'
import { Random } from '../../../random/index.ts'
import { setsOfSize } from '../bits.ts'
import { wordsOf } from '../game.ts'
import type { Estimator } from './estimate.ts'

/**
 * Plain permutation sampling of the Shapley value and the Shapley interaction index: in a random order of the players,
 * every run of s neighbours is a set S, and its discrete derivative at the players before it one draw of index(S).
 *
 * @throws InterplayError `option/invalid` for other indices
 */
export const permutation: Estimator = async (game, { index, order, budget, seed, signal }) => {
  if (index !== 'SV' && index !== 'SII')
    throw new InterplayError('option/invalid', `permutation sampling takes SV or SII, got '${index}'`)
  const players = game.players.length
  const words = wordsOf(players)
  const most = index === 'SV' ? 1 : Math.min(order, players)
  const sets = setsOfSize(players, 1, most)
  const positions = new Map(sets.map((set, k) => [set.join(), k]))
  const [counts, means, squares] = [0, 1, 2].map(() => new Float64Array(sets.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const coalition = (members: readonly number[]) => {
    const row = new Uint32Array(words)
    for (const p of members) row[p >> 5]! |= 1 << (p & 31)
    return row
  }
  for (let step = 0; ; step++) {
    const sequence = [...new Random(seed, 'permutation', step).permutation(players)]
    const needed: Uint32Array[] = []
    const draws: { set: number; first: number; signs: number[] }[] = []
    for (let size = 1; size <= most; size++)
      for (let at = 0; at + size <= players; at++) {
        const before = sequence.slice(0, at)
        const window = sequence.slice(at, at + size)
        const set = positions.get([...window].sort((a, b) => a - b).join())!
        const signs: number[] = []
        const first = needed.length
        for (let chosen = 0; chosen < 1 << size; chosen++) {
          const inside = window.filter((_, i) => (chosen >> i) & 1)
          signs.push((size - inside.length) % 2 === 0 ? 1 : -1)
          needed.push(coalition([...before, ...inside]))
        }
        draws.push({ set, first, signs })
      }
    const rows = new Uint32Array(needed.length * words)
    needed.forEach((row, k) => rows.set(row, k * words))
    const distinct = new Set(needed.map(row => row.join())).size
    if (game.calls + distinct > budget && step > 0) break
    const calls = game.calls
    const values = await game.evaluate(rows, signal)
    for (const { set, first, signs } of draws) {
      const derivative = signs.reduce((sum, sign, k) => sum + sign * values[first + k]!, 0)
      const change = derivative - means[set]!
      means[set]! += change / ++counts[set]!
      squares[set]! += change * (derivative - means[set]!)
    }
    if (game.calls === calls && step > 20 * budget) break
  }
  const standardErrors = squares.map((square, k) => Math.sqrt(square / (counts[k]! - 1) / counts[k]!))
  return {
    sets,
    values: means,
    standardErrors: standardErrors.map(error => (Number.isFinite(error) ? error : Infinity)),
  }
}
