import { describe, expect, it } from 'vitest'
import { Parameter, State } from '../engine/index.ts'
import { taken } from '../data/index.ts'
import type { Checkpoint } from '../system/index.ts'
import { cosineRate, itemBatches, trainEpochs } from './epochs.ts'

describe('training by epochs', () => {
  const run = async (scores: number[], patience = 2, signal?: AbortSignal) => {
    const weight = new Parameter([1], () => {})
    const state = new State({ model: { parameters: () => [['weight', weight] as const] } }, 1)
    const shown: number[] = []
    const result = await trainEpochs({
      state,
      epochs: scores.length,
      patience,
      better: 'lower',
      score: 'fde',
      context: { signal, progress: ({ done }) => void shown.push(done) },
      epoch: epoch => {
        state.write(weight, [epoch + 1])
        return Promise.resolve(0)
      },
      validate: () => Promise.resolve(scores[state.read(weight).data[0]! - 1]!),
    })
    return { ...result, shown, weight: state.read(weight).data[0] }
  }

  it('stops after so many validations without a better score, and puts the best weights back', async () => {
    const { bestEpoch, bestScore, weight, shown } = await run([3, 1, 2, 2, 0])
    expect({ bestEpoch, bestScore, weight, shown }).toEqual({
      bestEpoch: 2,
      bestScore: 1,
      weight: 2,
      shown: [1, 2, 3, 4],
    })
  })

  it('a score that is not a number is never the best', async () => {
    expect(await run([Number.NaN, Number.NaN, 1])).toMatchObject({ bestEpoch: 0, weight: 0 })
  })
})

describe('an interrupted training', () => {
  const scores = [5, Number.NaN, 3, 4, 4, 2]
  /** A weight that follows from the epoch and from the steps made. */
  const training = (checkpoint?: Checkpoint, stopAt?: number) => {
    const weight = new Parameter([2], () => {})
    const state = new State({ model: { parameters: () => [['weight', weight] as const] } }, 1)
    const result = trainEpochs({
      ...{ state, epochs: scores.length, patience: 9, better: 'lower', score: 'fde' },
      context: { progress: () => {}, checkpoint },
      epoch: async epoch => {
        if (epoch === stopAt) throw new Error('stopped')
        state.step++
        state.write(weight, [epoch, state.step + state.read(weight).data[1]!])
        return epoch / 2
      },
      validate: async () => scores[state.read(weight).data[0]!]!,
    })
    return result.then(found => ({ ...found, weight: [...state.read(weight).data], step: state.step }))
  }

  it('goes on from where it was, and ends as one that never stopped', async () => {
    let kept: Uint8Array | undefined
    const checkpoint = { load: async () => kept, save: async (bytes: Uint8Array) => void (kept = bytes.slice()) }
    for (const stop of [2, 4]) await expect(training(checkpoint, stop)).rejects.toThrow('stopped')
    const whole = await training()
    expect(await training(checkpoint)).toEqual(whole)
    expect(whole).toMatchObject({ bestEpoch: 6, weight: [5, 21], step: 6 })
    expect(whole.history.map(({ score }) => score)).toEqual(scores)
  })
})

describe('batches of items', () => {
  const items = Int32Array.of(4, 5, 6, 7, 8)
  const batches = (epoch: number, least?: number) =>
    [...itemBatches(items, { size: 2, seed: 1, epoch, least })].map(batch => [...batch])

  it('hold every item once, in the same order for the same epoch', () => {
    expect(batches(0).flat().sort()).toEqual([...items])
    expect(batches(0)).toEqual(batches(0))
    expect(batches(0)).not.toEqual(batches(1))
  })

  it('leave out a last one that is too small', () => expect(batches(0, 2).map(batch => batch.length)).toEqual([2, 2]))

  it('take rows of arrays', () => expect([...taken(Float32Array.of(0, 1, 2, 3), 2, Int32Array.of(1))]).toEqual([2, 3]))
})

it('the rate rises in a line, then falls by half a cosine', () => {
  const rate = (step: number) => cosineRate(1, step, 12, { warmUp: 2, floor: 0.1 })
  expect([rate(0), rate(1), rate(2), rate(7), rate(12)].map(value => Number(value.toFixed(6)))).toEqual([
    0.5, 1, 1, 0.55, 0.1,
  ])
  const cycled = (step: number) => cosineRate(1, step, 12, { cycles: 3 })
  expect([0, 2, 4, 6, 12].map(step => Number(cycled(step).toFixed(6)))).toEqual([1, 0.5, 1, 0.5, 0])
})
