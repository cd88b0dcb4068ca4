import { describe, expect, it } from 'vitest'
import { sliceTable } from '../../../data/index.ts'
import { compile, float64, State, type Tensor } from '../../../engine/index.ts'
import { goldenCases } from '../../../study/parity.ts'
import { countParameters, entmax, type TableSpec } from '../../../nn/index.ts'
import { Random } from '../../../random/index.ts'
import { categoricalSpec } from '../../../study/index.ts'
import { categoricalRows } from '../shared/trial.ts'
import { fieldShares, frequentCrosses, pairWeight, relationsOf, rowCrosses, supportSize } from './crosses.ts'
import { armnet } from './index.ts'
import { ArmNet, exponentialNeurons } from './model.ts'
import { parityOf } from './parity.ts'
import { crossesView } from './view.ts'

describe("parity with the authors' code", async () => {
  const cases = (await goldenCases('armnet'))!.filter(({ name }) => name !== 'entmax')

  it('covers both models, three alphas, ensembles, training and evaluation', () => {
    expect(cases.length).toBeGreaterThanOrEqual(25)
  })

  it.each(cases)('$name', async golden => {
    const { logits, gradients, others } = await parityOf(golden)
    expect(logits).toBeLessThanOrEqual(1e-5)
    for (const [name, distance] of Object.entries(others)) expect(distance, name).toBeLessThanOrEqual(1e-5)
    for (const [path, distance] of Object.entries(gradients)) expect(distance, path).toBeLessThanOrEqual(1e-4)
  })
})

describe('sizes', () => {
  const spec: TableSpec = {
    fields: Array.from({ length: 10 }, (_, i) => ({ name: `f${i}`, type: 'categorical', size: 550 })),
    targets: [{ name: 'y', kind: 'binary', classes: ['0', '1'] }],
    rows: 0,
  }

  it.each([
    [10, 177_421],
    [100, 953_221],
  ])(
    'one head, 5,500 values, 10 neurons, 2 x 300 hidden, width %d: %d parameters',
    (embeddingDimension, parameters) => {
      const options = armnet.options.parse({ embeddingDimension, neurons: 10, hidden: [300, 300] })
      expect(countParameters(armnet.create!(options, spec))).toBe(parameters)
    },
  )
})

describe('crosses', () => {
  it('are exact products of powers', async () => {
    const random = new Random(1, 'armnet.test')
    const x = Float64Array.from({ length: 5 * 6 }, () => 0.1 + 0.9 * random.uniform())
    const program = compile({
      inputs: { scores: float64(['rows', 1, 6]), powers: float64([6]), logs: float64(['rows', 6, 1]) },
      trace: ({ scores, powers, logs }: Record<'scores' | 'powers' | 'logs', Tensor>) => ({
        outputs: { cross: exponentialNeurons(entmax(scores, 2).mul(powers), logs) },
      }),
    })
    const scores = Float64Array.from({ length: 5 * 6 }, (_, i) => (i % 6 === 0 || i % 6 === 3 ? 9 : -9))
    const { cross } = await program.run({ scores, powers: Float64Array.of(3, 7, 7, -2, 7, 7), logs: x.map(Math.log) })
    await program.close()
    for (let row = 0; row < 5; row++) {
      const product = x[6 * row]! ** 1.5 / x[6 * row + 3]!
      expect(Math.abs(Number(cross!.data[row]) / product - 1)).toBeLessThan(1e-6)
    }
  })

  it('are told of all rows, and of one row', async () => {
    const random = new Random(2, 'armnet.test')
    const table = categoricalRows(5, 3, 200, () => ({
      values: Array.from({ length: 5 }, () => random.integer(3)),
      label: random.integer(2),
    }))
    const spec = categoricalSpec([5, 5, 5, 5, 5])
    const options = armnet.options.parse({ embeddingDimension: 4, neurons: 3, alpha: 2, hidden: [8] })
    const model = new ArmNet(spec, options)
    const state = new State({ model }, 3)
    const relations = await relationsOf({ model, spec, state }, table)
    expect(relations).toMatchObject({
      fields: ['field0', 'field1', 'field2', 'field3', 'field4'],
      rows: 200,
      crosses: 3,
    })
    expect(fieldShares(relations).reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6)
    const shares = frequentCrosses(relations, 1000).map(({ share }) => share)
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6)
    const orders = frequentCrosses(relations, 1000).reduce((sum, { fields, share }) => sum + fields.length * share, 0)
    expect(orders).toBeCloseTo(supportSize(relations), 6)
    const row = rowCrosses(relations, 7)
    expect(row).toHaveLength(3)
    expect(row[0]!.share).toBeGreaterThanOrEqual(row[2]!.share)
    const view = await crossesView({ model, spec, state }, table, { output: 0 })
    expect(view.pairs).toHaveLength(10)
    expect(view.pairs[0]).toEqual({ set: ['field0', 'field1'], value: pairWeight(relations, ['field0', 'field1']) })
    expect(view.figures[0]!.title).toMatch(/of neurons$/)
    const one = await crossesView({ model, spec, state }, sliceTable(table, 7, 8), { output: 0 })
    const [cross, share] = one.figures[0]!.table.rows[0]!
    expect(cross).toBe(row[0]!.fields.join(' × '))
    expect(share).toBeCloseTo(row[0]!.share, 5)
  })
})
