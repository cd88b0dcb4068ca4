import { describe, expect, it } from 'vitest'
import { drawTiles, hands, tiles } from '../../../data/index.ts'
import { goldenCases, noStages } from '../../../study/index.ts'
import type { StudyResult, StudyTable } from '../../../system/index.ts'
import { relevanceErrors, completenessError, foldingError, impurities } from './closed-forms.ts'
import { settleCorrected, settleTiles } from './experiment.ts'
import { compositeRule } from './evidence.ts'
import { cbm } from './index.ts'
import { ConceptNetwork } from './model.ts'
import { cbmOptions, resolved } from './options.ts'
import { parityOf } from './parity.ts'
import { allHands, balancedHands, handRanks, rankOf } from './poker.ts'
import { trainBottleneck } from './train.ts'

const context = { seed: 1, threads: 1, progress: () => {} }
const few = drawTiles({ seed: 2, images: [48, 16, 16], side: 32, shown: 'hands' })
const small = { stages: [[4], [6]], epochs: 2, images: 4, steps: 4 }
const chosen = (given: Record<string, unknown> = {}) => cbmOptions.parse({ ...small, ...given })

describe("parity with the authors' code", async () => {
  const cases = (await goldenCases('cbm'))!

  it.each(cases)('$name', async golden => {
    const { outputs, gradients } = await parityOf(golden)
    expect(Object.keys(outputs)).toEqual(expect.arrayContaining(['concepts', 'classes', 'relevance']))
    for (const [name, distance] of Object.entries(outputs)) expect(distance, name).toBeLessThanOrEqual(1e-4)
    for (const [path, distance] of Object.entries(gradients)) expect(distance, path).toBeLessThanOrEqual(1e-4)
    expect(Object.keys(gradients).length).toBeGreaterThan(10)
  })

  it('the composite of VGG-11 changes its rule where theirs does', () => {
    const { stages } = resolved(cbmOptions.parse({ variant: 'vgg11' }))
    const slim = stages.map(widths => widths.map(() => 2))
    const model = new ConceptNetwork(
      { channels: 3, height: 224, width: 224, concepts: 2 },
      { stages: slim, grid: 7, hidden: [3, 3], dropout: 0 },
    )
    const rule = compositeRule(model)
    const rules = Array.from({ length: model.parts().length + slim.flat().length }, (_, i) => rule(i))
    // 15 layers before the last pooling of the fourth stage; theirs has two dropouts more.
    expect(rules.lastIndexOf('alpha1beta0')).toBe(15)
    expect(rules.indexOf('gradient')).toBe(rules.length - 1)
  })
})

describe('closed forms', () => {
  it('relevance adds up, and is input times gradient', async () => {
    const { conservation, epsilon } = await relevanceErrors()
    expect(conservation).toBeLessThan(1e-4)
    expect(epsilon).toBeLessThan(1e-4)
  })

  it('folding, completeness', async () => {
    expect(await foldingError()).toBeLessThan(1e-5)
    expect(await completenessError(200)).toBeLessThan(0.01)
  })

  it('impurity', () => {
    const { truth, telling, leaking } = impurities()
    expect(truth).toBe(0)
    expect(telling).toBeCloseTo(0.5, 1)
    expect(leaking).toEqual(leaking.toSorted((a, b) => a - b))
  })

  it('hands of poker', () => {
    const counts = new Map<string, number>()
    for (const hand of allHands()) counts.set(rankOf(hand), (counts.get(rankOf(hand)) ?? 0) + 1)
    expect(handRanks.map(rank => counts.get(rank))).toEqual([48, 52, 720, 1096, 3744, 16440])
    expect(rankOf([0, 1, 12])).toBe('straight flush')
    expect(rankOf([0, 1, 12], false)).toBe('flush')
    const { concepts, ranks } = balancedHands(12, 1)
    expect([...ranks]).toEqual([0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5])
    expect(concepts.reduce((sum, value) => sum + value, 0)).toBe(36)
  })
})

describe('training', () => {
  it.each(['sequential', 'joint', 'standard'])('%s', async regime => {
    const { bottleneck, test } = await trainBottleneck(few, resolved(chosen({ regime })), context)
    expect(test.accuracy).toBeGreaterThanOrEqual(0)
    const { absent, present } = bottleneck.kept
    expect(absent).toEqual(Array(tiles).fill(0))
    expect(present).toEqual(Array(tiles).fill(1))
    await bottleneck.close()
  })

  it('by logits, with regions as a guide', async () => {
    const options = resolved(chosen({ regime: 'joint', between: 'logits', groundingWeight: 1, balance: true }))
    const { bottleneck } = await trainBottleneck(few, options, context)
    const { absent, present } = bottleneck.kept
    expect(absent.every((value, c) => value < present[c]!)).toBe(true)
    await bottleneck.close()
  })

  it('refuses what does not fit together', async () => {
    const train = (given: object, images = few) => trainBottleneck(images, resolved(chosen({ ...given })), context)
    await expect(train({ between: 'logits' })).rejects.toMatchObject({ code: 'option/conflict' })
    await expect(train({ stages: [[2], [2], [2], [2], [2], [2]] })).rejects.toThrow(/32 x 32 do not divide by 64/)
  })
})

describe('explanations', () => {
  it('of labels: what cannot be told apart, and what would help', async () => {
    const { notes, results, table } = await cbm.explain!(undefined, few, chosen(), context)
    expect(notes![0]).toMatch(/never apart.*: tile 0, tile 1; tile 3, tile 4$/)
    expect(notes![1]).toBe('needed: images with tile 0, tile 3 but without tile 1, tile 4')
    expect(notes![2]).toMatch(/exactly one of each.*: tile 0, tile 3; tile 0, tile 4; tile 1, tile 3; tile 1, tile 4$/)
    expect(notes![3]).toMatch(/the class tells every concept/)
    expect(results[0]).toMatchObject({ index: 'phi', value: 1 })
    expect(table!.rows).toHaveLength(tiles)
  })

  it('of a run: where concepts are read from, and a correction', async () => {
    const fitted = await cbm.fit!(few, chosen(), context)
    const from = { name: 'run', system: 'cbm', saved: await fitted.save() }
    await fitted.close!()
    for (const attribution of ['relevance', 'occlusion', 'saliency', 'smooth-squared']) {
      const asked = chosen({
        attribution,
        images: 2,
        steps: 2,
        correct: attribution === 'occlusion' ? { 'tile 0': 0, 'tile 2': 1 } : {},
      })
      const { results, figures, table } = await cbm.explain!(undefined, few, asked, { ...context, from })
      const own = results.filter(({ index }) => index === 'own share')
      expect(own.length).toBeGreaterThan(2)
      for (const { value } of own) expect(value).toBeLessThanOrEqual(1)
      expect(table!.rows.length).toBe(own.length)
      expect(figures).toHaveLength(attribution === 'occlusion' ? 2 : 1)
      if (attribution !== 'occlusion') continue
      const changes = results.filter(({ index }) => index === 'change of probability')
      expect(changes.map(({ set }) => set[0])).toEqual(hands.map(hand => hand.join(' ')))
      expect(changes.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(0, 5)
    }
    const wrong = { ...few, width: 16, height: 64, regions: [] }
    await expect(cbm.explain!(undefined, wrong, chosen(), { ...context, from })).rejects.toMatchObject({
      code: 'data/shape',
    })
    const stranger = chosen({ correct: { 'tile 9': 1 } })
    await expect(cbm.explain!(undefined, few, stranger, { ...context, from })).rejects.toThrow(/no concept 'tile 9'/)
    const outside = chosen({ image: 900, correct: { 'tile 1': 1 } })
    await expect(cbm.explain!(undefined, few, outside, { ...context, from })).rejects.toThrow(/no image 900/)
  })
})

it('the study runs in small', async () => {
  const settled = new Map<string, unknown>()
  const shown: StudyTable[] = []
  const study = {
    ...{
      size: 'full' as const,
      seeds: [1],
      threads: 1,
      dataset: () => undefined,
      progress: () => {},
      open: () => true,
      stage: noStages.stage,
    },
    settle: (name: string, { measured }: { measured: unknown }) => void settled.set(name, measured),
    show: ({ table }: StudyResult) => void shown.push(table!),
    shown: () => ({}),
    skip: () => {},
  }
  await settleCorrected(study, { learned: 120, tested: 30 })
  await settleTiles(study, { images: [32, 16, 16], epochs: 1, looked: 2, free: [0, 0.5] })
  expect(shown[0]!.rows).toHaveLength(3)
  expect([...settled.keys()]).toEqual(['corrected', 'accuracy', 'partner', 'own', 'still', 'freed'])
})
