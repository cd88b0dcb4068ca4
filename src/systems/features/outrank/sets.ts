import { Random } from '../../../random/index.ts'

/** Number of sets of `size` out of `fields`. */
export const choose = (fields: number, size: number): number =>
  Array.from({ length: size }, (_, k) => (fields - k) / (k + 1)).reduce((product, factor) => product * factor, 1)

/**
 * Sets of two and, at order 3, three of `fields`, all of them or `most` drawn without preference for any field, in the
 * order of the fields: a field that tells nothing alone may tell all with another.
 */
export function combinations(fields: number, order: number, most: number, seed: number): number[][] {
  const chosen: number[][] = []
  const counts = [2, 3]
    .filter(size => size <= Math.min(order, fields))
    .map(size => ({ size, all: choose(fields, size) }))
  const total = counts.reduce((sum, { all }) => sum + all, 0)
  for (const { size, all } of counts) {
    const taken = total <= most ? all : Math.max(1, Math.round((most * all) / total))
    chosen.push(...(taken === all ? every(fields, size) : drawn(fields, size, taken, seed)))
  }
  return chosen
}

function every(fields: number, size: number, from = 0): number[][] {
  if (size === 0) return [[]]
  return Array.from({ length: fields - from }, (_, k) => from + k).flatMap(first =>
    every(fields, size - 1, first + 1).map(rest => [first, ...rest]),
  )
}

function drawn(fields: number, size: number, count: number, seed: number): number[][] {
  const random = new Random(seed, 'outrank.combinations', size)
  const sets = new Map<string, number[]>()
  while (sets.size < count) {
    const set = new Set<number>()
    while (set.size < size) set.add(random.integer(fields))
    const sorted = [...set].sort((a, b) => a - b)
    sets.set(sorted.join(), sorted)
  }
  return [...sets.values()].sort((a, b) => a.reduce((order, each, k) => order || each - b[k]!, 0))
}
