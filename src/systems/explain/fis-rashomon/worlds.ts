import type { Labels } from '../../../lenses/index.ts'
import { Random } from '../../../random/index.ts'

export interface WorldRows {
  columns: Float64Array[]
  labels: Labels
}

/** y = x1 x2 + x3 + noise of 0.1 deviations, all standard normal. */
export function productRows(rows: number, seed: number): WorldRows {
  const random = new Random(seed, 'fis-rashomon.product')
  const columns = [0, 1, 2].map(() => new Float64Array(rows).map(() => random.normal()))
  const values = new Float64Array(rows).map(
    (_, r) => columns[0]![r]! * columns[1]![r]! + columns[2]![r]! + 0.1 * random.normal(),
  )
  return { columns, labels: { kind: 'regression', values } }
}

/** y = x1 x2 + 0.5 sin(x3) + noise, and x4 all but a copy of x1: which of them interacts with x2, no sample of y can tell. */
export function copiedRows(rows: number, seed: number): WorldRows {
  const random = new Random(seed, 'fis-rashomon.copied')
  const [x1, x2, x3] = [0, 1, 2].map(() => new Float64Array(rows).map(() => random.normal())) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const x4 = x1.map(value => value + 0.02 * random.normal())
  const values = x1.map((value, r) => value * x2[r]! + 0.5 * Math.sin(x3[r]!) + 0.1 * random.normal())
  return { columns: [x1, x2, x3, x4], labels: { kind: 'regression', values } }
}

/** A function of 40 numbers that are 1 or -1, and the pairs that interact in it. */
export interface Detection {
  name: string
  score(x: ArrayLike<number>): number
  /** `i,j` with i < j. */
  pairs: ReadonlySet<string>
}

/** Inputs of each. */
export const width = 40
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, k) => from + k)
const sum = (x: ArrayLike<number>, members: readonly number[]) => members.reduce((total, i) => total + x[i]!, 0)
const all = (x: ArrayLike<number>, members: readonly number[], wanted: (member: number) => number) =>
  members.every(i => x[i] === wanted(i)) ? 1 : -1
const cliques = (...groups: readonly number[][]) =>
  new Set(groups.flatMap(group => group.flatMap((i, k) => group.slice(k + 1).map(j => `${i},${j}`))))

const everything = range(0, width)
const [lower, middle, upper] = [range(0, 10), range(10, 20), range(20, 30)]
const [early, late, three] = [range(0, 20), range(10, 30), range(0, 3)]

/** The four functions on which Archipelago (Tsang, Rambhatla and Liu, NeurIPS 2020, table 1) is tested. */
export const detections: readonly Detection[] = [
  {
    name: 'F1',
    score: x => sum(x, lower) ** 2 + sum(x, middle) * sum(x, upper) + sum(x, everything),
    pairs: new Set([...cliques(lower), ...middle.flatMap(i => upper.map(j => `${i},${j}`))]),
  },
  {
    name: 'F2',
    score: x => all(x, early, () => 1) + all(x, late, () => 1) + sum(x, everything),
    pairs: cliques(early, late),
  },
  {
    name: 'F3',
    score: x => all(x, early, () => -1) + all(x, late, () => 1) + sum(x, everything),
    pairs: cliques(early, late),
  },
  {
    name: 'F4',
    score: x => all(x, three, i => (i === 2 ? -1 : 1)) + all(x, late, () => 1) + sum(x, everything),
    pairs: cliques(three, late),
  },
]

/** Rows of 1 and -1. */
export function signRows(rows: number, seed: number): Float64Array[] {
  const random = new Random(seed, 'fis-rashomon.signs')
  return range(0, width).map(() => new Float64Array(rows).map(() => 2 * random.integer(2) - 1))
}
