import { expect, it } from 'vitest'
import { gaussLegendre } from './quadrature.ts'

it.each([1, 2, 3, 8, 16])('%i points integrate powers up to twice as many, and no more', points => {
  const { nodes, weights } = gaussLegendre(points)
  const integral = (power: number) => nodes.reduce((sum, x, k) => sum + weights[k]! * x ** power, 0)
  for (let power = 0; power < 2 * points; power++) expect(integral(power) * (power + 1)).toBeCloseTo(1, 12)
  expect(nodes).toEqual(nodes.slice().sort())
  if (points < 4) expect(Math.abs(integral(2 * points) * (2 * points + 1) - 1)).toBeGreaterThan(1e-4)
})
