import { maskedMean, nearestCells, similarityMap, type CellFeatures, type GridMask } from '../../../lenses/index.ts'
import { Random } from '../../../random/index.ts'

const side = 7
const channels = 16

/** An image with itself, and with itself moved by a cell to the right. */
export function identityForm(seed: number): { same: number; ones: number; moved: number; stayed: number } {
  const features = drawn(seed)
  const { target, mutual } = nearestCells(features, features)
  const similarities = similarityMap(features, features, target)
  const moved = shifted(features)
  const { target: onMoved } = nearestCells(features, moved)
  const staying = [...target.keys()].filter(cell => cell % side < side - 1)
  return {
    same: target.filter((to, cell) => to === cell && mutual[cell] === 1).length,
    ones: Math.max(...similarities.map(similarity => Math.abs(similarity - 1))),
    moved: staying.filter(cell => onMoved[cell] === cell + 1).length,
    stayed: staying.length,
  }
}

/** Whether masks of all cells and of one order candidates by the mean and by that cell, and none is refused. */
export function maskForms(seed: number): { all: boolean; one: boolean; none: boolean } {
  const random = new Random(seed, 'chm-corr.masks')
  const maps = Array.from({ length: 12 }, () => Float64Array.from({ length: side ** 2 }, () => random.uniform()))
  const order = (score: (map: Float64Array) => number) =>
    [...maps.keys()].sort((a, b) => score(maps[b]!) - score(maps[a]!)).join()
  const cell = random.integer(side ** 2)
  const only: GridMask = new Uint8Array(side ** 2).fill(1, cell, cell + 1)
  const every: GridMask = new Uint8Array(side ** 2).fill(1)
  return {
    all: order(map => maskedMean(map, every)) === order(map => map.reduce((sum, value) => sum + value, 0)),
    one: order(map => maskedMean(map, only)) === order(map => map[cell]!),
    none: refuses(() => maskedMean(maps[0]!, new Uint8Array(side ** 2))),
  }
}

function refuses(call: () => void): boolean {
  try {
    call()
    return false
  } catch {
    return true
  }
}

function drawn(seed: number): CellFeatures {
  const random = new Random(seed, 'chm-corr.features')
  const values = Float64Array.from({ length: channels * side ** 2 }, () => random.normal())
  return { channels, rows: side, columns: side, values }
}

/** Every cell's features one cell to the right; the first column is empty. */
function shifted({ values, ...features }: CellFeatures): CellFeatures {
  return {
    ...features,
    values: Float64Array.from(values, (_, at) => (at % side === 0 ? 0 : values[at - 1]!)),
  }
}

/** A convolution over four axes by loops, [n, n, n, n] with a kernel [k, k, k, k]. */
export function loopedConvolution(x: ArrayLike<number>, n: number, kernel: ArrayLike<number>, k: number): Float64Array {
  const reach = (k - 1) / 2
  const digits = (at: number, base: number) => [3, 2, 1, 0].map(power => Math.floor(at / base ** power) % base)
  return Float64Array.from({ length: n ** 4 }, (_, at) => {
    const place = digits(at, n)
    let sum = 0
    for (let entry = 0; entry < k ** 4; entry++) {
      const from = digits(entry, k).map((step, axis) => place[axis]! + step - reach)
      if (from.some(index => index < 0 || index >= n)) continue
      sum += kernel[entry]! * x[from.reduce((index, digit) => index * n + digit, 0)]!
    }
    return sum
  })
}
