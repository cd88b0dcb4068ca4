import { InterplayError } from '../../../errors/index.ts'
import { Random } from '../../../random/index.ts'
import { placeOf, popcount, setsOfSize } from '../bits.ts'
import { choose } from '../coefficients.ts'
import { wordsOf } from '../game.ts'
import type { Estimator } from './estimate.ts'

/**
 * Permutation sampling of the Shapley value and the Shapley interaction index: in a random order of the players, every run
 * of s neighbours is a set S, and the mean of its discrete derivatives at the players before it and, as the order read
 * backwards has them, at those after it one draw of index(S) (antithetic permutations, Mitchell et al. 2022).
 *
 * @throws InterplayError `option/invalid` for other indices, and for a budget below one permutation
 */
export const permutation: Estimator = async (game, { index, order, budget, seed, signal }) => {
  if (index !== 'SV' && index !== 'SII')
    throw new InterplayError('option/invalid', `permutation sampling takes SV or SII, got '${index}'`)
  const players = game.players.length
  const most = index === 'SV' ? 1 : Math.min(order, players)
  const sets = setsOfSize(players, 1, most)
  const counts = new Float64Array(sets.length)
  const means = new Float64Array(sets.length)
  const squares = new Float64Array(sets.length)
  const cost = coalitionsIn(players, most)
  for (let step = 0; step <= 20 * budget;) {
    const left = budget - game.calls
    const together = Math.max(1, Math.floor(left / cost))
    const orders = Array.from({ length: together }, (_, k) =>
      new Random(seed, 'permutation', step + k).permutation(players),
    )
    const rows = coalitionsOf(orders, most)
    if (together === 1 && game.unknown(rows) > left) break
    const values = await game.evaluate(rows, signal)
    eachDraw(orders, most, values, (set, draw) => {
      const change = draw - means[set]!
      means[set]! += change / ++counts[set]!
      squares[set]! += change * (draw - means[set]!)
    })
    step += together
  }
  if (counts[0] === 0)
    throw new InterplayError(
      'option/invalid',
      `a budget of ${budget} is too small for one permutation of ${players} players`,
      { try: `--budget ${cost}` },
    )
  const standardErrors = squares.map((square, k) => Math.sqrt(square / (counts[k]! - 1) / counts[k]!))
  return {
    sets,
    values: means,
    standardErrors: standardErrors.map(error => (Number.isFinite(error) ? error : Infinity)),
  }
}

/** Distinct coalitions of one order, forwards and backwards: at most. */
function coalitionsIn(players: number, most: number): number {
  let oneWay = players
  for (let before = 0; before < players; before++) oneWay += 2 ** Math.min(most - 1, players - before - 1) - 1
  return 2 * oneWay
}

/** For each order, size and run of neighbours: all its subsets with the players before it, then with those after it. */
function coalitionsOf(orders: readonly Int32Array[], most: number): Uint32Array {
  const players = orders[0]!.length
  const words = wordsOf(players)
  let length = 0
  for (let size = 1; size <= most; size++) length += (players - size + 1) << (size + 1)
  const rows = new Uint32Array(orders.length * length * words)
  const around = [new Uint32Array(words), new Uint32Array(words)]
  let end = 0
  for (const order of orders)
    for (let size = 1; size <= most; size++) {
      const [before, after] = around as [Uint32Array, Uint32Array]
      before.fill(0)
      after.fill(0)
      for (let k = size; k < players; k++) flip(after, 0, order[k]!)
      for (let at = 0; at + size <= players; at++) {
        for (const base of around)
          for (let chosen = 0; chosen < 1 << size; chosen++, end += words) {
            for (let w = 0; w < words; w++) rows[end + w] = base[w]!
            for (let i = 0; i < size; i++) if ((chosen >> i) & 1) flip(rows, end, order[at + i]!)
          }
        flip(before, 0, order[at]!)
        if (at + size < players) flip(after, 0, order[at + size]!)
      }
    }
  return rows
}

function flip(words: Uint32Array, from: number, player: number): void {
  words[from + (player >> 5)]! ^= 1 << (player & 31)
}

/** Reads the values of `coalitionsOf`: a draw for each run of neighbours. */
function eachDraw(
  orders: readonly Int32Array[],
  most: number,
  values: Float64Array,
  visit: (set: number, draw: number) => void,
): void {
  const players = orders[0]!.length
  let end = 0
  for (const order of orders) {
    let offset = 0
    for (let size = 1; size <= most; size++) {
      for (let at = 0; at + size <= players; at++) {
        let draw = 0
        for (let way = 0; way < 2; way++)
          for (let chosen = 0; chosen < 1 << size; chosen++)
            draw += (((size - popcount(chosen)) & 1) === 0 ? 0.5 : -0.5) * values[end++]!
        const run = order.slice(at, at + size).sort()
        visit(offset + placeOf(players, run), draw)
      }
      offset += choose(players, size)
    }
  }
}
