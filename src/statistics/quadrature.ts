/** Nodes within (0, 1), ascending, and weights that add up to 1. */
export interface Quadrature {
  nodes: Float64Array
  weights: Float64Array
}

/**
 * Gauss-Legendre quadrature on [0, 1], exact for polynomials of degree up to 2 points - 1: the roots of the Legendre
 * polynomial by Newton steps from their asymptotic places.
 */
export function gaussLegendre(points: number): Quadrature {
  const nodes = new Float64Array(points)
  const weights = new Float64Array(points)
  for (let k = 0; k < points; k++) {
    let x = -Math.cos((Math.PI * (k + 0.75)) / (points + 0.5))
    let slope = 1
    for (let step = 0; step < 10; step++) {
      let [value, before] = [1, 0]
      for (let n = 0; n < points; n++) [value, before] = [((2 * n + 1) * x * value - n * before) / (n + 1), value]
      slope = (points * (x * value - before)) / (x * x - 1)
      x -= value / slope
    }
    nodes[k] = (1 + x) / 2
    weights[k] = 1 / ((1 - x * x) * slope * slope)
  }
  return { nodes, weights }
}
