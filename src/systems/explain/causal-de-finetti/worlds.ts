import type { GroupedColumn, GroupedTable } from '../../../data/index.ts'
import type { structure } from '../../../lenses/index.ts'
import { Random } from '../../../random/index.ts'

export interface CausalWorld {
  table: GroupedTable
  edges: structure.Edge[]
}

export interface WorldOptions {
  /** Rows of each group. */
  rows?: number
  /** Mechanisms stay as they are from group to group: nothing identifies a direction. */
  constant?: boolean
}

function tableOf(
  groups: number,
  rows: number,
  columns: readonly Float64Array[],
  kind: GroupedColumn['kind'],
): GroupedTable {
  return {
    name: 'world',
    rows: groups * rows,
    columns: columns.map((values, v) => ({ name: `x${v + 1}`, kind, values })),
    group: 'site',
    groupNames: Array.from({ length: groups }, (_, g) => `site ${g + 1}`),
    groups: Int32Array.from({ length: groups * rows }, (_, r) => Math.floor(r / rows)),
  }
}

/**
 * Two numbers, the generator of the paper's code: in each group noises are Laplace about centres uniform in (-1, 1); either the
 * first is an effect of the second, or the second of the first, or neither; in a random half of the groups the effect has a
 * square besides.
 */
export function numbersWorld(
  groups: number,
  seed: number,
  { rows = 2, constant = false }: WorldOptions = {},
): CausalWorld {
  const random = new Random(seed, 'causal.numbers')
  const between = (low: number, high: number) => low + random.integer(high - low + 1)
  const mode = random.integer(3)
  const [weight, scale, factor] = [between(1, 9), between(1, 9), between(1, 9)]
  const squared = new Set(random.permutation(groups).subarray(0, Math.floor(groups / 2)))
  const columns = [new Float64Array(groups * rows), new Float64Array(groups * rows)] as const
  const [cause, effect] = mode === 1 ? [1, 0] : [0, 1]
  for (let g = 0; g < groups; g++) {
    const centres = [0, 1].map(() => (constant ? 0 : 2 * random.uniform() - 1))
    const bends = !constant && squared.has(g)
    for (let r = 0; r < rows; r++) {
      const noise = centres.map(centre => centre + laplace(random))
      const at = g * rows + r
      const [u, w] = [noise[cause]!, noise[effect]!]
      columns[cause]![at] = u
      columns[effect]![at] =
        mode === 2 ? w : weight * u + scale * w + (bends ? factor * (weight * u ** 2 + (scale - 1) * w ** 2) : 0)
    }
  }
  return { table: tableOf(groups, rows, columns, 'continuous'), edges: mode === 2 ? [] : [[cause, effect]] }
}

function laplace(random: Random): number {
  const u = random.uniform() - 0.5
  return -Math.sign(u) * Math.log(1 - 2 * Math.abs(u) || 1e-300)
}

/**
 * Binary variables of a random graph (edges u < v with probability 1/2, drawn again until every variable has one): each is its
 * own noise, whose rate is Beta(1, 3) in each group, exclusive-or the product of its parents.
 */
export function binaryWorld(
  groups: number,
  variables: number,
  seed: number,
  { rows = 2, constant = false, edges: given }: WorldOptions & { edges?: structure.Edge[] } = {},
): CausalWorld {
  const random = new Random(seed, 'causal.binary')
  const edges = given ?? drawnEdges(variables, random)
  const columns = Array.from({ length: variables }, () => new Float64Array(groups * rows))
  for (let g = 0; g < groups; g++)
    for (let v = 0; v < variables; v++) {
      const rate = constant ? 0.3 : 1 - random.uniform() ** (1 / 3)
      const parents = edges.filter(([, to]) => to === v).map(([from]) => columns[from]!)
      for (let at = g * rows; at < (g + 1) * rows; at++) {
        const noise = Number(random.uniform() < rate)
        const product = parents.length > 0 && parents.every(parent => parent[at] === 1) ? 1 : 0
        columns[v]![at] = noise ^ product
      }
    }
  return { table: tableOf(groups, rows, columns, 'discrete'), edges }
}

function drawnEdges(variables: number, random: Random): structure.Edge[] {
  for (;;) {
    const edges: structure.Edge[] = []
    for (let u = 0; u < variables; u++)
      for (let v = u + 1; v < variables; v++) if (random.uniform() < 0.5) edges.push([u, v])
    if (new Set(edges.flat()).size === variables) return edges
  }
}

/** The same rows in groups of chance: what a group had in common is gone. */
export function shuffledGroups(table: GroupedTable, seed: number): GroupedTable {
  const order = new Random(seed, 'causal.shuffled').permutation(table.rows)
  return { ...table, groups: table.groups.map((_, row) => table.groups[order[row]!]!) }
}
