import { expect, it } from 'vitest'
import { measureInteractions } from '../lenses/index.ts'
import { Random } from '../random/index.ts'
import { categoricalSpec } from '../study/index.ts'
import { AutoInt } from '../systems/features/autoint/model.ts'
import { autoint } from '../systems/features/autoint/index.ts'
import { attentionView } from '../systems/features/autoint/view.ts'
import { categoricalRows } from '../systems/features/shared/trial.ts'
import { TableLearner, trainingSettings } from '../train/index.ts'
import { besideAblation } from './own-view.ts'

const random = new Random(1, 'own-view')
const spec = categoricalSpec([4, 4, 4])
const table = categoricalRows(3, 2, 120, () => ({ values: [0, 1, 2].map(() => random.integer(2)), label: 0 }))

/** Attends between field0 and field1 alone, adds what it attended to, and multiplies field1 by field2 in its deep part. */
function contrary(): { model: AutoInt; learner: TableLearner } {
  const options = { embeddingDimension: 3, layers: 1, attentionWidth: 3, heads: 1, hidden: [8], batchNorm: false }
  const model = new AutoInt(spec, autoint.options.parse(options))
  const learner = new TableLearner(model, spec, trainingSettings(120, { seed: 2, threads: 1 }))
  const { state } = learner
  const side = (id: number) => (id % 4 === 1 ? 1 : 2)
  state.write(
    model.embedding.weight!,
    Float32Array.from({ length: 36 }, (_, i) => {
      const [row, axis] = [Math.floor(i / 3), i % 3]
      const field = Math.floor(row / 4)
      return axis === (field === 2 ? 1 : 0) ? side(row) : 0
    }),
  )
  const scaled = (by: number) => Float32Array.from({ length: 9 }, (_, i) => (i % 4 === 0 ? by : 0))
  const [layer] = model.layers
  for (const [linear, by] of [
    [layer!.query, 2],
    [layer!.key, 2],
    [layer!.value, 0],
  ] as const)
    state.write(linear.weight, scaled(by))
  const deep = state.read(model.deep!.layers[0]!.linear.weight).data
  for (let i = 0; i < deep.length; i++) deep[i] = i % 9 < 3 ? 0 : (((i * 7) % 5) - 2) * 0.6
  state.write(model.deep!.output!.weight, Float32Array.of(1, -1, 1, -1, 1, -1, 1, -1))
  return { model, learner }
}

it('weights and ablation that disagree are said to', async () => {
  const { model, learner } = contrary()
  try {
    const view = await attentionView({ model, spec, state: learner.state }, table)
    const measured = await measureInteractions(rows => learner.logits(rows), table, spec, { budget: 20_000 })
    const pairs = measured.pairs.map(({ fields, value }) => ({ set: fields, value }))
    const weights = [...view.pairs].sort((a, b) => b.value - a.value)
    expect(weights[0]!.set).toEqual(['field0', 'field1'])
    expect(pairs[0]!.set).toEqual(['field1', 'field2'])
    expect(pairs.find(({ set }) => set.join() === 'field0,field1')!.value).toBeLessThan(1e-5)

    const { figures, finding } = besideAblation(view, { name: 'non-additivity', pairs, units: 'log-odds', rows: 120 })
    expect(finding).toMatch(
      /^Attention puts field0 × field1 first, which is number [23] by non-additivity; first there is field1 × field2/,
    )
    expect(figures[0]!.title).toBe(finding)
    expect(figures[0]!.table.rows).toHaveLength(3)
    expect(figures[1]!.units).toBe('mean attention weight')
  } finally {
    await learner.close()
  }
})

it('without an ablation of its pairs no comparison is drawn', () => {
  const view = {
    weight: 'attention',
    pairs: [{ set: ['a', 'b'] as [string, string], value: 1 }],
    figures: [],
    notes: [],
  }
  expect(besideAblation(view, { name: 'SII', pairs: [], units: 'log-odds', rows: 1 })).toEqual({ figures: [] })
})
