/** An exact rational number; weights of indices are alternating sums that lose all digits in floating point. */
export interface Fraction {
  readonly numerator: bigint
  readonly denominator: bigint
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b]
  return a < 0n ? -a : a
}

export const leastCommonMultiple = (a: bigint, b: bigint): bigint => (a / greatestCommonDivisor(a, b)) * b

/** In lowest terms, the denominator positive. */
export function fraction(numerator: bigint | number, denominator: bigint | number = 1n): Fraction {
  const [n, d] = [BigInt(numerator), BigInt(denominator)]
  const divisor = greatestCommonDivisor(n, d) * (d < 0n ? -1n : 1n)
  return { numerator: n / divisor, denominator: d / divisor }
}

export const zero = fraction(0)
export const one = fraction(1)

export function add(a: Fraction, b: Fraction): Fraction {
  return fraction(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator)
}

export function multiply(a: Fraction, b: Fraction): Fraction {
  return fraction(a.numerator * b.numerator, a.denominator * b.denominator)
}

/** Nearest double, for terms of any length. */
export function toNumber({ numerator, denominator }: Fraction): number {
  const bits = (value: bigint) => value.toString(2).length
  const shift = BigInt(Math.max(0, 64 - bits(numerator) + bits(denominator)))
  const scaled = Number((numerator << shift) / denominator)
  return shift > 1000n ? (scaled / 2 ** 1000) * 2 ** -Number(shift - 1000n) : scaled / 2 ** Number(shift)
}

/** C(n, k), 0 outside 0 <= k <= n. */
export function binomial(n: number, k: number): bigint {
  if (k < 0 || k > n) return 0n
  let result = 1n
  for (let i = 1; i <= Math.min(k, n - k); i++) result = (result * BigInt(n - i + 1)) / BigInt(i)
  return result
}

/** Bernoulli number with B_1 = -1/2. */
export function bernoulli(n: number): Fraction {
  const known: Fraction[] = [one]
  for (let m = 1; m <= n; m++) {
    const sum = known.reduce((total, b, j) => add(total, multiply(fraction(binomial(m + 1, j)), b)), zero)
    known.push(multiply(sum, fraction(-1, m + 1)))
  }
  return known[n]!
}
