import { describe, expect, it } from 'vitest'
import { sliceTable, type EncodedTable } from '../../../data/index.ts'
import { countParameters, type TableSpec } from '../../../nn/index.ts'
import { goldenCases } from '../../../study/parity.ts'
import { parseOptions } from '../../../system/index.ts'
import { TableLearner, trainingSettings } from '../../../train/index.ts'
import { activationsOf, historyLengths, withBehaviours } from './activations.ts'
import { checkHistories } from './check.ts'
import { identities } from './closed-forms.ts'
import { byLength } from './groups.ts'
import { awMoe } from './index.ts'
import { AwMoe, type AwMoeOptions } from './model.ts'
import { parityOf } from './parity.ts'
import { plantedTypes, queryFields } from './planted.ts'
import { behavioursView, expertEffects } from './view.ts'

const optionsOf = (set: Partial<AwMoeOptions> = {}) => parseOptions(awMoe, set)

describe('parity', async () => {
  const cases = (await goldenCases('aw-moe'))!

  it('covers search, recommendation and the attention over behaviours', () => {
    const names = ['din-attention', 'recommendation', 'recommendation-length-norm', 'search']
    expect(cases.map(({ name }) => name).sort()).toEqual(names)
  })

  it.each(cases)('$name', async golden => {
    const { outputs, gradients } = await parityOf(golden)
    expect(Object.keys(outputs).length + Object.keys(gradients).length).toBeGreaterThan(5)
    for (const [name, distance] of Object.entries(outputs)) expect(distance, name).toBeLessThanOrEqual(1e-5)
    for (const [path, distance] of Object.entries(gradients)) expect(distance, path).toBeLessThanOrEqual(1e-5)
  })
})

it('does what follows from its equations', async () => {
  for (const [name, error] of Object.entries(await identities())) expect(error, name).toBeLessThanOrEqual(1e-5)
})

const tiny: Partial<AwMoeOptions> = {
  query: queryFields,
  embeddingDimension: 4,
  hidden: 8,
  attentionHidden: [4],
  expertHidden: [8],
  gateHidden: [6],
}

describe('trained on the planted types', () => {
  const data = plantedTypes(1, 'small')
  const learnerOf = (set: Partial<AwMoeOptions> = {}) => {
    const model = new AwMoe(data.spec, optionsOf({ ...tiny, ...set }))
    const settings = trainingSettings(data.train.rows, { seed: 1, threads: 1, batch: 64, learningRate: 1e-2 })
    return { model, learner: new TableLearner(model, data.spec, settings, data.train) }
  }
  const feedsOf = (from: number, to: number) => {
    const rows = sliceTable(data.train, from, to)
    return {
      categorical: rows.categorical,
      'sequence.history': rows.sequences[0]!.ids,
      'target.y': rows.targets[0]!,
    }
  }

  it('the contrast moves the gate, not the answers of the same weights; a batch of few rows has it too', async () => {
    const plain = learnerOf({ contrast: 0 })
    const contrasted = learnerOf({ contrast: 1 })
    try {
      const losses = await Promise.all([plain, contrasted].map(({ learner }) => learner.step(feedsOf(0, 64), 1e-2)))
      expect(losses[0]).toBeCloseTo(losses[1]!, 6)
      const valueOf = ({ model, learner }: typeof plain, path: string) =>
        learner.state.read([...model.parameters()].find(([name]) => name === path)![1]).data as Float32Array
      const moved = (path: string) =>
        valueOf(plain, path).some((value, i) => Math.abs(value - valueOf(contrasted, path)[i]!) > 1e-6)
      expect(moved('gate.unit.output.weight')).toBe(true)
      expect(moved('experts.0.output.weight')).toBe(false)
      expect(await contrasted.learner.step(feedsOf(0, 3), 1e-2)).toBeGreaterThan(0)
    } finally {
      await Promise.all([plain.learner.close(), contrasted.learner.close()])
    }
  })

  it('shows experts by group, and of one row each behaviour, beside what its removal takes', async () => {
    const { model, learner } = learnerOf()
    try {
      const trained = { model, spec: data.spec, state: learner.state }
      const view = await behavioursView(trained, data.test, { output: 0 })
      expect(view.figures.map(({ units }) => units)).toEqual([
        'log-odds',
        'gate, along its principal components',
        'AUC',
      ])
      const served = view.figures[1]!.table.rows.map(([, count]) => Number(count))
      expect(served.reduce((sum, count) => sum + count, 0)).toBe(data.test.rows)
      expect(view.pairs).toHaveLength(12)
      expect(view.pairs.every(({ set, value }) => set[0] === 'history' && value > 0)).toBe(true)

      const lengths = historyLengths(model, data.test)
      const at = lengths.findIndex(length => length >= 3)
      const row = sliceTable(data.test, at, at + 1)
      const [figure] = (await behavioursView(trained, row, { output: 0, nameOf: (_, id) => `c${id - 1}` })).figures
      expect(figure!.table.rows).toHaveLength(lengths[at]! * 6)
      const first = row.sequences[0]!.ids[0]! - 1
      const cell = (column: string) =>
        figure!.table.rows.find(each => each[1] === `1 c${first}` && each[2] === column)![3]
      const without = withBehaviours(model, row, (_, place) => place !== 0)
      const [before, after] = [await learner.logits(row), await learner.logits(without)]
      expect(cell('removed')).toBeCloseTo(before[0]! - after[0]!, 5)
      const { contributions, said } = await activationsOf(trained, row)
      expect(cell('all')).toBeCloseTo(
        said.reduce((sum, value, k) => sum + value * contributions![k]!, 0),
        5,
      )
    } finally {
      await learner.close()
    }
  })

  it('a weight in the gate is no effect: experts that say nothing are weighed all the same', async () => {
    const { model, learner } = learnerOf({ pooling: 'mean' })
    try {
      const silent = model.experts[0]!.output!
      learner.state.write(silent.weight, new Float32Array(silent.weight.size))
      learner.state.write(silent.bias!, new Float32Array(1))
      const activations = await activationsOf({ model, spec: data.spec, state: learner.state }, data.test)
      const { experts, rows, gate } = activations
      const { moved } = expertEffects(activations)
      const of = (values: Float64Array, k: number) =>
        Array.from({ length: rows }, (_, row) => Math.abs(values[row * experts + k]!)).reduce((a, b) => a + b, 0) / rows
      expect(of(gate, 0)).toBeGreaterThan(0.01)
      expect(of(moved, 0)).toBe(0)
      expect(of(moved, 1)).toBeGreaterThan(0)
    } finally {
      await learner.close()
    }
  })

  it.each([
    ['softmax', {}],
    ['candidate', { pooling: 'mean' }],
    ['scalar', {}],
    ['unweighted', { lengthNorm: true }],
    ['none', {}],
  ] as const)('the baseline %s answers and learns', async (gate, set) => {
    const { model, learner } = learnerOf({ gate, ...set })
    try {
      expect(model.experts).toHaveLength(gate === 'none' ? 1 : 4)
      expect(await learner.step(feedsOf(0, 32), 1e-3)).toBeGreaterThan(0)
      expect((await learner.logits(sliceTable(data.test, 0, 5))).every(Number.isFinite)).toBe(true)
    } finally {
      await learner.close()
    }
  })
})

it('groups rows by the length of their histories', () => {
  const groups = byLength(Int32Array.of(0, 1, 2, 3, 7, 8, 40))
  expect(groups).toEqual([
    { name: 'no history', rows: [0] },
    { name: 'histories of 1 to 2', rows: [1, 2] },
    { name: 'histories of 3 to 7', rows: [3, 4] },
    { name: 'histories of 8 to 15', rows: [5] },
    { name: 'histories of 16 or more', rows: [6] },
  ])
})

describe('what it cannot learn from', () => {
  const spec: TableSpec = {
    fields: [
      { name: 'item', type: 'categorical', size: 6 },
      { name: 'city', type: 'categorical', size: 4 },
      { name: 'history', type: 'sequence', size: 6, length: 2, vocabulary: 'item' },
      { name: 'likes', type: 'sequence', size: 5, length: 2 },
    ],
    targets: [{ name: 'y', kind: 'binary', classes: ['0', '1'] }],
    rows: 4,
  }
  const only = { ...spec, fields: spec.fields.slice(0, 3) }
  const made = (set: Partial<AwMoeOptions>, of = spec) => countParameters(new AwMoe(of, optionsOf(set)))

  it('tables without a history, and parts that are none', () => {
    expect(() => made({}, { ...spec, fields: spec.fields.slice(0, 2) })).toThrow(/no field is a sequence/)
    expect(() => made({})).toThrow(/'likes' shares no vocabulary/)
    expect(() => made({ history: ['city'] })).toThrow(/'city', which is categorical/)
    expect(() => made({ history: ['histories'] })).toThrow(/'histories', which is not an input field/)
    expect(() => made({ history: ['history'], query: ['history'] })).toThrow(/both history and query/)
    expect(() => made({ history: ['history'], user: 'likes' })).toThrow(/'likes', which is sequence/)
    expect(() => made({ history: ['likes'], query: ['item', 'city', 'history'] })).toThrow(/no field is left/)
    const uneven = spec.fields.map(field =>
      field.name === 'likes' ? { ...field, length: 3, vocabulary: 'city' } : field,
    )
    expect(() => made({}, { ...spec, fields: uneven })).toThrow(/'history' has up to 2 items and 'likes' up to 3/)
    expect(made({ history: ['history'] })).toBeGreaterThan(0)
  })

  const table = (lists: number[][], items: number[], labels: number[]): EncodedTable => ({
    rows: lists.length,
    categorical: Int32Array.from(items.flatMap(item => [item, 6 + 1])),
    numeric: new Float32Array(),
    sequences: [{ field: 'history', length: 2, ids: Int32Array.from(lists.flat()) }],
    targets: [Float32Array.from(labels)],
    rowNumber: Int32Array.from(lists, (_, row) => row + 1),
  })
  const empty = table([], [], [])
  const check = (train: EncodedTable, set: Partial<AwMoeOptions> = {}) =>
    checkHistories({ name: 'rows.csv', spec: only, train, valid: empty, test: empty }, optionsOf(set))

  it('histories of values that are not known', () => {
    const lists = [
      [5, 5],
      [5, 1],
      [2, 0],
    ]
    expect(() => check(table(lists, [1, 2, 3], [0, 1, 0]))).toThrow(/3 of 5 items of 'history' in rows\.csv/)
    const few = [
      [5, 1],
      [3, 1],
      [2, 0],
    ]
    expect(check(table(few, [1, 2, 3], [0, 1, 0]))).toEqual([
      "1 of 5 items of 'history' are in no vocabulary and share one code",
    ])
  })

  it("histories that hold the row's own event", () => {
    const lists = [
      [1, 2],
      [3, 4],
      [1, 3],
      [2, 1],
    ]
    expect(() => check(table(lists, [2, 4, 1, 3], [1, 1, 0, 0]))).toThrow(/own 'item' in 100% of positive rows/)
    expect(check(table(lists, [1, 3, 2, 4], [1, 1, 0, 0]))).toEqual([])
  })

  it('one user alone, where there is a contrast', () => {
    const lists = [
      [1, 2],
      [1, 2],
    ]
    const rows = table(lists, [3, 4], [0, 1])
    expect(() => check(rows)).toThrow(/all training rows of rows\.csv are of one user/)
    expect(check(rows, { contrast: 0 })).toEqual([])
    expect(() =>
      check(
        table(
          [
            [1, 2],
            [2, 1],
          ],
          [3, 4],
          [0, 1],
        ),
        { user: 'city' },
      ),
    ).toThrow(/of one user/)
  })
})
