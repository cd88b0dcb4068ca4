import type { TestResult } from '../../statistics/index.ts'
import type { Edge } from './graph.ts'

/** What rows that are independent of each other can tell: some edges have a direction, some have none. */
export interface EquivalenceClass {
  directed: Edge[]
  /** The smaller number first. */
  undirected: Edge[]
}

export type VariableTest = (a: number, b: number, given: readonly number[]) => TestResult

/**
 * The PC algorithm with a skeleton that does not depend on the order of the variables (Spirtes, Glymour and Scheines; Colombo
 * and Maathuis 2014), colliders, and Meek's first three rules. Conditions of at most `depth` variables are tried.
 */
export function pcStructure(
  variables: number,
  test: VariableTest,
  { alpha = 0.05, depth = variables }: { alpha?: number; depth?: number } = {},
): EquivalenceClass {
  const beside = Array.from({ length: variables }, (_, v) => new Set([...Array(variables).keys()].filter(k => k !== v)))
  const apart = new Map<string, readonly number[]>()
  const key = (a: number, b: number) => (a < b ? `${a},${b}` : `${b},${a}`)
  for (let size = 0; size <= depth; size++) {
    const before = beside.map(own => [...own])
    if (before.every(own => own.length - 1 < size)) break
    for (let a = 0; a < variables; a++)
      for (const b of before[a]!) {
        if (!beside[a]!.has(b)) continue
        const others = before[a]!.filter(k => k !== b)
        for (const given of choices(others, size)) {
          if (test(a, b, given).p < alpha) continue
          beside[a]!.delete(b)
          beside[b]!.delete(a)
          apart.set(key(a, b), given)
          break
        }
      }
  }
  const into = Array.from({ length: variables }, () => new Set<number>())
  const points = (a: number, b: number) => into[b]!.has(a)
  const open = (a: number, b: number) => beside[a]!.has(b) && !points(a, b) && !points(b, a)
  const orient = (a: number, b: number): boolean => open(a, b) && Boolean(into[b]!.add(a))
  for (let c = 0; c < variables; c++)
    for (const [a, b] of choices([...beside[c]!], 2) as Iterable<[number, number]>)
      if (!beside[a]!.has(b) && !apart.get(key(a, b))!.includes(c)) {
        orient(a, c)
        orient(b, c)
      }
  for (let changed = true; changed;) {
    changed = false
    for (let a = 0; a < variables; a++)
      for (const b of beside[a]!) {
        if (!open(a, b)) continue
        const chain = [...into[a]!].some(c => !beside[c]!.has(b))
        const cycle = [...into[b]!].some(c => points(a, c))
        const twoWays = [
          ...choices(
            [...into[b]!].filter(c => open(a, c)),
            2,
          ),
        ].some(([c, d]) => !beside[c!]!.has(d!))
        if (chain || cycle || twoWays) changed = orient(a, b) || changed
      }
  }
  const directed: Edge[] = []
  const undirected: Edge[] = []
  for (let a = 0; a < variables; a++)
    for (const b of beside[a]!) {
      if (points(a, b)) directed.push([a, b])
      else if (a < b && open(a, b)) undirected.push([a, b])
    }
  return { directed, undirected }
}

function* choices(from: readonly number[], size: number): Generator<number[]> {
  if (size === 0) yield []
  else
    for (const [i, first] of from.entries())
      for (const rest of choices(from.slice(i + 1), size - 1)) yield [first, ...rest]
}
