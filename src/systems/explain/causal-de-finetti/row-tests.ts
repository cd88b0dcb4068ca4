import type { GroupedColumn, GroupedTable } from '../../../data/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { structure } from '../../../lenses/index.ts'
import { Random } from '../../../random/index.ts'
import {
  cauchyCombination,
  gTest,
  kernelTest,
  partialCorrelationTest,
  type GTestOptions,
  type TestResult,
} from '../../../statistics/index.ts'
import type { testNames } from './options.ts'

export type TestName = Exclude<(typeof testNames)[number], 'automatic'>

/** By variable the cells of the first and of the second row of each group. */
export type RowPairs = readonly (readonly [first: Float64Array, second: Float64Array])[]

/** Two different rows of each group, drawn by the seed. */
export function drawPairs({ columns, groups, groupNames }: GroupedTable, seed: number, draw: number): RowPairs {
  const members = groupNames.map((): number[] => [])
  groups.forEach((group, row) => members[group]!.push(row))
  const random = new Random(seed, 'causal.pairs', draw)
  const drawn = members.map(rows => {
    const first = random.integer(rows.length)
    const second = (first + 1 + random.integer(rows.length - 1)) % rows.length
    return [rows[first]!, rows[second]!] as const
  })
  return columns.map(({ values }) => [
    Float64Array.from(drawn, ([row]) => values[row]!),
    Float64Array.from(drawn, ([, row]) => values[row]!),
  ])
}

/** The same groups in another number and order. */
export const resampled = (pairs: RowPairs, groups: ArrayLike<number>): RowPairs =>
  pairs.map(([first, second]) => [
    Float64Array.from(groups, group => first[group]!),
    Float64Array.from(groups, group => second[group]!),
  ])

/** A test of cells, each draw of rows giving a p value; several are combined. */
export function rowTest(
  draws: readonly RowPairs[],
  name: TestName,
  { degrees, signal }: GTestOptions & { signal?: AbortSignal } = {},
): structure.RowTest {
  const cells = (pairs: RowPairs, { variable, row }: structure.Cell) => pairs[variable]![row - 1]!
  return (a, b, given) => {
    signal?.throwIfAborted()
    const results = draws.map(pairs =>
      testOf(
        name,
        cells(pairs, a),
        cells(pairs, b),
        given.map(cell => cells(pairs, cell)),
        { degrees },
      ),
    )
    if (results.length === 1) return results[0]!
    const statistic = results.reduce((sum, each) => sum + each.statistic, 0) / results.length
    return { statistic, p: cauchyCombination(results.map(({ p }) => p)) }
  }
}

/** A test of variables by the first row of each group alone, whose rows are independent of each other. */
export const firstRowTest = (pairs: RowPairs, name: TestName): structure.VariableTest => {
  const test = rowTest([pairs], name)
  const cell = (variable: number) => ({ variable, row: 1 as const })
  return (a, b, given) => test(cell(a), cell(b), given.map(cell))
}

function testOf(
  name: TestName,
  x: Float64Array,
  y: Float64Array,
  given: readonly Float64Array[],
  options: GTestOptions,
): TestResult {
  if (name === 'G') return gTest(x, y, given, options)
  return name === 'kernel' ? kernelTest(x, y, given) : partialCorrelationTest(x, y, given)
}

/** What a kernel test holds and multiplies grows with the square and the cube of the groups. */
const [mostKernelGroups, mostKernelColumns] = [1500, 12]

/**
 * The test that columns allow.
 *
 * @throws InterplayError `data/mixed-columns` for numbers beside values, `option/conflict` for a test of another kind,
 * `lens/needs` where kernel tests would take too long
 */
export function testFor(
  columns: readonly GroupedColumn[],
  groups: number,
  wanted: (typeof testNames)[number],
): TestName {
  const discrete = columns.filter(({ kind }) => kind === 'discrete')
  const continuous = columns.filter(({ kind }) => kind === 'continuous')
  if (discrete.length > 0 && continuous.length > 0)
    throw new InterplayError('data/mixed-columns', 'values and numbers are not tested together', {
      where: discrete[0]!.name,
      why: `${discrete.map(({ name }) => name).join(', ')} hold values, ${continuous.map(({ name }) => name).join(', ')} numbers`,
      try: `--set columns=[${(discrete.length > continuous.length ? discrete : continuous).map(({ name }) => name).join(',')}]`,
    })
  const name = wanted === 'automatic' ? (discrete.length > 0 ? 'G' : 'kernel') : wanted
  if ((name === 'G') !== discrete.length > 0)
    throw new InterplayError(
      'option/conflict',
      `test=${name} is of ${name === 'G' ? 'values' : 'numbers'}, the columns hold ${name === 'G' ? 'numbers' : 'values'}`,
      { where: '--set test', try: '--set test=automatic' },
    )
  if (name === 'kernel' && (columns.length > mostKernelColumns || groups > mostKernelGroups))
    throw new InterplayError(
      'lens/needs',
      `kernel tests of ${columns.length} columns in ${groups} groups take too long`,
      {
        why: `at most ${mostKernelColumns} columns and ${mostKernelGroups} groups: each test multiplies matrices of groups by groups`,
        try: '--set test=correlation, or fewer columns by --set columns=[...]',
      },
    )
  return name
}
