import type { TestResult } from '../../statistics/index.ts'
import type { Edge } from './graph.ts'

/** A variable in the first or the second of two rows of the same group. */
export interface Cell {
  variable: number
  row: 1 | 2
}

/** Tests two cells for independence given others, a group being one sample. */
export type RowTest = (a: Cell, b: Cell, given: readonly Cell[]) => TestResult

export interface TestedCells extends TestResult {
  a: Cell
  b: Cell
  given: readonly Cell[]
  /** What it was asked for. */
  step: 'layers' | 'edges' | 'within a layer' | 'direction'
}

export interface Structure {
  edges: Edge[]
  /** From the sinks upwards; a variable that no layer takes is in none. */
  layers: number[][]
  /** Variables that no layer takes. */
  unplaced: number[]
  /** Pairs of a layer that depend on each other, although no mechanism that varies by itself would have it so. */
  unexplained: Edge[]
  tests: TestedCells[]
}

export interface DeFinettiOptions {
  /** Dependence is what has a p value of at most this. */
  alpha?: number
  /** Whether edges between layers further apart are tested given the co-parents; without them some graphs of four nodes are missed. */
  coParents?: boolean
}

/**
 * The one directed acyclic graph of exchangeable rows whose mechanisms vary by themselves from group to group (Guo, Tóth,
 * Schölkopf and Huszár, NeurIPS 2023, section 4): layers of variables from the sinks up by independence between the rows of a
 * group, then edges by dependence within a row.
 */
export function deFinettiStructure(
  variables: number,
  test: RowTest,
  { alpha = 0.05, coParents = true }: DeFinettiOptions = {},
): Structure {
  const tests: TestedCells[] = []
  const p = (step: TestedCells['step'], a: Cell, b: Cell, given: readonly number[]): number => {
    const cells = given.map((variable): Cell => ({ variable, row: 1 }))
    const result = test(a, b, cells)
    tests.push({ step, a, b, given: cells, ...result })
    return result.p
  }
  const within = (step: TestedCells['step'], a: number, b: number, given: readonly number[]) =>
    p(step, { variable: a, row: 1 }, { variable: b, row: 1 }, given)

  const layers: number[][] = []
  let unplaced = Array.from({ length: variables }, (_, v) => v)
  for (let i = 1; i <= variables && unplaced.length > 0; i++) {
    const layer = unplaced.filter(v => {
      const others = unplaced.filter(k => k !== v)
      return others.every(k => p('layers', { variable: v, row: 1 }, { variable: k, row: 2 }, others) >= alpha)
    })
    if (layer.length === 0) break
    layers.push(layer)
    unplaced = unplaced.filter(v => !layer.includes(v))
  }

  const edges: Edge[] = []
  const above = (m: number) => [...layers.slice(m + 1).flat(), ...unplaced]
  for (let d = 1; d < layers.length; d++)
    for (let m = d; m < layers.length; m++)
      for (const v of layers[m]!)
        for (const k of layers[m - d]!) {
          const upstream = above(m)
          const given = d === 1 ? upstream : withBetween(upstream, layers[m]!, v, k, edges, coParents)
          if (within('edges', v, k, given) <= alpha) edges.push([v, k])
        }

  const unexplained: Edge[] = []
  for (const [m, layer] of layers.entries())
    for (const [i, a] of layer.entries())
      for (const b of layer.slice(i + 1))
        if (within('within a layer', a, b, above(m)) <= alpha) unexplained.push([a, b])
  edges.sort(([a, b], [c, d]) => a - c || b - d)
  return { edges, layers, unplaced, unexplained, tests }
}

/** The layers above, other parents of a child in the same layer, and the known parents of the effect in between. */
function withBetween(
  upstream: readonly number[],
  layer: readonly number[],
  v: number,
  k: number,
  edges: readonly Edge[],
  coParents: boolean,
): number[] {
  const children = new Set(edges.filter(([from]) => from === v).map(([, to]) => to))
  const beside = layer.filter(other => other !== v && edges.some(([from, to]) => from === other && children.has(to)))
  const between = edges.filter(([from, to]) => to === k && !layer.includes(from)).map(([from]) => from)
  return [...new Set([...upstream, ...(coParents ? beside : []), ...between])]
}

export interface Direction {
  edge: 'forward' | 'backward' | 'none'
  /** p of the first row's x and the second's y given the second's x, of the same the other way round, and of x and y in a row. */
  forward: number
  backward: number
  apart: number
  /** Whether each p value is on the side of alpha that one answer asks for; else the largest of the three has decided. */
  clear: boolean
  /** False where x and y depend on each other and yet rows tell neither direction from the other: nothing varies by itself. */
  identified: boolean
  tests: TestedCells[]
}

/** Of two variables (the paper's section 5.1): x causes y where the first row's x tells nothing of the second's y beyond the second's x. */
export function deFinettiDirection(test: RowTest, { alpha = 0.05 }: Pick<DeFinettiOptions, 'alpha'> = {}): Direction {
  const tests: TestedCells[] = []
  const cell = (variable: number, row: 1 | 2): Cell => ({ variable, row })
  const p = (a: Cell, b: Cell, given: Cell[]): number => {
    const result = test(a, b, given)
    tests.push({ step: 'direction', a, b, given, ...result })
    return result.p
  }
  const forward = p(cell(0, 1), cell(1, 2), [cell(0, 2)])
  const backward = p(cell(1, 1), cell(0, 2), [cell(1, 2)])
  const apart = p(cell(0, 1), cell(1, 1), [])
  const found = { forward, backward, apart, tests }
  const linked = apart <= alpha
  if (forward >= alpha && backward <= alpha && linked)
    return { ...found, edge: 'forward', clear: true, identified: true }
  if (forward <= alpha && backward >= alpha && linked)
    return { ...found, edge: 'backward', clear: true, identified: true }
  if (forward >= alpha && backward >= alpha && apart >= alpha)
    return { ...found, edge: 'none', clear: true, identified: true }
  const largest = Math.max(forward, backward, apart)
  const edge = forward === largest ? 'forward' : backward === largest ? 'backward' : 'none'
  return { ...found, edge, clear: false, identified: !(forward >= alpha && backward >= alpha && linked) }
}
