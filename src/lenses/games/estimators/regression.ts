import { LuDecomposition, Matrix } from 'ml-matrix'
import { InterplayError } from '../../../errors/index.ts'
import { setsOfSize } from '../bits.ts'
import { sizesOf, type IndexName } from '../indices.ts'
import type { Estimator } from './estimate.ts'
import { readMembers, type Draw } from './sampling.ts'
import { evaluateDraw } from './weighted.ts'

/**
 * Indices that are least-squares fits, fitted to the drawn coalitions: the Shapley value and FSII under the Shapley kernel
 * with v(empty) and v(N) held (KernelSHAP and Faith-Shap), the Banzhaf value and FBII under even weights. Standard errors
 * by the sandwich, less the share of coalitions already seen.
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
  const { draw, values } = await evaluateDraw(game, options)
  const { players } = draw
  const [, most] = sizesOf(options.index, Math.min(options.order, players))
  const columns = setsOfSize(players, kernel === 'shapley' ? 1 : 0, most)
  const rows = values.length
  const weights = new Float64Array(rows)
  for (const { size, total, start, end } of draw.sizes)
    weights.fill((kernelWeight(kernel, players, size) * total) / (end - start), start, end)
  const constant = kernel === 'shapley' ? values[0]! : 0
  const target = values.map(value => value - constant)
  const design = moebiusDesign(draw, columns)

  const held = kernel === 'shapley' ? 1 : 0
  const width = columns.length
  const system = Matrix.zeros(width + held, width + held)
  const right = Matrix.zeros(width + held, 1)
  eachEntry(design, width, (r, i, j) => system.set(i, j, system.get(i, j) + weights[r]!))
  for (let r = 0; r < rows; r++)
    for (let i = 0; i < width; i++)
      if (design[r * width + i]) right.set(i, 0, right.get(i, 0) + weights[r]! * target[r]!)
  if (held) {
    for (let i = 0; i < width; i++) {
      system.set(width, i, 1)
      system.set(i, width, 1)
    }
    right.set(width, 0, values.at(-1)! - constant)
  }
  const factors = new LuDecomposition(system)
  if (factors.isSingular())
    throw new InterplayError('option/invalid', `a budget of ${options.budget} is too small for ${width} coefficients`, {
      try: `--budget ${4 * width}`,
    })
  const solution = factors.solve(right).getColumn(0).slice(0, width)

  const inverse = factors.solve(Matrix.eye(width + held))
  const meat = Matrix.zeros(width + held, width + held)
  const noise = new Float64Array(rows)
  for (const { total, start, end } of draw.sizes)
    for (let r = start; r < end; r++) {
      let residual = target[r]!
      for (let i = 0; i < width; i++) residual -= design[r * width + i]! * solution[i]!
      noise[r] = (1 - (end - start) / total) * (weights[r]! * residual) ** 2
    }
  eachEntry(design, width, (r, i, j) => meat.set(i, j, meat.get(i, j) + noise[r]!))
  const covariance = inverse.mmul(meat).mmul(inverse.transpose())

  const reported = setsOfSize(players, sizesOf(options.index, most)[0], most)
  const offset = columns.length - reported.length
  return {
    sets: reported,
    values: Float64Array.from(reported, (_, k) => solution[k + offset]!),
    standardErrors: Float64Array.from(reported, (_, k) =>
      Math.sqrt(Math.max(0, covariance.get(k + offset, k + offset))),
    ),
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

/** [rows, sets] of 0 and 1: does the coalition hold the whole set. */
function moebiusDesign(draw: Draw, sets: number[][]): Uint8Array {
  const rows = draw.sizes.at(-1)!.end
  const design = new Uint8Array(rows * sets.length)
  const present = new Uint8Array(draw.players)
  for (let r = 0; r < rows; r++) {
    readMembers(draw.coalitions, r, present)
    sets.forEach((set, k) => (design[r * sets.length + k] = Number(set.every(p => present[p]))))
  }
  return design
}

/** Visits (row, i, j) for all pairs of ones of each row. */
function eachEntry(design: Uint8Array, width: number, visit: (row: number, i: number, j: number) => void): void {
  const ones: number[] = []
  for (let r = 0; r * width < design.length; r++) {
    ones.length = 0
    for (let i = 0; i < width; i++) if (design[r * width + i]) ones.push(i)
    for (const i of ones) for (const j of ones) visit(r, i, j)
  }
}
