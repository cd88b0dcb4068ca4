import { describe, expect, it } from 'vitest'
import { goldenCases } from '../../../study/parity.ts'
import { countParameters, type TableSpec } from '../../../nn/index.ts'
import { armnet } from './index.ts'
import { parityOf } from './parity.ts'

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
