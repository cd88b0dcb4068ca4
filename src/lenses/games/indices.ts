import { add, bernoulli, binomial, fraction, multiply, one, zero, type Fraction } from './fraction.ts'

/**
 * Every index here is a sum over the sets T that contain S of weight(|S|, |T|) a(T), with a the Moebius coefficients of
 * the game. `order` is the largest |S| asked for; some weights depend on it.
 */
export interface IndexDefinition {
  title: string
  source: string
  /** Sizes of the sets that have a value; the order itself where `most` is absent. */
  least: 0 | 1
  most?: 1
  weight(size: number, superset: number, order: number): Fraction
  /** What the values of order up to `order` add up to, where there is such a law. */
  sum?: 'v(N) - v(empty)'
}

const shapleyInteraction = (s: number, t: number) => fraction(1, t - s + 1)
const banzhafInteraction = (s: number, t: number) => fraction(1, 1n << BigInt(t - s))
const alternating = (k: number, s: number) => fraction((k - s) % 2 === 0 ? 1 : -1)

function faithfulShapley(s: number, t: number, k: number): Fraction {
  if (t <= k) return t === s ? one : zero
  const ratio = fraction(BigInt(s) * binomial(k, s) * binomial(t - 1, k), BigInt(k + s) * binomial(t + k - 1, k + s))
  return multiply(alternating(k, s), ratio)
}

function faithfulBanzhaf(s: number, t: number, k: number): Fraction {
  if (t <= k) return t === s ? one : zero
  return multiply(alternating(k, s), fraction(binomial(t - s - 1, k - s), 1n << BigInt(t - s)))
}

/** Sum of `of(r)` weighted by the C(t - s, r - s) sets R between S and T, for sizes up to k. */
function between(s: number, t: number, k: number, of: (r: number) => Fraction): Fraction {
  let sum = zero
  for (let r = s; r <= Math.min(k, t); r++) sum = add(sum, multiply(fraction(binomial(t - s, r - s)), of(r)))
  return sum
}

/** Interaction indices by their usual abbreviation. */
export const indices = {
  Moebius: {
    title: 'Moebius coefficients',
    source: 'Harsanyi 1963',
    least: 0,
    weight: (s, t) => (s === t ? one : zero),
  },
  CoMoebius: { title: 'co-Moebius coefficients', source: 'Grabisch 1997', least: 0, weight: () => one },
  SV: {
    title: 'Shapley value',
    source: 'Shapley 1953',
    least: 1,
    most: 1,
    weight: shapleyInteraction,
    sum: 'v(N) - v(empty)',
  },
  BV: { title: 'Banzhaf value', source: 'Banzhaf 1964', least: 1, most: 1, weight: banzhafInteraction },
  SII: {
    title: 'Shapley interaction index',
    source: 'Grabisch and Roubens 1999',
    least: 1,
    weight: shapleyInteraction,
  },
  BII: {
    title: 'Banzhaf interaction index',
    source: 'Grabisch and Roubens 1999',
    least: 1,
    weight: banzhafInteraction,
  },
  CHII: {
    title: 'chaining interaction index',
    source: 'Marichal and Roubens 1999',
    least: 1,
    weight: (s, t) => fraction(s, t),
  },
  'k-SII': {
    title: 'k-Shapley values',
    source: 'Bordt and von Luxburg 2023',
    least: 1,
    weight: (s, t, k) => between(s, t, k, r => multiply(bernoulli(r - s), shapleyInteraction(r, t))),
    sum: 'v(N) - v(empty)',
  },
  STII: {
    title: 'Shapley-Taylor interaction index',
    source: 'Sundararajan, Dhamdhere and Agarwal 2020',
    least: 1,
    weight: (s, t, k) => (s === k ? fraction(1, binomial(t, k)) : s === t ? one : zero),
    sum: 'v(N) - v(empty)',
  },
  FSII: {
    title: 'faithful Shapley interaction index',
    source: 'Tsai, Yeh and Ravikumar 2023',
    least: 1,
    weight: faithfulShapley,
    sum: 'v(N) - v(empty)',
  },
  FBII: {
    title: 'faithful Banzhaf interaction index',
    source: 'Tsai, Yeh and Ravikumar 2023',
    least: 0,
    weight: faithfulBanzhaf,
  },
  'kADD-SHAP': {
    title: 'Shapley interactions of the nearest k-additive game',
    source: 'Pelegrina, Duarte and Grabisch 2023',
    least: 1,
    weight: (s, t, k) => between(s, t, k, r => multiply(shapleyInteraction(s, r), faithfulShapley(r, t, k))),
  },
} as const satisfies Record<string, IndexDefinition>

export type IndexName = keyof typeof indices

export const indexDefinition = (name: IndexName): IndexDefinition => indices[name]

/** The sizes of sets that an index gives values to, smallest and largest. */
export function sizesOf(name: IndexName, order: number): [least: number, most: number] {
  const { least, most = order } = indexDefinition(name)
  return [least, most]
}
