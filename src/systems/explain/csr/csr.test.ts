import { describe, expect, it } from 'vitest'
import { boxOf, drawRadiographs } from '../../../data/index.ts'
import { goldenCases, noStages } from '../../../study/index.ts'
import type { StudyResult, StudyTable } from '../../../system/index.ts'
import { drawnCase, everywhereChange, gradientError, marginError, partsError, sharpError } from './closed-forms.ts'
import { cellsOf, Consultation } from './consultation.ts'
import { settleTrained } from './experiment.ts'
import { csr } from './index.ts'
import { csrOptions } from './options.ts'
import { parityOf } from './parity.ts'
import { pointingOf, pointingShare } from './pointing.ts'
import { nearestVectors } from './prototypes.ts'
import { trainCsr } from './train.ts'

const context = { seed: 1, threads: 1, progress: () => {} }
const few = drawRadiographs({ seed: 2, images: [40, 12, 12] })
const small = { stages: [[4], [6], [8]], prototypes: 2, width: 6, epochs: 1, prototypeEpochs: 2, headEpochs: 2 }
const chosen = (given: Record<string, unknown> = {}) => csrOptions.parse({ ...small, ...given })

describe('parity', async () => {
  const cases = (await goldenCases('csr'))!

  it.each(cases)('$name', async golden => {
    const { outputs, gradients } = await parityOf(golden)
    expect(Object.keys(outputs)).toEqual(expect.arrayContaining(['vectors', 'scores', 'loss']))
    for (const [name, distance] of Object.entries(outputs)) expect(distance, name).toBeLessThanOrEqual(1e-5)
    for (const [path, distance] of Object.entries(gradients)) expect(distance, path).toBeLessThanOrEqual(1e-4)
    expect(Object.keys(gradients).length).toBeGreaterThan(0)
  })
})

it('closed forms', async () => {
  expect(await marginError()).toBeLessThan(1e-6)
  expect(await sharpError()).toBeLessThan(1e-3)
  expect(await gradientError()).toBeLessThan(1e-6)
  expect(partsError()).toBeLessThan(1e-5)
  expect(everywhereChange()).toBe(0)
})

describe('a consultation', () => {
  const start = Consultation.of(drawnCase(3))

  it('looks where it is told to, and goes back', () => {
    const looked = start.with({ kind: 'look', box: [0, 0, 16, 16] })
    expect([...looked.importance].map(value => Number(value === 1))).toEqual([
      1,
      1,
      0,
      0,
      1,
      1,
      0,
      0,
      ...Array<number>(8).fill(0),
    ])
    const away = looked.with({ kind: 'look away', box: [0, 0, 8, 8] })
    expect(away.importance[0]).toBeCloseTo(0.2)
    expect(away.importance[1]).toBe(1)
    expect(
      [...start.with({ kind: 'look away', box: [0, 0, 8, 32] }).importance].filter(value => value === 1),
    ).toHaveLength(12)
    expect(looked.undo().feedback).toEqual([])
    expect(away.reset().feedback).toEqual([])
    expect(start.feedback).toEqual([])
    away.scores.forEach((score, p) => expect(score).toBeLessThanOrEqual(start.scores[p]!))
    expect(away.probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1)
  })

  it('rejects a concept by its neutral value, or by zero', () => {
    const given = drawnCase(3)
    const neutral = start.with({ kind: 'reject', concept: 'cross' }).scores
    const zero = Consultation.of({ ...given, rejectBy: 'zero' }).with({ kind: 'reject', concept: 'cross' }).scores
    given.owners.forEach((owner, p) => {
      expect(neutral[p]).toBe(owner === 1 ? given.neutral[p] : start.scores[p])
      expect(zero[p]).toBe(owner === 1 ? 0 : start.scores[p])
    })
  })

  it('asks where two classes are near', () => {
    const near = drawnCase(3, { weight: new Float32Array(12), bias: Float32Array.of(0, 0.1) })
    expect(Consultation.of(near).asks).toBe(true)
    expect(Consultation.of({ ...near, bias: Float32Array.of(0, 4) }).asks).toBe(false)
  })

  it('refuses what is no feedback', () => {
    const look = (...box: [number, number, number, number]) => start.with({ kind: 'look', box })
    expect(() => look(0, 0, 0, 5)).toThrow(/has no area/)
    expect(() => look(0, 0, -3, 5)).toThrow(/has no area/)
    expect(() => look(30, 0, 8, 8)).toThrow(/leaves its image of 32 x 32/)
    expect(() => look(1, 1, 2, 2)).toThrow(/covers less than a quarter of any place/)
    expect(() => start.with({ kind: 'reject', concept: 'rings' })).toThrow(/no concept 'rings'/)
    expect(cellsOf(boxOf(0, 0, 4, 8), { size: [32, 32], grid: [4, 4] }, 'a box')[0]).toBe(1)
  })
})

it('finds the nearest vector of each prototype, and its wins', () => {
  const vectors = Float32Array.of(1, 0, 0, 1, 0.8, 0.6, -1, 0)
  const prototypes = Float32Array.of(2, 0, 0, 3, 1, 1)
  const { nearest, wins } = nearestVectors(vectors, Int32Array.of(0, 0, 0, 1), prototypes, [0, 0, 1])
  expect([...nearest]).toEqual([0, 1, 3])
  expect([...wins]).toEqual([2, 1, 1])
})

it('points into regions', () => {
  const images = { ...few, height: 4, width: 4, regions: [{ image: 1, concept: 0, polygon: boxOf(2, 2, 2, 2) }] }
  const found = pointingOf(images, Int32Array.of(0, 1), [2, 2], () => [0, 0.1, 0.2, 0.9])
  expect(found).toEqual([{ concept: 0, images: 1, hits: 1 }])
  expect(pointingShare(found)).toBe(1)
})

describe('runs', async () => {
  const fitted = await csr.fit!(few, chosen(), context)
  const from = { name: 'run', system: 'csr', saved: await fitted.save() }
  await fitted.close!()
  const explained = (given: Record<string, unknown>, images = few) =>
    csr.explain!(undefined, images, chosen(given), { ...context, from })

  it('say what an image is likened to, and what feedback changes', async () => {
    const { results, figures, table } = await explained({ image: 3, negative: [[0, 0, 32, 32]], reject: ['cross'] })
    const parts = results.filter(({ index }) => index.startsWith('logit of'))
    expect(parts).toHaveLength(8)
    expect(figures).toHaveLength(3)
    expect(table!.rows.map(([, before]) => before as number).reduce((sum, value) => sum + value)).toBeCloseTo(1)
    expect(results.filter(({ index }) => index === 'pointing').length).toBeGreaterThan(1)
    expect((await explained({ image: 3 })).figures).toHaveLength(2)
  })

  it('refuse images and feedback that do not fit', async () => {
    await expect(explained({ image: 64 })).rejects.toThrow(/no image 64/)
    await expect(explained({ positive: [[60, 0, 9, 9]] })).rejects.toMatchObject({ code: 'data/region' })
    const other = { ...few, concepts: { ...few.concepts!, names: ['a', 'b', 'c', 'd'] } }
    await expect(explained({}, other)).rejects.toMatchObject({ code: 'data/concepts' })
  })

  it('are reviewed: prototypes dropped, classes learned anew', async () => {
    const review = (drop: number[], given = from) => csr.fit!(few, chosen({ drop }), { ...context, from: given })
    const slim = await review([0, 5])
    const { description, tensors } = await slim.save()
    expect(description.owners).toEqual([0, 1, 1, 2, 3, 3])
    expect(tensors!['model.head.weight']!.dims).toEqual([3, 6])
    expect(tensors!.pictures!.dims[0]).toBe(6)
    expect(slim.notes![0]).toMatch(/left out 2 prototypes: 0, 5|nearest/)
    await slim.close!()
    await expect(review([9])).rejects.toThrow(/no prototype 9/)
    await expect(review([0, 1, 2, 3, 4, 5, 6, 7])).rejects.toThrow(/no prototype would be left/)
    await expect(csr.fit!(few, chosen({ drop: [1] }), context)).rejects.toMatchObject({ code: 'option/conflict' })
  })
})

it('a concept that few images show has fewer prototypes, and says so', async () => {
  const { trained } = await trainCsr(few, chosen({ prototypes: 18 }), context)
  expect(trained.kept.owners.length).toBeLessThan(4 * 18)
  expect(trained.kept.notes.join()).toMatch(/has \d+ prototypes, not 18: so many training images show it/)
  await trained.close()
})

it('the study runs in small', async () => {
  const settled = new Set<string>()
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
    settle: (name: string) => void settled.add(name),
    show: ({ table }: StudyResult) => void shown.push(table!),
    shown: () => ({}),
    skip: () => {},
  }
  await settleTrained(study, { images: [40, 12, 12], options: small })
  expect(shown[0]!.rows.length).toBeGreaterThan(12)
  expect(settled.size).toBe(8)
})
