/**
 * Transforms of a set function of n players given as its 2^n values, indexed by bit masks (bit i: player i is in the set).
 * All work in place, in O(n 2^n), and return their argument.
 */

function everyPair(values: Float64Array, combine: (without: number, withPlayer: number) => void): Float64Array {
  for (let bit = 1; bit < values.length; bit <<= 1)
    for (let block = 0; block < values.length; block += bit << 1)
      for (let k = block; k < block + bit; k++) combine(k, k | bit)
  return values
}

/** Values to Moebius coefficients: a(T) = sum over L in T of (-1)^(|T| - |L|) v(L). */
export function moebius(values: Float64Array): Float64Array {
  return everyPair(values, (without, withPlayer) => (values[withPlayer]! -= values[without]!))
}

/** Moebius coefficients to values: v(T) = sum over L in T of a(L). */
export function subsetSums(values: Float64Array): Float64Array {
  return everyPair(values, (without, withPlayer) => (values[withPlayer]! += values[without]!))
}

/** At S, the sum over all T that contain S. */
export function supersetSums(values: Float64Array): Float64Array {
  return everyPair(values, (without, withPlayer) => (values[without]! += values[withPlayer]!))
}

/** Values to Fourier coefficients on the parities (-1)^|S and T|: f(S) = 2^-n sum over T of v(T) (-1)^|S and T|. */
export function walsh(values: Float64Array): Float64Array {
  // a loop of its own: estimators run it often, and a callback for every pair costs it four times as much
  for (let bit = 1; bit < values.length; bit <<= 1)
    for (let block = 0; block < values.length; block += bit << 1)
      for (let k = block; k < block + bit; k++) {
        const a = values[k]!
        const b = values[k + bit]!
        values[k] = a + b
        values[k + bit] = a - b
      }
  for (let k = 0; k < values.length; k++) values[k]! /= values.length
  return values
}
