import type { z } from 'zod'
import type { GroupedTable } from '../../../data/index.ts'
import { InterplayError, suggest } from '../../../errors/index.ts'
import { structure } from '../../../lenses/index.ts'
import { Random } from '../../../random/index.ts'
import type { causalOptions } from './options.ts'
import { drawPairs, firstRowTest, resampled, rowTest, testFor, type RowPairs, type TestName } from './row-tests.ts'

export type CausalOptions = z.output<typeof causalOptions>

export interface Identified {
  columns: string[]
  /** By place of the columns. */
  edges: { from: number; to: number; p: number; share?: number }[]
  /** Pairs that depend on each other in a row, their direction being unknown. */
  linked: { from: number; to: number; p: number }[]
  /** From the sinks up. */
  layers: number[][]
  /** Why rows do not identify a graph; undefined where they do. */
  unidentified?: string
  /** How it came about that an edge, or none, was chosen although p values do not agree on it. */
  doubt?: string
  tests: structure.TestedCells[]
  /** What rows taken as independent of each other leave open. */
  independent: structure.EquivalenceClass
  test: TestName
  groups: number
  resamples: number
}

export interface IdentifyContext {
  seed: number
  signal?: AbortSignal
  progress?(done: number, total: number): void
}

/** @throws InterplayError `data/unknown-field`, `option/invalid`, and as `testFor` */
export async function identify(
  table: GroupedTable,
  { columns: wanted, pairs, resamples, alpha, test: asked, degrees }: CausalOptions,
  { seed, signal, progress }: IdentifyContext,
): Promise<Identified> {
  const chosen = chosenColumns(table, wanted)
  const groups = table.groupNames.length
  const test = testFor(chosen.columns, groups, asked)
  const draws = Array.from({ length: pairs }, (_, draw) => drawPairs(chosen, seed, draw))
  const find = (own: readonly RowPairs[]) =>
    found(chosen.columns.length, rowTest(own, test, { degrees, signal }), alpha)
  const first = find(draws)
  const counts = new Map<string, number>()
  for (let b = 0; b < resamples; b++) {
    progress?.(b, resamples)
    await new Promise(resolve => setImmediate(resolve))
    const random = new Random(seed, 'causal.resample', b)
    const drawn = Array.from({ length: groups }, () => random.integer(groups))
    for (const { from, to } of find(draws.map(each => resampled(each, drawn))).edges)
      counts.set(`${from},${to}`, (counts.get(`${from},${to}`) ?? 0) + 1)
  }
  return {
    ...first,
    edges: first.edges.map(edge => ({
      ...edge,
      ...(resamples > 0 && { share: (counts.get(`${edge.from},${edge.to}`) ?? 0) / resamples }),
    })),
    columns: chosen.columns.map(({ name }) => name),
    independent: structure.pcStructure(chosen.columns.length, firstRowTest(draws[0]!, test), { alpha }),
    test,
    groups,
    resamples,
  }
}

function chosenColumns(table: GroupedTable, wanted: readonly string[]): GroupedTable {
  if (wanted.length === 0) return table
  const names = table.columns.map(({ name }) => name)
  const unknown = wanted.find(name => !names.includes(name))
  if (unknown !== undefined)
    throw new InterplayError('data/unknown-field', `${table.name} has no field '${unknown}'`, {
      where: `--set columns=[${wanted.join(',')}]`,
      why: `nearest: ${suggest(unknown, names).join(', ') || 'none'}`,
    })
  if (new Set(wanted).size < 2)
    throw new InterplayError('option/invalid', 'columns must name two or more', { where: '--set columns' })
  return { ...table, columns: table.columns.filter(({ name }) => wanted.includes(name)) }
}

type Found = Pick<Identified, 'edges' | 'linked' | 'layers' | 'unidentified' | 'doubt' | 'tests'>

const found = (columns: number, test: structure.RowTest, alpha: number): Found =>
  columns === 2 ? ofTwo(test, alpha) : ofMany(columns, test, alpha)

const unchanged = 'no mechanism is seen to vary by itself from group to group'

function ofTwo(test: structure.RowTest, alpha: number): Found {
  const { edge, apart, clear, identified, tests } = structure.deFinettiDirection(test, { alpha })
  const forward = edge === 'forward'
  const own = forward ? { from: 0, to: 1, p: apart } : { from: 1, to: 0, p: apart }
  const layers = edge === 'none' ? [[0, 1]] : [[own.to], [own.from]]
  if (!identified)
    return { edges: [], linked: [{ from: 0, to: 1, p: apart }], layers: [[0, 1]], unidentified: unchanged, tests }
  return {
    edges: edge === 'none' ? [] : [own],
    linked: [],
    layers,
    ...(clear ? {} : { doubt: 'the p values agree on no answer; the largest of the three decided' }),
    tests,
  }
}

function ofMany(columns: number, test: structure.RowTest, alpha: number): Found {
  const { edges, layers, unplaced, unexplained, tests } = structure.deFinettiStructure(columns, test, { alpha })
  const pOf = ([a, b]: structure.Edge) =>
    tests.findLast(
      each => each.step !== 'layers' && [each.a.variable, each.b.variable].sort().join() === [a, b].sort().join(),
    )!.p
  const why = [
    ...(unplaced.length > 0
      ? [
          'some columns fit in no layer: groups change more than one mechanism at a time, a cause is not seen, or chance at this alpha',
        ]
      : []),
    ...(unexplained.length > 0 ? [unchanged] : []),
  ]
  return {
    edges: edges.map(([from, to]) => ({ from, to, p: pOf([from, to]) })),
    linked: unexplained.map(([from, to]) => ({ from, to, p: pOf([from, to]) })),
    layers,
    ...(why.length > 0 && { unidentified: why.join('; ') }),
    tests,
  }
}
