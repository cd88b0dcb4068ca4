import type { RowTest } from './de-finetti.ts'
import { parentsOf, separated, type Edge } from './graph.ts'

/**
 * The answers that no sample is needed for: p is 1 where the graph of two rows of a group separates the cells, 0 where it does
 * not. Each variable's own mechanism is a parent of it in both rows.
 */
export function rowOracle(variables: number, edges: readonly Edge[]): RowTest {
  const own = parentsOf(variables, edges)
  const mechanism = (variable: number) => variable
  const node = (variable: number, row: number) => row * variables + variable
  const parents = [
    ...own.map((): number[] => []),
    ...[1, 2].flatMap(row => own.map((from, v) => [mechanism(v), ...from.map(parent => node(parent, row))])),
  ]
  return (a, b, given) => {
    const conditions = new Set(given.map(cell => node(cell.variable, cell.row)))
    const apart = separated(parents, node(a.variable, a.row), node(b.variable, b.row), conditions)
    return { statistic: 0, p: Number(apart) }
  }
}
