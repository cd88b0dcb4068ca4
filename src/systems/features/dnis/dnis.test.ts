import { describe, expect, it } from 'vitest'
import { categoricalSpec, goldenCases } from '../../../study/index.ts'
import { evaluate } from '../../../metrics/index.ts'
import { answersOf, TableLearner, trainingSettings } from '../../../train/index.ts'
import { blocksOf } from './blocks.ts'
import { folding, sparse, start } from './closed-forms.ts'
import { checkOptions, pruned, searchDimensions, trainingOf } from './learn.ts'
import { UniformModel } from './model.ts'
import { dnisOptions } from './options.ts'
import { parityOf } from './parity.ts'
import { plantedRanks } from './planted.ts'
import { widthsOf } from './report.ts'
import { retrained, tableName } from './retrain.ts'
import { sparseBytes, sparseTable } from './sparse.ts'

describe('parity with the authors', async () => {
  const cases = (await goldenCases('dnis'))!

  it('covers three models, three spaces, both group sizes, normalised or not', () => {
    expect(cases.length).toBeGreaterThanOrEqual(30)
  })

  it.each(cases)('$name', async golden => {
    const { logits, gradients } = await parityOf(golden)
    expect(logits).toBeLessThanOrEqual(1e-5)
    expect(Object.keys(gradients)).toContain('selection.alpha')
    for (const [path, distance] of Object.entries(gradients)) expect(distance, path).toBeLessThanOrEqual(1e-4)
  })
})

describe('closed forms', () => {
  it('starts as the model of one width', async () => expect(await start()).toBeLessThanOrEqual(1e-6))
  it('folds', async () => expect(await folding()).toBeLessThanOrEqual(1e-6))
  it('stores sparsely', async () => expect(await sparse()).toBeLessThanOrEqual(1e-6))

  it('prunes nothing at rate 0, and the smallest numbers at others', () => {
    const values = new Map([['model.embedding.weight', Float32Array.of(0, 3, -1, 2, -4)]])
    expect(pruned(values, 0)).toBe(values)
    expect([...pruned(values, 0.5).get('model.embedding.weight')!]).toEqual([0, 3, 0, 0, -4])
  })

  it('blocks values by frequency, ties by place', () => {
    const counts = Int32Array.of(0, 5, 1, 9, 0, 9, 2)
    expect([...blocksOf(counts, categoricalSpec([4, 3]), 2)]).toEqual([1, 0, 1, 0, 1, 0, 1])
  })

  it('counts bytes with the indices', () => {
    const table = sparseTable([1, 0, 0, 0, 0, 2, 3, 0, 0], 9)
    expect(widthsOf(Float32Array.of(1, 0, 0, 0, 0, 2, 3, 0, 0), 9)).toEqual(Int32Array.of(3))
    expect(sparseBytes(table)).toBe(3 * 4 + 4 + 2)
  })
})

describe('searching', () => {
  it('weighs dimensions within 0 and 1, by rows that the weights do not see, the same for the same seed', async () => {
    const data = plantedRanks(1_500, 1)
    const options = dnisOptions.parse({
      model: 'mf',
      embeddingDimension: 4,
      blocks: 3,
      warmEpochs: 1,
      searchEpochs: 2,
      selectionRate: 0.1,
    })
    const settings = trainingSettings(data.train.rows, { seed: 1, threads: 1, batch: 256 }, trainingOf(options))
    const searched = async () => {
      const learner = new TableLearner(new UniformModel(data.spec, options), data.spec, settings, data.train)
      const found = await searchDimensions(learner, data, options, settings, {})
      await learner.close()
      return found
    }
    const [first, again] = [await searched(), await searched()]
    expect(first.alpha).toEqual(again.alpha)
    expect(first.alpha.some(weight => weight < 1)).toBe(true)
    for (const weight of first.alpha) {
      expect(weight).toBeGreaterThanOrEqual(0)
      expect(weight).toBeLessThanOrEqual(1)
    }
  })
})

describe('retraining', () => {
  it('leaves at zero what was dropped, and brings the loss down', async () => {
    const data = plantedRanks(1_500, 1)
    const set = { model: 'mf', embeddingDimension: 4, blocks: 3, warmEpochs: 2, retrainEpochs: 4 } as const
    const options = dnisOptions.parse({ ...set, searchEpochs: 0 })
    const training = { seed: 1, threads: 1, batch: 256, learningRate: 5e-3 }
    const settings = trainingSettings(data.train.rows, training, trainingOf(options))
    const learner = new TableLearner(new UniformModel(data.spec, options), data.spec, settings, data.train)
    const { warm } = await searchDimensions(learner, data, options, settings, {})
    const before = pruned(warm, 0.5)
    const after = await retrained(before, data, options, settings, {})
    const error = async (values: typeof warm) => {
      learner.restore(values)
      const [answers] = await answersOf(learner, data.valid)
      return evaluate(answers!, ['rmse']).rmse!
    }
    expect(await error(after)).toBeLessThan(await error(before))
    await learner.close()
    const [dropped, kept] = [before, after].map(values => values.get(tableName)!)
    dropped!.forEach((weight, i) => expect(kept![i] === 0).toBe(weight === 0))
    expect(kept).not.toEqual(dropped)
  })
})

describe('faults', () => {
  it.each([
    [{ groups: 5, embeddingDimension: 8 }, /groups \(5\) must divide embeddingDimension \(8\)/],
    [{ blocks: 99 }, /6 values do not make 99 blocks/],
  ])('%o', (set, message) => {
    expect(() => checkOptions(categoricalSpec([4, 4]), dnisOptions.parse({ blocks: 2, ...set }))).toThrow(message)
  })
})
