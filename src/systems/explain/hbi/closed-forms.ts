import { banzhafPairs, computeIndex, maskGame, sumOfCells, weightedMaxima, type Payoff } from '../../../lenses/index.ts'
import { Random } from '../../../random/index.ts'

const side = 4

/** Largest distances from what theory says of a map of 4 words and 4 frames. */
export function tokenForms(seed: number): { additive: number; cells: number; merged: number } {
  const cells = drawnCells(seed)
  const map = (payoff: Payoff) => ({ rows: side, columns: side, cells, payoff })
  const additive: Payoff = (_, rows, columns) => [...rows, ...columns].reduce((sum, there, k) => sum + k * there, 0)
  const rest = cells.map((cell, at) => {
    const [r, c] = [Math.floor(at / side), at % side]
    const line = (own: (other: number) => boolean) =>
      cells.reduce((sum, value, other) => sum + (other !== at && own(other) ? value : 0), 0)
    return cell - (line(other => Math.floor(other / side) === r) + line(other => other % side === c)) / 2
  })
  return {
    additive: farthest(banzhafPairs(map(additive)).values, new Float64Array(side ** 2)),
    cells: farthest(banzhafPairs(map(sumOfCells)).values, cells),
    merged: farthest(banzhafPairs(map(sumOfCells), { rule: 'merged' }).values, rest),
  }
}

/** Distance of 4000 samples from all 64 coalitions, relative to the map's range, by either rule. */
export function sampledForm(seed: number, samples = 4000): number {
  const cells = drawnCells(seed)
  const weights = [0.4, 0.3, 0.2, 0.1]
  const map = { rows: side, columns: side, cells, payoff: weightedMaxima(weights, weights) }
  return Math.max(
    ...(['ordinary', 'merged'] as const).map(rule => {
      const exact = banzhafPairs(map, { rule }).values
      const sampled = banzhafPairs(map, { rule, samples, exactTokens: 0, seed }).values
      return farthest(sampled, exact) / (Math.max(...exact) - Math.min(...exact))
    }),
  )
}

/** Banzhaf interaction indices of unanimity games of 5 players: 2^-(|T| - |S|) for the sets S within T. */
export async function unanimityForm(): Promise<number> {
  let worst = 0
  for (const carrier of [0b00011, 0b00111, 0b11110]) {
    const game = maskGame(5, mask => Number((mask & carrier) === carrier))
    const { sets, values } = await computeIndex(game, { index: 'BII', order: 3 })
    const size = [0, 1, 2, 3, 4].filter(player => (carrier >> player) & 1).length
    sets.forEach((set, k) => {
      const within = set.every(player => (carrier >> player) & 1)
      worst = Math.max(worst, Math.abs(values[k]! - (within ? 2 ** -(size - set.length) : 0)))
    })
  }
  return worst
}

function drawnCells(seed: number): Float64Array {
  const random = new Random(seed, 'hbi.cells')
  return Float64Array.from({ length: side ** 2 }, () => 2 * random.uniform() - 1)
}

const farthest = (found: Float64Array, expected: Float64Array): number =>
  Math.max(...found.map((value, at) => Math.abs(value - expected[at]!)))
