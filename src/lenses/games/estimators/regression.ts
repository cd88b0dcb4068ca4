import { InterplayError } from '../../../errors/index.ts'
import { setsOfSize } from '../bits.ts'
import { sizesOf, type IndexName } from '../indices.ts'
import { addScaled } from './cholesky.ts'
import type { Estimator } from './estimate.ts'
import { NormalEquations } from './least-squares.ts'
import { readMembers, type Draw } from './sampling.ts'
import { evaluateDraw } from './weighted.ts'

/**
 * Indices that are least-squares fits, fitted to the drawn coalitions: the Shapley value and FSII under the Shapley kernel
 * with v(empty) and v(N) held (KernelSHAP and Faith-Shap), the Banzhaf value and FBII under even weights. Standard errors
 * by the sandwich of the jackknife (HC3), a pair of complements as one draw, less the share of coalitions already seen.
 *
 * @throws InterplayError `option/invalid` for other indices
 */
export const regression: Estimator = async (game, options) => {
  const kernel = kernels[options.index]
  if (!kernel)
    throw new InterplayError(
      'option/invalid',
      `regression takes ${Object.keys(kernels).join(', ')}, got '${options.index}'`,
    )
  const { draw, values } = await evaluateDraw(game, options, { paired: true })
  const { players } = draw
  const [, most] = sizesOf(options.index, Math.min(options.order, players))
  const columns = setsOfSize(players, kernel === 'shapley' ? 1 : 0, most)
  const constrained = kernel === 'shapley'
  const constant = constrained ? values[0]! : 0
  const target = values.map(value => value - constant)
  const full = constrained ? target[1]! : undefined
  const weights = new Float64Array(values.length)
  for (const { size, total, count, start, end } of draw.blocks)
    weights.fill((kernelWeight(kernel, players, size) * total) / count, start, end)

  const held = heldSets(draw, columns)
  const equations = new NormalEquations(columns.length, full)
  held.forEach((ones, row) => equations.add(ones, weights[row]!, target[row]!))
  const fit = equations.solve()
  if (!fit)
    throw new InterplayError(
      'option/invalid',
      `a budget of ${options.budget} is too small for ${columns.length} coefficients`,
      { try: `--budget ${4 * columns.length}` },
    )
  const { coefficients, inverse } = fit
  const variances = new Float64Array(columns.length)
  const moved = new Float64Array(columns.length)
  const pull = new Float64Array(columns.length)
  for (const { total, count, start, paired, complete } of draw.blocks)
    for (let row = start; !complete && row < start + count; row++) {
      pull.fill(0)
      for (const each of paired ? [row, row + count] : [row]) {
        const ones = held[each]!
        moved.fill(0)
        for (const k of ones) addScaled(moved, inverse[k]!, 1)
        let [residual, leverage] = [target[each]!, 0]
        for (const k of ones) {
          residual -= coefficients[k]!
          leverage += weights[each]! * moved[k]!
        }
        addScaled(pull, moved, (weights[each]! * residual) / Math.max(1e-9, 1 - leverage))
      }
      for (let k = 0; k < pull.length; k++) variances[k]! += (1 - count / total) * pull[k]! ** 2
    }

  const reported = setsOfSize(players, sizesOf(options.index, most)[0], most)
  const offset = columns.length - reported.length
  return {
    sets: reported,
    values: coefficients.slice(offset),
    standardErrors: variances.slice(offset).map(variance => Math.sqrt(Math.max(0, variance))),
  }
}

const kernels: Partial<Record<IndexName, 'shapley' | 'even'>> = {
  SV: 'shapley',
  FSII: 'shapley',
  BV: 'even',
  FBII: 'even',
}

/** Shapley kernel per coalition; the ends are held by the constraint instead. */
function kernelWeight(kernel: 'shapley' | 'even', players: number, size: number): number {
  if (kernel === 'even') return 2 ** -players
  if (size === 0 || size === players) return 0
  let weight = (players - 1) / (size * (players - size))
  for (let i = 1; i <= size; i++) weight *= i / (players - i + 1)
  return weight
}

/** For each drawn coalition, the places of the sets that it holds whole. */
function heldSets(draw: Draw, sets: readonly (readonly number[])[]): Int32Array[] {
  const present = new Uint8Array(draw.players)
  const places = new Int32Array(sets.length)
  return Array.from({ length: draw.blocks.at(-1)!.end }, (_, row) => {
    readMembers(draw.coalitions, row, present)
    let count = 0
    for (let k = 0; k < sets.length; k++) {
      const set = sets[k]!
      let i = 0
      while (i < set.length && present[set[i]!]) i++
      if (i === set.length) places[count++] = k
    }
    return places.slice(0, count)
  })
}
