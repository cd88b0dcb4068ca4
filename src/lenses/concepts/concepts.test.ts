import { describe, expect, it } from 'vitest'
import { boxOf } from '../../data/index.ts'
import { auditConcepts } from './audit.ts'
import { GroundingTally } from './grounding.ts'
import { ConceptIntervention, conceptProbabilities, interventionCurve } from './intervention.ts'

const names = ['a', 'b', 'c', 'd']

describe('an audit of labels', () => {
  const rows = [
    [1, 1, 0, 1],
    [0, 0, 1, 1],
    [1, 1, 1, 1],
    [0, 0, 0, 1],
  ]
  const audit = auditConcepts({ names, values: rows.flat(), classes: [0, 1, 0, 1] })

  it('finds columns that are equal, constant, and told by the class', () => {
    expect(audit.identical).toEqual([[0, 1]])
    expect(audit.constant).toEqual([3])
    expect(audit.opposite).toEqual([])
    expect(auditConcepts({ names: ['a', 'b'], values: [1, 0, 0, 1] }).opposite).toEqual([[0, 1]])
    expect(audit.toldByClass).toEqual([0, 1, 3])
    expect(audit.tieBreakers).toEqual([{ show: [0], leaveOut: [1] }])
    const [first, second] = audit.pairs
    expect(first).toMatchObject({ set: [0, 1], both: 2, apart: 0, phi: 1, jaccard: 1 })
    expect(second).toMatchObject({ set: [0, 2], phi: 0 })
    expect(second!.jaccard).toBeCloseTo(1 / 3)
    expect([...audit.entropies.subarray(0, 3)]).toEqual([1, 0, 1])
  })

  it('tells five that are equal apart by three kinds of images', () => {
    const five = ['v', 'w', 'x', 'y', 'z']
    const { identical, tieBreakers } = auditConcepts({
      names: five,
      values: [...Array(5).fill(1), ...Array(5).fill(0)],
    })
    expect(identical).toEqual([[0, 1, 2, 3, 4]])
    const codes = five.map((_, c) => tieBreakers.map(({ show }) => Number(show.includes(c))).join(''))
    expect(tieBreakers).toHaveLength(3)
    expect(new Set(codes).size).toBe(5)
  })

  it('refuses what is no table of labels', () => {
    expect(() => auditConcepts({ names, values: [] })).toThrow(/no concepts to audit/)
    expect(() => auditConcepts({ names, values: [1, 0, 1] })).toThrow(/3 values are not 4 concepts/)
    expect(() => auditConcepts({ names, values: [1, 0, 2, 1] })).toThrow(/'c' of image 0 is 2/)
    expect(() => auditConcepts({ names, values: [1, 0, 0, 1], classes: [1, 2] })).toThrow(/2 classes/)
  })
})

it('evidence is held against regions', () => {
  const tally = new GroundingTally(4, 4)
  const regions = [
    { image: 0, concept: 0, polygon: boxOf(0, 0, 2, 2) },
    { image: 0, concept: 1, polygon: boxOf(2, 2, 2, 2) },
  ]
  const map = Float32Array.from({ length: 16 }, (_, at) => ({ 0: 3, 15: 1, 3: -9 })[at] ?? 0)
  tally.add(map, 0, regions)
  tally.add(map, 2, regions)
  tally.add(new Float32Array(16), 1, regions)
  const [only, ...others] = tally.groundings()
  expect(others).toEqual([])
  expect(only).toMatchObject({ concept: 0, images: 1, own: 0.75, area: 0.25, partners: 0.25, hits: 1, shares: [0.75] })
  expect(only!.distance).toBeCloseTo(Math.SQRT1_2)
  expect(tally.partner(0, 1)).toBe(0.25)
  expect(tally.partner(1, 0)).toBeNaN()
})

describe('a correction', () => {
  const bottleneck = {
    names: ['x', 'y', 'z'],
    predicted: Float32Array.of(0.9, 0.45, 0.1),
    absent: new Float32Array(3),
    present: new Float32Array(3).fill(1),
    classes: (values: Float32Array) => Promise.resolve(Float32Array.of(values[0]!, 1 - values[0]!)),
  }
  const start = ConceptIntervention.of(bottleneck)

  it('gives new states, and goes back', async () => {
    expect(start.next()).toBe('y')
    const one = start.correct('y', true)
    const two = one.correct('x', false)
    expect(start.corrections).toEqual([])
    expect([...two.values]).toEqual([0, 1, Float32Array.of(0.1)[0]])
    expect(two.next()).toBe('z')
    expect([...(await two.answer())]).toEqual([0, 1])
    expect(two.undo().corrections).toEqual(one.corrections)
    expect(two.reset().corrections).toEqual([])
    expect(two.correct('y', false).corrections.map(({ name }) => name)).toEqual(['x', 'y'])
    expect(two.correct('z', false).next()).toBeUndefined()
    expect(() => start.correct('w', true)).toThrow(/no concept 'w'/)
  })

  it('curves from the predicted to the true concepts, the unsure first', async () => {
    const images = {
      concepts: 2,
      predicted: Float32Array.of(0.4, 0.1, 0.9, 0.6),
      truth: Float32Array.of(1, 0, 1, 0),
      labels: [1, 0],
    }
    const call = (values: Float32Array) =>
      Promise.resolve(Int32Array.of(Number(values[0]! > 0.5), Number(values[3]! > 0.5)))
    expect(await interventionCurve(images, call, { order: 'uncertainty' })).toEqual([0, 1, 1])
    expect(await interventionCurve(images, call, { order: 'random' })).toHaveLength(3)
  })

  it('takes logits, not probabilities', () => {
    expect([...conceptProbabilities(Float32Array.of(0))]).toEqual([0.5])
    expect(() => conceptProbabilities(new Float32Array(20).fill(0.3))).toThrow(
      /look like probabilities|between 0 and 1/,
    )
  })
})
