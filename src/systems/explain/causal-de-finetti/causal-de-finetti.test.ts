import { describe, expect, it } from 'vitest'
import { checkGroups, type GroupedTable } from '../../../data/index.ts'
import { structure } from '../../../lenses/index.ts'
import {
  cauchyCombination,
  chiSquareTail,
  gammaTail,
  gTest,
  logGamma,
  normalTails,
  partialCorrelationTest,
} from '../../../statistics/index.ts'
import { Random } from '../../../random/index.ts'
import { noStages } from '../../../study/index.ts'
import type { StudyResult } from '../../../system/index.ts'
import { directionsWrong, recovered } from './closed-forms.ts'
import { controls, many, two } from './experiment.ts'
import { explanationOf } from './explanation.ts'
import { identify } from './identify.ts'
import { causalOptions } from './options.ts'
import { gParity, kernelParity } from './parity.ts'
import { binaryWorld, numbersWorld, shuffledGroups } from './worlds.ts'

const options = causalOptions.parse({})
const context = { seed: 1 }

describe('tails of distributions', () => {
  it.each([
    [chiSquareTail(3.841458820694124, 1), 0.05],
    [chiSquareTail(18.307038053275146, 10), 0.05],
    [chiSquareTail(1e-3, 4), 0.999999875],
    [chiSquareTail(100, 2), Math.exp(-50)],
    [gammaTail(2, 1, 1), Math.exp(-2)],
    [gammaTail(3, 2, 1.5), 3 * Math.exp(-2)],
    [normalTails(1.959963984540054), 0.05],
  ])('%d is %d', (value, expected) => expect(Math.abs(value / expected - 1)).toBeLessThan(1e-9))

  it('the logarithm of the gamma function', () => {
    expect(logGamma(10)).toBeCloseTo(Math.log(362880), 11)
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 12)
  })

  it('equal p values are combined to the same', () => expect(cauchyCombination([0.03, 0.03])).toBeCloseTo(0.03, 12))
})

describe('tests of independence', () => {
  it("the kernel test is causal-learn's", async () => {
    const { unconditional, conditional, compared } = (await kernelParity(100, 4))!
    expect(compared).toBe(4)
    expect(unconditional).toBeLessThan(1e-6)
    expect(conditional).toBeLessThan(1e-5)
  })

  it('the G test is that of the published code, empty cells among them', async () => {
    const { statistic, p, compared } = (await gParity())!
    expect(compared).toBe(16)
    expect(statistic).toBeLessThan(1e-9)
    expect(p).toBeLessThan(1e-9)
  })

  it('the G test counts strata that tell something', () => {
    const [x, y, z] = [
      [0, 1, 0, 1],
      [0, 1, 0, 1],
      [0, 0, 1, 1],
    ]
    expect(gTest(x, y, [z]).p).toBeCloseTo(chiSquareTail(8 * Math.log(2), 2), 12)
    expect(gTest(x, [0, 0, 0, 0])).toEqual({ statistic: 0, p: 1 })
  })

  it('partial correlation tells a common cause from an effect', () => {
    const random = new Random(1, 'partial')
    const z = new Float64Array(400).map(() => random.normal())
    const [x, y] = [0, 1].map(() => z.map(value => value + random.normal())) as [Float64Array, Float64Array]
    expect(partialCorrelationTest(x, y).p).toBeLessThan(1e-6)
    expect(partialCorrelationTest(x, y, [z]).p).toBeGreaterThan(0.01)
  })
})

describe('with separation in place of tests', () => {
  it.each([
    [2, 3],
    [3, 25],
    [4, 543],
  ])('all graphs of %d columns are found', (nodes, count) => {
    expect(recovered(nodes)).toEqual({ graphs: count, wrong: [] })
  })

  it('of two, by three tests', () => expect(directionsWrong()).toBe(0))

  it('24 graphs of four are missed without co-parents, as in the published code', () => {
    const { wrong } = recovered(4, { coParents: false })
    expect(wrong).toHaveLength(24)
  })
})

describe('rows that are independent of each other', () => {
  const oracle = (edges: structure.Edge[]): structure.VariableTest => {
    const parents = structure.parentsOf(4, edges)
    return (a, b, given) => ({ statistic: 0, p: Number(structure.separated(parents, a, b, new Set(given))) })
  }

  it('identify colliders and what follows, no more', () => {
    expect(
      structure.pcStructure(
        4,
        oracle([
          [0, 2],
          [1, 2],
          [2, 3],
        ]),
      ),
    ).toEqual({
      directed: [
        [0, 2],
        [1, 2],
        [2, 3],
      ],
      undirected: [],
    })
    expect(
      structure.pcStructure(
        4,
        oracle([
          [0, 1],
          [1, 2],
          [2, 3],
        ]),
      ).undirected,
    ).toHaveLength(3)
  })

  it('with noise that is not normal identify linear effects', () => {
    const random = new Random(3, 'lingam')
    const x = new Float64Array(600).map(() => random.uniform() - 0.5)
    const y = x.map(value => 2 * value + 0.5 * (random.uniform() - 0.5))
    const z = y.map(value => value + random.uniform() - 0.5)
    expect(structure.lingamStructure([z, y, x]).map(edge => edge.join())).toEqual(
      expect.arrayContaining(['2,1', '1,0']),
    )
    expect(structure.lingamStructure([x, x.map(() => random.uniform())])).toEqual([])
  })
})

describe('groups of binary columns', () => {
  const edges: structure.Edge[] = [
    [0, 1],
    [1, 2],
  ]
  const { table } = binaryWorld(8000, 3, 5, { edges })

  it('identify the graph, told with every test and with what other rows leave undecided', async () => {
    const identified = await identify(table, causalOptions.parse({ resamples: 2 }), context)
    expect(identified.edges.map(({ from, to }) => [from, to])).toEqual(edges)
    expect(identified.unidentified).toBeUndefined()
    const { results, notes, table: tests, figures } = explanationOf(identified)
    expect(results.map(({ set }) => set[0])).toEqual(['x1 → x2', 'x2 → x3'])
    expect(tests!.rows).toHaveLength(identified.tests.length)
    expect(figures![0]!.title).toBe('x1 → x2, x2 → x3')
    expect(notes!.join('\n')).toMatch(/taken as independent \(PC\): .*undecided/)
    expect(notes!.at(-1)).toMatch(/^assumed:/)
  })

  it.each([
    ['shuffled over the groups', () => shuffledGroups(binaryWorld(2000, 2, 4, { edges: [[0, 1]] }).table, 2)],
    ['alike in all groups', () => binaryWorld(2000, 2, 4, { edges: [[0, 1]], constant: true }).table],
  ])('%s identify nothing, and that is said', async (_, make) => {
    const identified = await identify(make(), options, context)
    expect(identified.unidentified).toMatch(/no mechanism is seen to vary/)
    expect(explanationOf(identified).notes![0]).toBe('These groups do not identify a direction')
  })

  it('with more rows, several draws are combined', async () => {
    const { table: wide } = binaryWorld(3000, 2, 7, { edges: [[0, 1]], rows: 4 })
    const { edges: found } = await identify(wide, causalOptions.parse({ pairs: 5 }), context)
    expect(found.map(({ from, to }) => [from, to])).toEqual([[0, 1]])
  })
})

it('the experiments run, at a small size', async () => {
  const settled: string[] = []
  let result: StudyResult = {}
  const study = {
    size: 'full' as const,
    seeds: [1],
    threads: 1,
    open: () => true,
    stage: noStages.stage,
    settle: (name: string) => void settled.push(name),
    show: (shown: StudyResult) => {
      result = shown
    },
    shown: () => result,
    skip: () => {},
    progress: () => {},
    dataset: () => undefined,
  }
  await controls(study, 1, 1, 200)
  await two(study, { worlds: 2, sizes: [60] })
  many(study, { worlds: 2, sizes: [300] })
  expect(result.table!.rows.map(([columns]) => columns)).toEqual(['2 numbers', '3 binary'])
  expect(settled).toEqual(['shuffled', 'constant', 'two', 'lingam', 'many'])
})

describe('refuses', () => {
  const numbers = numbersWorld(60, 1).table
  const discrete = binaryWorld(60, 2, 1).table
  const mixed: GroupedTable = { ...numbers, columns: [numbers.columns[0]!, { ...discrete.columns[1]!, name: 'b' }] }
  const large: GroupedTable = { ...numbersWorld(1600, 1).table }
  it.each<[string, GroupedTable, object, object]>([
    ['numbers beside values', mixed, {}, { code: 'data/mixed-columns' }],
    ['a test of another kind', numbers, { test: 'G' }, { code: 'option/conflict' }],
    ['too many groups for kernels', large, {}, { code: 'lens/needs' }],
    ['a column there is not', numbers, { columns: ['x1', 'x3'] }, { code: 'data/unknown-field' }],
    ['one column', numbers, { columns: ['x1'] }, { code: 'option/invalid' }],
  ])('%s', async (_, table, given, error) => {
    await expect(identify(table, causalOptions.parse(given), context)).rejects.toMatchObject(error)
  })

  it('few groups, and groups of one row', () => {
    expect(() => checkGroups(numbersWorld(20, 1).table)).toThrow(/'site' has 20 groups/)
    const lone = { ...numbers, groupNames: [...numbers.groupNames, 'x'], groups: numbers.groups.with(0, 60) }
    expect(() => checkGroups(lone)).toThrow(/group 'site 1' of 'site' has 1 rows/)
  })
})
