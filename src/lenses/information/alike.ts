import { InterplayError } from '../../errors/index.ts'
import { sidesOf, type PairTable } from './joint.ts'

/** Sides of two tables that should be one distribution may differ by this much, summed over their values. */
const tolerance = 1e-6

/** Half the summed distance of two distributions. */
export function totalVariation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!)
  return sum / 2
}

/** Throws unless both tables [sources, classes] have the same p(y). */
export function checkAlike(first: PairTable, second: PairTable): void {
  checkSide('p(y)', sidesOf(first)[1], sidesOf(second)[1], 'p(x1, y)', 'p(x2, y)')
}

/** @throws InterplayError `shape/mismatch`, `data/conflict` */
export function checkSide(side: string, a: Float64Array, b: Float64Array, one: string, other: string): void {
  if (a.length !== b.length)
    throw new InterplayError('shape/mismatch', `${side} has ${a.length} values in ${one}, ${b.length} in ${other}`)
  const apart = totalVariation(a, b)
  if (apart <= tolerance) return
  throw new InterplayError('data/conflict', `${side} differs between ${one} and ${other} by ${apart.toPrecision(3)}`, {
    why: 'no joint distribution has both tables',
    try: 'reconcile the tables first',
  })
}
