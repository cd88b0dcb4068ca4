/**
 * Orders for field × field drawings. `strength` [n, n] is symmetric and not negative; every function returns a permutation
 * of 0 .. n - 1.
 */

/** Fields by the sum of their strengths, greatest first; equal ones stay in schema order. */
export function strengthOrder(strength: number[][]): number[] {
  const sums = strength.map(row => row.reduce((sum, value) => sum + value, 0))
  return sums.map((_, i) => i).sort((a, b) => sums[b]! - sums[a]! || a - b)
}

/**
 * Leaves of an average-linkage clustering in which strong pairs are near, so that blocks of interacting fields stand
 * together. Of two joined branches the one with the greater total strength comes first.
 */
export function clusteredOrder(strength: number[][]): number[] {
  const total = strength.map(row => row.reduce((sum, value) => sum + value, 0))
  const weight = (branch: number[]) => branch.reduce((sum, i) => sum + total[i]!, 0)
  const branches = strength.map((_, i) => [i])
  while (branches.length > 1) {
    let nearest = { a: 0, b: 1, strength: -1 }
    for (let a = 0; a < branches.length; a++) {
      for (let b = a + 1; b < branches.length; b++) {
        const between = meanStrength(strength, branches[a]!, branches[b]!)
        if (between > nearest.strength) nearest = { a, b, strength: between }
      }
    }
    const [second] = branches.splice(nearest.b, 1)
    const first = branches[nearest.a]!
    branches[nearest.a] = weight(first) >= weight(second!) ? [...first, ...second!] : [...second!, ...first]
  }
  return branches[0] ?? []
}

function meanStrength(strength: number[][], first: number[], second: number[]): number {
  let sum = 0
  for (const i of first) for (const j of second) sum += strength[i]![j]!
  return sum / (first.length * second.length)
}
