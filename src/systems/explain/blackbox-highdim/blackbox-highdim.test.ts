import { describe, expect, it } from 'vitest'
import {
  correlatedBins,
  functionPredictor,
  growForest,
  growTree,
  leafBoxes,
  parseRule,
  predictForest,
  rankColumns,
  ruleCounterfactuals,
  ruleText,
  shortest,
  stabilityOf,
  surrogateOf,
  treeRows,
  type Condition,
  type Predictor,
  type SurrogateOptions,
} from '../../../lenses/index.ts'
import { noStages } from '../../../study/index.ts'
import type { StudyResult, StudyTable } from '../../../system/index.ts'
import { misread, plantedModel, shapleyForm, testedRows, xorErrors } from './closed-forms.ts'
import { byVariance, confirmed, wideWorlds } from './experiment.ts'
import { explanationOf } from './explanation.ts'
import { localRules } from './local.ts'
import { measureRules } from './measure.ts'
import { rulesOptions } from './options.ts'
import { attentionParity, treeParity } from './parity.ts'
import { plantedRows, plantedScore, recalled } from './worlds.ts'

const world = plantedRows(400, 30, 2)
const model = plantedModel(world)
const quick: SurrogateOptions = {
  labels: world.labels,
  classes: world.classes,
  beside: [],
  repeats: 2,
  resamples: 3,
  made: 1000,
}
const surrogate = await surrogateOf(model, world.columns, quick)

describe('trees', () => {
  it('tell exclusive or', () => expect(xorErrors()).toBe(0))

  it("split as scikit-learn's do, and boost as xgboost's", async () => {
    const { columns, thresholds, answers, binary, classes } = (await treeParity())!
    expect(columns).toBe(0)
    expect(thresholds).toBeLessThan(1e-6)
    expect(answers).toBeLessThan(1e-9)
    expect(Math.abs(binary)).toBeLessThan(0.01)
    expect(Math.abs(classes)).toBeLessThan(0.01)
  })

  it('have Shapley values that add up, and are the sums over all subsets', () => {
    const { sum, brute } = shapleyForm(1, 2)
    expect(sum).toBeLessThan(1e-9)
    expect(brute).toBeLessThan(1e-9)
  })

  it('split values one from the others, and their boxes hold every row once', () => {
    const columns = [Float64Array.of(0, 1, 2, 0, 1, 2, 1, 2), Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8)]
    const sums = columns[0]!.map((code, r) => Number(code === 1) + columns[1]![r]! / 100)
    const rows = treeRows(columns, ['categorical', 'numeric'])
    const tree = growTree(rows, { sums, weights: new Float64Array(8).fill(1), outputs: 1 })
    expect(tree.branch!.split).toEqual({ kind: 'value', column: 0, code: 1 })
    expect(leafBoxes(tree).reduce((sum, { leaf }) => sum + leaf.weight, 0)).toBe(8)
  })

  it('of a forest on drawn rows, or with drawn thresholds, follow the answers, each seed its own', () => {
    const rows = treeRows(
      world.columns.slice(0, 6),
      world.columns.slice(0, 6).map(() => 'numeric'),
    )
    const sums = world.columns[4]!.map(x => -x)
    const targets = { sums, weights: new Float64Array(rows.rows).fill(1), outputs: 1 }
    for (const kind of ['random forest', 'extremely randomised'] as const) {
      const options = { kind, trees: 8, leastWeight: 5 }
      const answers = predictForest(growForest(rows, targets, { ...options, seed: 1 }), rows.columns)
      const error = answers.reduce((sum, answer, r) => sum + (answer - sums[r]!) ** 2, 0) / rows.rows
      expect(error, kind).toBeLessThan(0.5)
      const again = predictForest(growForest(rows, targets, { ...options, seed: 2 }), rows.columns)
      expect(again, kind).not.toEqual(answers)
    }
  })

  it('cut at the decimal of the fewest digits between two cells', () => {
    expect(shortest(3.14159, 3.2)).toBe(3.17)
    expect(shortest(0, 7)).toBe(4)
    expect(shortest(1e-9, 2e-9)).toBe(1.5e-9)
  })
})

it('the self-attention network is that of PyTorch', async () => {
  const { logits, attention } = (await attentionParity())!
  expect(logits).toBeLessThan(1e-5)
  expect(attention).toBeLessThan(1e-5)
})

describe('a rule', () => {
  it.each<[string, Condition[]]>([
    ['two ends', [{ field: 'x', above: -0.5, atMost: 1e-7 }]],
    [
      'one end each',
      [
        { field: 'Wing span', above: 12 },
        { field: 'y', atMost: 3.25 },
      ],
    ],
    [
      'values',
      [
        { field: 'Phase of flight', is: 'Take-off run' },
        { field: 'k', noneOf: ['a', 'b, c'] },
      ],
    ],
    [
      'names like its own words',
      [
        { field: 'salt and pepper', is: 'not here' },
        { field: 'x <= "3"', above: 1 },
      ],
    ],
    ['nothing', []],
  ])('of %s is read back from its text', (_, conditions) => {
    const text = ruleText(conditions, 'yes')
    expect(parseRule(text)).toEqual({ conditions, answer: 'yes' })
  })

  it.each(['x > 3', 'x near 3 → yes'])("'%s' is none", text => {
    expect(() => parseRule(text)).toThrow(/is not a rule/)
  })
})

describe('a surrogate of planted log-odds', () => {
  it('finds the columns that carry them, where single columns do not show it', () => {
    const found = surrogate.ranking.order.slice(0, 17)
    expect(recalled(found)).toBeGreaterThanOrEqual(10)
    const labels = Int32Array.from(world.labels.values)
    const single = byVariance(world.columns, labels, 2)
    expect(Math.min(single.indexOf(0), single.indexOf(1))).toBeGreaterThan(surrogate.ranking.order.indexOf(0))
    expect(surrogate.ranking.resampled).toHaveLength(3)
    expect(surrogate.stability).toBeGreaterThan(0.4)
  })

  it('answers more like the model than the commonest answer does, and says by how much', () => {
    const [{ agreement, macro, r2, truth }] = surrogate.fidelity as [(typeof surrogate.fidelity)[0]]
    expect(agreement.value).toBeGreaterThan(surrogate.majority)
    expect(macro.value).toBeGreaterThan(0.5)
    expect(r2.value).toBeLessThan(1)
    expect(truth!.value).toBeLessThanOrEqual(1)
    expect(surrogate.modelTruth!.value).toBeGreaterThan(0.8)
  })

  it('has rules whose printed text gives the numbers that are told', () => {
    expect(surrogate.rules.length).toBeGreaterThan(3)
    expect(misread(surrogate.rules, world.classes, testedRows(surrogate, world.labels.values))).toBe(0)
  })

  it('has counterfactuals that the model is asked about, and that leave alone what may not change', async () => {
    const { asked, verified, changed } = await confirmed(surrogate, model, world, 20, 'x5')
    expect(asked).toBeGreaterThan(10)
    expect(verified).toBeGreaterThan(0)
    expect(changed).toBe(0)
    for (const at of surrogate.parts.test.subarray(0, 5)) {
      const row = Float64Array.from(world.columns, column => column[at]!)
      const own = surrogate.top.map(c => row[c]!)
      const side = surrogate.answers.sides[at]!
      for (const { changes, verified: told } of await ruleCounterfactuals(surrogate, model, row, own, {
        side,
        top: 9,
      })) {
        const moved = row.slice()
        for (const { field, to } of changes) moved[world.fields.indexOf(field)] = to
        expect(Number(plantedScore(moved) > 0) !== side).toBe(told)
      }
    }
  })

  it('is told whole, and of one row', async () => {
    const options = rulesOptions.parse({ beside: ['boosted'], trees: 5, repeats: 1, resamples: 2, pairs: 2, made: 200 })
    const measured = await measureRules(model, world.columns, options, { labels: world.labels, classes: world.classes })
    const { results, figures, notes, document } = explanationOf(measured, world.fields)
    expect(new Set(results.map(({ index }) => index))).toEqual(new Set(['rule', 'importance', 'FBII']))
    expect(figures.map(({ title }) => title).join('\n')).toMatch(/their tree answers as the model on .*%/)
    expect(document.faithfulness.at(-1)!.comprehensiveness.value).toBeGreaterThan(0)
    expect(document.fidelity.map(each => each.surrogate)).toEqual(['tree', 'boosted'])
    expect(notes[0]).toMatch(/always the commonest answer: \d/)

    const row = Float64Array.from(world.columns, column => column[3]!)
    const told = await localRules(measured.surrogate, model, row, { number: 4 })
    const shares = told.results.filter(({ index }) => index.startsWith('share'))
    expect(shares.length).toBeGreaterThan(0)
    expect(told.notes[0]).toMatch(/^Row 4: .* → (yes|no)$/)
    expect(told.row.counterfactuals.length).toBeGreaterThan(0)
    const [verified, others] = [true, false].map(so => told.row.counterfactuals.filter(each => each.verified === so))
    expect(told.row.counterfactuals).toEqual([...verified!, ...others!])
    for (const own of [verified!, others!]) {
      const distances = own.map(({ distance }) => distance)
      expect(distances).toEqual(distances.toSorted((a, b) => a - b))
    }
  })
})

it('numbers are told by the side of their middle', async () => {
  const product = functionPredictor(([a, b]) => 3 * a! + b!, { fields: ['a', 'b', 'c'] })
  const { rules, fidelity, words } = await surrogateOf(product, world.columns.slice(0, 3), { beside: [], resamples: 0 })
  expect(words.kind).toBe('value')
  expect(rules[0]!.answer).toMatch(/^about -?\d/)
  expect(fidelity[0]!.r2.value).toBeGreaterThan(0.7)
})

it('of many columns, bins of correlated ones are shuffled first', async () => {
  const bins = correlatedBins(world.columns, [...world.columns.keys()], 10)
  expect(bins.map(bin => bin.length)).toEqual([10, 10, 10])
  expect(bins.some(bin => [4, 12, 13, 14, 15, 16].every(c => bin.includes(c)))).toBe(true)
  const { order, predictions } = await rankColumns(model, world.columns, { candidates: 20, repeats: 1, resamples: 0 })
  expect(order).toHaveLength(20)
  expect(recalled(order)).toBeGreaterThan(8)
  expect(predictions).toBe(400 * (1 + 3 + 20 * 3))
})

it('the share of columns that orders have in common', () => {
  expect(
    stabilityOf(
      [
        [1, 2, 3],
        [2, 1, 4],
      ],
      2,
    ),
  ).toBe(1)
  expect(
    stabilityOf(
      [
        [1, 2, 3],
        [2, 3, 4],
      ],
      2,
    ),
  ).toBeCloseTo(1 / 3, 12)
})

it('the planted world is measured, at a small size', async () => {
  const settled = new Map<string, boolean>()
  const shown: StudyTable[] = []
  const sizes = { rows: 120, columns: 20, patterns: 0, sparse: 0, sparseColumns: 0, epochs: 1, trees: 2 }
  const context = {
    size: 'full' as const,
    seeds: [1],
    threads: 1,
    open: () => true,
    stage: noStages.stage,
    settle: (name: string, { holds }: { holds: boolean }) => void settled.set(name, holds),
    show: ({ table }: StudyResult) => void shown.push(table!),
    shown: () => ({}),
    skip: () => {},
    progress: () => {},
    dataset: () => undefined,
  }
  await wideWorlds(context, sizes)
  expect([...settled.keys()]).toEqual(['recall', 'univariate', 'surrogate', 'fidelity'])
  expect(shown[0]!.rows.filter(([, what]) => /among the first 30/.test(String(what)))).toHaveLength(5)
})

describe('refuses', () => {
  const constant: Predictor = { ...model, predict: async columns => columns[0]!.map(() => 1) }
  const broken = world.columns.with(3, new Float64Array(400).fill(NaN))
  const short = world.columns.map(column => column.subarray(0, 20))
  it.each<[string, Predictor, typeof world.columns, SurrogateOptions, object]>([
    ['a model that answers all rows alike', constant, world.columns, {}, { code: 'data/target-constant' }],
    ['a column without a value', model, broken, {}, { code: 'data/not-finite', message: "'x4' has no value" }],
    ['more columns than there are', model, world.columns, { top: 31 }, { code: 'option/invalid' }],
    ['too few rows', model, short, {}, { code: 'data/too-few-rows' }],
    [
      'labels of other rows',
      model,
      world.columns,
      { labels: { kind: 'binary', values: [1] } },
      { code: 'shape/mismatch' },
    ],
  ])('%s', async (_, predictor, columns, options, error) => {
    await expect(surrogateOf(predictor, columns, options)).rejects.toMatchObject(error)
  })

  it('a constraint on a field there is not', async () => {
    const row = Float64Array.from(world.columns, column => column[0]!)
    const constraints = [{ field: 'x99', immutable: true }]
    await expect(localRules(surrogate, model, row, { number: 1, constraints })).rejects.toMatchObject({
      code: 'option/invalid',
    })
  })
})
