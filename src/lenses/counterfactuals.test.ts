import { expect, it } from 'vitest'
import { Random } from '../random/index.ts'
import { functionPredictor } from './adapters/function.ts'
import { counterfactuals } from './counterfactuals.ts'

const fields = [
  { name: 'age', type: 'numeric' as const },
  { name: 'income', type: 'numeric' as const },
  { name: 'city', type: 'categorical' as const, values: ['Rome', 'Oslo'] },
]
/** Yes only with income over 0.5 in Oslo, or over 0.8 anywhere. */
const model = functionPredictor(([, income, city]) => ((city === 1 && income! > 0.5) || income! > 0.8 ? 1 : -1), {
  fields,
})
const random = new Random(1, 'counterfactuals')
const columns = [
  new Float64Array(500).map(() => random.uniform()),
  new Float64Array(500).map(() => random.uniform()),
  new Float64Array(500).map(() => random.integer(2)),
]

it('finds the fewest and smallest changes that turn the answer', async () => {
  const { found, answer } = await counterfactuals(model, [0.5, 0.6, 0], columns)
  expect(answer).toBe(-1)
  expect(found[0]!.changes).toHaveLength(1)
  const single = found.filter(({ changes }) => changes.length === 1).map(({ changes }) => changes[0]!)
  expect(single).toContainEqual({ field: 'city', from: 0, to: 1 })
  const income = single.find(({ field }) => field === 'income')!
  expect(income.to).toBeGreaterThan(0.8)
  expect(income.to).toBeLessThan(0.9)
  expect(found.every(each => each.answer === 1)).toBe(true)
})

it('needs two changes where no single one does', async () => {
  const { found } = await counterfactuals(model, [0.5, 0.2, 0], columns, {
    constraints: [{ field: 'income', range: [0, 0.7] }],
  })
  expect(found[0]!.changes.map(({ field }) => field)).toEqual(['income', 'city'])
  expect(found[0]!.changes[0]!.to).toBeLessThanOrEqual(0.7)
})

it('obeys what may not change, or only one way', async () => {
  const fixed = {
    constraints: [
      { field: 'city', immutable: true },
      { field: 'income', only: 'down' as const },
    ],
  }
  expect((await counterfactuals(model, [0.5, 0.6, 0], columns, fixed)).found).toEqual([])
  const up = await counterfactuals(model, [0.5, 0.6, 0], columns, {
    constraints: [
      { field: 'city', immutable: true },
      { field: 'income', only: 'up' },
    ],
  })
  expect(up.found[0]!.changes).toEqual([{ field: 'income', from: 0.6, to: expect.any(Number) }])
  await expect(
    counterfactuals(model, [0, 0, 0], columns, { constraints: [{ field: 'incom', immutable: true }] }),
  ).rejects.toMatchObject({ code: 'option/invalid' })
})
