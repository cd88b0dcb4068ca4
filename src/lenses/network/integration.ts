import { gaussLegendre } from '../../statistics/index.ts'

/** A place on the way from nothing (0) to the activations (1), and what it counts; the weights of a rule sum to 1. */
export interface IntegrationPoint {
  at: number
  weight: number
}

export const integrationRules = ['point', 'trapezoid', 'gauss-legendre'] as const
export type IntegrationRule = (typeof integrationRules)[number]

/** The activations themselves: plain derivatives, nothing integrated. */
export const atActivations: readonly IntegrationPoint[] = [{ at: 1, weight: 1 }]

/** How far the trapezoid rule stays from both ends, times its points. */
const margin = 1e-3

/**
 * Where a rule looks. `point` looks at the activations alone; the trapezoid rule's points are even between just behind 0 and
 * just before 1, one point being in the middle.
 */
export function integrationPoints(rule: IntegrationRule, count: number): readonly IntegrationPoint[] {
  if (rule === 'point') return atActivations
  if (rule === 'gauss-legendre') {
    const { nodes, weights } = gaussLegendre(count)
    return Array.from(nodes, (at, k) => ({ at, weight: weights[k]! }))
  }
  if (count === 1) return [{ at: 0.5, weight: 1 }]
  const first = margin / count
  const step = (1 - 2 * first) / (count - 1)
  return Array.from({ length: count }, (_, k) => ({
    at: first + k * step,
    weight: (k === 0 || k === count - 1 ? 0.5 : 1) / (count - 1),
  }))
}
