import { describe, expect, it } from 'vitest'
import { State } from '../../../engine/index.ts'
import { Influence } from '../../../lenses/index.ts'
import { TableLearner, trainingSettings, trainTable } from '../../../train/index.ts'
import { kroneckerForm, linearForm } from './closed-forms.ts'
import { loneRows, toldOf } from './explanation.ts'
import { influenceParities } from './parity.ts'
import { curvedRows, flippedRows, Plain, specOf } from './worlds.ts'

it("influences match kronfluence's, however the curvature is kept", async () => {
  const parities = (await influenceParities())!
  expect(parities.map(({ strategy }) => strategy)).toEqual(['ekfac', 'kfac', 'diagonal', 'identity'])
  for (const { strategy, pairwise, self } of parities) {
    expect(pairwise, strategy).toBeLessThan(1e-4)
    expect(self, strategy).toBeLessThan(1e-4)
  }
})

describe('closed forms', () => {
  it('one linear layer: the dense inverse', async () => expect(await linearForm(40, 2)).toBeLessThan(1e-5))

  it('a curvature that is a Kronecker product', () => expect(kroneckerForm(3)).toBeLessThan(1e-5))
})

it('flipped labels come first by self-influence', async () => {
  const { table, flipped } = flippedRows(300, 1)
  const model = new Plain(64, [16])
  const spec = specOf(64, 'binary', table.rows)
  const settings = trainingSettings(300, {
    epochs: 12,
    patience: 12,
    batch: 32,
    learningRate: 3e-3,
    seed: 1,
    threads: 1,
  })
  const learner = new TableLearner(model, spec, settings, table)
  try {
    await trainTable(learner, { train: table, valid: table }, { settings })
    await using influence = await Influence.of({ model, spec, state: learner.state }, table)
    const self = influence.self()
    const first = [...self.keys()].sort((a, b) => self[b]! - self[a]!).slice(0, flipped.size)
    expect(first.filter(row => flipped.has(row)).length / flipped.size).toBeGreaterThan(0.6)

    const words = { number: (row: number) => row + 1, says: (row: number) => `label ${table.targets[0]![row]}` }
    const told = loneRows(influence, { top: 5, words, units: 'log-likelihood' })
    expect(told.results[0]).toMatchObject({ set: [`row ${first[0]! + 1}`], index: 'self-influence' })
    expect(told.figures[0]!.table.rows).toHaveLength(5)
  } finally {
    await learner.close()
  }
})

it('rows that raise an answer are told before those that lower it, with the share of each layer', async () => {
  const table = curvedRows(50, 1)
  const model = new Plain(8, [6, 5])
  const trained = { model, spec: specOf(8, 'regression', 50), state: new State({ model }, 1) }
  await using influence = await Influence.of(trained, table)
  const [found] = await influence.on(curvedRows(1, 2))
  const words = { number: (row: number) => row + 1, says: () => 'a row' }
  const { results, notes } = toldOf(influence, found!, 'the answer', { top: 8, words, units: 'log-odds' })
  const values = results.map(({ value }) => value)
  expect(values).toEqual([...values].sort((a, b) => b - a))
  expect(values.length).toBe(8)
  expect(notes[1]).toMatch(
    /^by layer: mlp\.layers\.0\.linear\.weight [\d.]+%, mlp\.layers\.1.*, mlp\.output\.weight [\d.]+%$/,
  )
})
