import type { Game } from '../../../data/index.ts'

/** Probabilities of the first action of both players. */
export interface Equilibrium {
  first: number
  second: number
}

/**
 * Nash equilibria of a 2 x 2 game in closed form: the pure ones, and the mixed one where each makes the other indifferent.
 * A game with ties may have a continuum of others.
 */
export function nashEquilibria({ payoffs: [a, b] }: Pick<Game, 'payoffs'>): Equilibrium[] {
  const found: Equilibrium[] = []
  for (const i of [0, 1]) {
    for (const k of [0, 1]) {
      if (a[i]![k]! >= a[1 - i]![k]! && b[i]![k]! >= b[i]![1 - k]!) found.push({ first: 1 - i, second: 1 - k })
    }
  }
  const first = (b[1]![1]! - b[1]![0]!) / (b[0]![0]! - b[0]![1]! - b[1]![0]! + b[1]![1]!)
  const second = (a[1]![1]! - a[0]![1]!) / (a[0]![0]! - a[0]![1]! - a[1]![0]! + a[1]![1]!)
  const inside = (p: number) => Number.isFinite(p) && p > 0 && p < 1
  if (inside(first) && inside(second)) found.push({ first, second })
  return found
}

/** What each player can secure against any play of the other, mixing allowed. */
export function securityLevels({ payoffs: [a, b] }: Pick<Game, 'payoffs'>): [number, number] {
  return [maximin(a), maximin(b[0]!.map((_, k) => b.map(row => row[k]!)))]
}

function maximin(own: readonly (readonly number[])[]): number {
  const [[p, q], [r, s]] = own as [[number, number], [number, number]]
  const worst = (x: number) => Math.min(x * p + (1 - x) * r, x * q + (1 - x) * s)
  const crossing = (s - r) / (p - r - q + s)
  return Math.max(worst(0), worst(1), crossing > 0 && crossing < 1 ? worst(crossing) : -Infinity)
}

/** Outcomes [first action, second action] that no other betters for one player without hurting the other. */
export function paretoOutcomes({ payoffs: [a, b] }: Pick<Game, 'payoffs'>): [number, number][] {
  const all = [0, 1].flatMap(i => [0, 1].map((k): [number, number] => [i, k]))
  const value = ([i, k]: [number, number]) => [a[i]![k]!, b[i]![k]!] as const
  return all.filter(outcome => {
    const [x, y] = value(outcome)
    return !all.some(other => {
      const [u, v] = value(other)
      return u >= x && v >= y && (u > x || v > y)
    })
  })
}
