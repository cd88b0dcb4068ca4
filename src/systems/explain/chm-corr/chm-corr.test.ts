import { describe, expect, it } from 'vitest'
import type { ReviewRecord } from '../../../lenses/index.ts'
import { readReview, reviewLine } from '../../../lenses/index.ts'
import { parseOptions, type RunContext } from '../../../system/index.ts'
import { CorrClassifier, type CorrOptions, type Support } from './classifier.ts'
import { identityForm, maskForms } from './closed-forms.ts'
import { againstLoop } from './experiment.ts'
import { displacementClasses } from './hough/displacements.ts'
import { learn } from './fitted.ts'
import { chmCorr } from './index.ts'
import { compareArms, powerOfStudy } from './null-result.ts'
import { corrParities, releasedSessions } from './parity.ts'
import { noisyMask, randomMask, simulate } from './people.ts'
import { Review } from './review.ts'
import { birds, headCells, patchCells, shortcutBirds } from './worlds.ts'
import { Random } from '../../../random/index.ts'

it("matching and scores are the authors'", async () => {
  const { learner, convolution, transfer, scores, decided } = (await corrParities())!
  for (const [name, distance] of Object.entries(learner.outputs)) expect(distance, name).toBeLessThan(1e-5)
  for (const [path, distance] of Object.entries(learner.gradients)) expect(distance, path).toBeLessThan(1e-4)
  expect(convolution).toBeLessThan(1e-4)
  expect(transfer).toBeLessThan(1e-5)
  expect(scores).toBeLessThan(1e-6)
  expect(decided).toBe(true)
})

it('closed forms: loops, an image with itself and moved, masks', async () => {
  expect(await againstLoop(3)).toBeLessThan(1e-4)
  expect(identityForm(3)).toMatchObject({ same: 49, moved: 42, stayed: 42 })
  expect(maskForms(3)).toEqual({ all: true, one: true, none: true })
  const { sizes } = displacementClasses(3)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(81)
})

/** Images of 1 x 3 cells: the first cell tells the class, the last misleads. */
const options: CorrOptions = { shortlist: 4, voters: 3, threshold: 0.5, strongest: 1, edited: 'mean' }
const one = (cell: number, value: number) => Array.from({ length: 3 }, (_, at) => (at === cell ? value : 0))
const image = (first: number, last: number): number[] => {
  const channels = [
    one(0, first === 0 ? 1 : 0),
    one(0, first === 1 ? 1 : 0),
    one(1, 1),
    one(2, last === 0 ? 3 : 0),
    one(2, last === 1 ? 3 : 0),
  ]
  return channels.flat()
}
const support: Support = {
  rows: 1,
  columns: 3,
  channels: 5,
  maps: Float32Array.from([image(0, 0), image(0, 0), image(1, 1), image(1, 1)].flat()),
  labels: Int32Array.of(0, 0, 1, 1),
  classes: ['a', 'b'],
  names: ['a1', 'a2', 'b1', 'b2'],
  hashes: ['w', 'x', 'y', 'z'],
}
const classifier = new CorrClassifier(support, options)
const look = classifier.look(Float32Array.from(image(0, 1)), 'y')

describe('a misled image', () => {
  it('is told by its last cell, and by its first once a person looks there', () => {
    expect(look.nearest.label).toBe(1)
    expect(look.leak).toBe('b1')
    expect(classifier.answer(look)).toMatchObject({ label: 1, scoring: 'strongest' })
    const edited = classifier.answer(look, Uint8Array.of(1, 0, 0))
    expect(edited).toMatchObject({ label: 0, scoring: 'mean', votes: 2 })
    expect(edited.evidence[0]!.pairs).toEqual([{ from: 0, to: 0, similarity: 1 }])
  })

  it('refuses masks that are none, and more voters than images', () => {
    expect(() => classifier.answer(look, new Uint8Array(3))).toThrow(/selects no cell/)
    expect(() => new CorrClassifier(support, { ...options, voters: 5 })).toThrow(/shortlist \(4\) must hold/)
    expect(() => new CorrClassifier(support, { ...options, voters: 5, shortlist: 9 })).toThrow(/4 training images/)
  })
})

describe('a review', () => {
  const begin = (arm: 'static' | 'dynamic', records: ReviewRecord[] = []) =>
    new Review(
      classifier,
      [
        { item: 7, look, truth: 'a' },
        { item: 8, look },
      ],
      { arm, user: 'u', seed: 1, record: record => records.push(record) },
    )

  it('edits, asks again, decides and goes on; every step is told to the log', () => {
    const records: ReviewRecord[] = []
    const review = begin('dynamic', records)
    expect([...review.view.mask]).toEqual([0, 0, 1])
    expect(review.send({ kind: 'toggle', cells: [0, 2] })).toMatchObject({ open: true, edits: 0 })
    expect(review.send({ kind: 'ask' })).toMatchObject({
      open: false,
      edits: 1,
      answer: { label: 0 },
      original: { label: 1 },
    })
    expect(review.send({ kind: 'decide', accepted: false, confidence: 4 }).step).toBe('decided')
    expect(review.send({ kind: 'next' })).toMatchObject({ step: 'looking', place: 1, edits: 0 })
    review.send({ kind: 'decide', accepted: true, confidence: 2 })
    expect(review.send({ kind: 'next' }).step).toBe('finished')
    expect(records).toMatchObject([
      { kind: 'edit', item: 7, truth: 'a', mask: [1, 0, 0], label: 'a', votes: { a: 2, b: 1 }, scoring: 'mean' },
      { kind: 'decision', item: 7, label: 'b', accepted: false, confidence: 4, edits: 1, changed: true },
      { kind: 'decision', item: 8, label: 'b', accepted: true, edits: 0, changed: false },
    ])
    expect(readReview(records.map(reviewLine).join(''), 'log.jsonl')).toEqual(records)
    expect(() => readReview(`${reviewLine(records[0]!)}{"kind":`, 'log.jsonl')).toThrow(/line 2 of 'log.jsonl'/)
  })

  it('refuses what does not belong to the step or the arm', () => {
    expect(() => begin('static').send({ kind: 'toggle', cells: [0] })).toThrow(/in the static arm/)
    expect(() => begin('dynamic').send({ kind: 'next' })).toThrow(/'next' while looking/)
    expect(() => begin('dynamic').send({ kind: 'decide', accepted: true, confidence: 6 })).toThrow(
      /the confidence is 6/,
    )
    const empty = begin('dynamic')
    empty.send({ kind: 'select', mask: new Uint8Array(3) })
    expect(() => empty.send({ kind: 'ask' })).toThrow(/selects no cell/)
  })

  it('simulated persons: who looks at the head is right, who looks at the background is not', () => {
    const items = [{ item: 0, look, truth: 'a' }]
    const by = (mask?: Uint8Array) =>
      simulate(classifier, items, { arm: mask ? 'dynamic' : 'static', mask: mask && (() => mask) })
    expect([by(Uint8Array.of(1, 0, 0)).accuracy, by().accuracy, by(Uint8Array.of(0, 0, 1)).accuracy]).toEqual([1, 0, 0])
  })
})

it('the released decisions show no difference that persons would not; eight points would have been found', async () => {
  const sessions = (await releasedSessions())!
  const { shares, decisions, independent, byPerson } = compareArms(sessions, { resamples: 300 })
  expect(decisions).toEqual({ static: 560, dynamic: 840 })
  expect(shares.static.map(share => share.toFixed(3))).toEqual(['0.727', '0.855', '0.596'])
  expect(shares.dynamic.map(share => share.toFixed(3))).toEqual(['0.736', '0.867', '0.589'])
  expect(independent.z).toBeCloseTo(0.37, 2)
  expect(byPerson.low).toBeLessThan(0)
  expect(byPerson.high).toBeGreaterThan(0)
  const power = powerOfStudy(sessions, 0.08, { studies: 20, resamples: 50 })
  expect(power.independent).toBeCloseTo(0.93, 2)
  expect(power.simulated).toBeGreaterThan(0.6)
})

describe('drawn birds', () => {
  const images = shortcutBirds(20, 10, 1, 2)

  it('carry a patch of their own class, then of the other', () => {
    const { values } = images.labels!
    expect([...images.spoken.subarray(0, 10)]).toEqual([...values.subarray(0, 10)])
    expect([...images.spoken.subarray(10)]).toEqual([...values.subarray(10)].map(label => 1 - label))
  })

  it('have heads and patches in cells of their own', () => {
    for (let bird = 0; bird < images.count; bird++) {
      const [heads, patches] = [headCells(images, bird), patchCells(images, bird)]
      expect(heads.some((cell, at) => cell === 1 && patches[at] === 1)).toBe(false)
      expect(heads.includes(1) && patches.includes(1)).toBe(true)
    }
    expect(birds(3, 1).labels!.classes).toHaveLength(12)
  })

  it('masks drawn and disturbed keep their numbers of cells or nearly', () => {
    const random = new Random(1, 'masks')
    const count = (mask: Uint8Array) => mask.reduce((sum, cell) => sum + cell, 0)
    expect(count(randomMask(49, 6, random))).toBe(6)
    expect(count(noisyMask(randomMask(49, 20, random), 0.2, random))).toBeGreaterThan(14)
  })

  it('are learned, looked at and told; unknown labels are refused', async () => {
    const context: RunContext = { seed: 1, threads: 1, progress: () => {} }
    const chosen = parseOptions(chmCorr, { widths: [4, 4, 8], epochs: 1, shortlist: 5, voters: 3 })
    const corr = await learn(images, chosen, context)
    const looks = await corr.look(images, Int32Array.of(0, 15))
    expect(looks.map(({ leak }) => leak)).toEqual(['image 1', undefined])
    expect(looks[0]!.candidates[0]!.item).toBe(0)
    expect(Math.min(...looks[0]!.candidates[0]!.similarities)).toBeGreaterThan(0.999)
    await corr.close()
    const unknown = { ...images, labels: { ...images.labels!, values: images.labels!.values.with(2, -1) } }
    await expect(learn(unknown, chosen, context)).rejects.toThrow(/'bird' is unknown in 1 training images, first '3'/)
  })
})
