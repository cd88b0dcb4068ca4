import { InterplayError } from '../../../errors/index.ts'
import { Random } from '../../../random/index.ts'

/** What becomes of a pair, in the order of alpha's columns: a vector a cross, a product of two vectors, or nothing. */
export const methods = ['memorise', 'factorise', 'naive'] as const

export type Method = (typeof methods)[number]

/** The method of every pair. */
export type Methods = readonly Method[]

export const uniformly = (method: Method, pairs: number): Methods => Array.from({ length: pairs }, () => method)

export function drawnMethods(pairs: number, seed: number): Methods {
  const random = new Random(seed, 'optinter.methods')
  return Array.from({ length: pairs }, () => methods[random.integer(methods.length)]!)
}

/** The pairs of a method, by their places. */
export const placesOf = (chosen: Methods, method: Method): number[] =>
  [...chosen.keys()].filter(place => chosen[place] === method)

/** softmax(alpha / t) of every pair, [pairs][method]. */
export function weightsOf(alpha: ArrayLike<number>, pairs: number, temperature = 1): number[][] {
  return rowsOfAlpha(alpha, pairs).map(row => {
    const largest = Math.max(...row)
    const powers = row.map(value => Math.exp((value - largest) / temperature))
    const total = powers.reduce((sum, power) => sum + power, 0)
    return powers.map(power => power / total)
  })
}

/** The method with the largest alpha, the first of equal ones. */
export const methodsOf = (alpha: ArrayLike<number>, pairs: number): Methods =>
  rowsOfAlpha(alpha, pairs).map(row => methods[row.indexOf(Math.max(...row))]!)

/** @throws InterplayError `option/conflict` where methods given are not one a pair */
export function checkLength(chosen: Methods, pairs: number): Methods {
  if (chosen.length === pairs) return chosen
  throw new InterplayError('option/conflict', `methods has ${chosen.length} entries, there are ${pairs} pairs`, {
    where: '--set methods',
    why: 'one a pair, in the order of arch.json',
  })
}

/** @throws InterplayError `shape/mismatch` for an alpha that is not [pairs, methods] */
function rowsOfAlpha(alpha: ArrayLike<number>, pairs: number): number[][] {
  if (alpha.length !== pairs * methods.length) {
    throw new InterplayError('shape/mismatch', `alpha has ${alpha.length} values, not [${pairs}, ${methods.length}]`)
  }
  return Array.from({ length: pairs }, (_, p) => Array.from({ length: methods.length }, (_, m) => alpha[p * 3 + m]!))
}
