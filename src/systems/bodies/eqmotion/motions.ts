import { State } from '../../../engine/index.ts'
import { Random } from '../../../random/index.ts'
import { Forecaster, type Forecast } from './forecaster.ts'
import { EqMotion, type EqMotionOptions } from './model.ts'
import { scenesOf } from './scenes.ts'
import { particles, type Particles } from '../../../data/index.ts'

/** Largest differences, relative to the largest coordinate of a forecast; of categories, absolute. */
export interface Symmetry {
  /** Between the forecast of a turned, mirrored and shifted scene and the forecast so moved. */
  motion: number
  categories: number
  /** Between the forecast of reordered bodies and the forecast so reordered. */
  order: number
}

/** What moving the scenes and reordering the bodies of a model with first weights does. */
export async function symmetryOf(options: EqMotionOptions, seed: number): Promise<Symmetry> {
  const world = particles({ kind: 'springs', scenes: 4, seed, frames: 16 })
  const { bodies, dimensions, past, steps } = world
  const horizon = { past, future: steps - past }
  const model = new EqMotion(horizon, options)
  const forecaster = new Forecaster(model, horizon, new State({ model }, seed), { threads: 1 })
  const ask = (positions: Float32Array) => forecaster.forecast(scenesOf({ ...world, positions }))
  const random = new Random(seed, 'motion')
  const matrix = orthogonal(dimensions, random)
  const shift = Array.from({ length: dimensions }, () => 3 * random.normal())
  const order = random.permutation(bodies)
  try {
    const plain = await ask(world.positions)
    const moved = await ask(move(world.positions, matrix, shift))
    const permuted = await ask(reorder(world.positions, world, order))
    const scale = plain.futures.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    const furthest = (a: Float32Array, b: Float32Array) =>
      a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0)
    return {
      motion: furthest(moved.futures, move(plain.futures, matrix, shift)) / scale,
      categories: furthest(moved.categories, plain.categories),
      order: furthest(permuted.futures, reorder(plain.futures, world, order)) / scale,
    }
  } finally {
    await forecaster.close()
  }
}

/** A random rotation or reflection: normal columns made orthonormal. */
function orthogonal(dimensions: number, random: Random): number[][] {
  const rows: number[][] = []
  while (rows.length < dimensions) {
    let row = Array.from({ length: dimensions }, () => random.normal())
    for (const other of rows) {
      const along = row.reduce((sum, value, i) => sum + value * other[i]!, 0)
      row = row.map((value, i) => value - along * other[i]!)
    }
    const length = Math.hypot(...row)
    rows.push(row.map(value => value / length))
  }
  return rows
}

/** R x + t of every place. */
function move(positions: Float32Array, matrix: readonly number[][], shift: readonly number[]): Float32Array {
  const dimensions = shift.length
  return positions.map((_, at) => {
    const [place, d] = [at - (at % dimensions), at % dimensions]
    return matrix[d]!.reduce((sum, weight, e) => sum + weight * positions[place + e]!, shift[d]!)
  })
}

/** Bodies of every scene in another order, the new i-th being the old `order[i]`-th. */
function reorder(values: Forecast['futures'], { bodies, scenes }: Particles, order: Int32Array): Float32Array {
  const width = values.length / (scenes * bodies)
  return values.map((_, at) => {
    const body = Math.floor(at / width)
    const scene = Math.floor(body / bodies)
    return values[(scene * bodies + order[body % bodies]!) * width + (at % width)]!
  })
}
