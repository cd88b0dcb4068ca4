import { describe, expect, it } from 'vitest'
import { checkTicks, regimeTicks, type TickStream } from '../../../data/index.ts'
import { parseOptions, type RunContext } from '../../../system/index.ts'
import { costOf } from './folded.ts'
import { fit } from './fitted.ts'
import { featureGroups } from './groups.ts'
import { hft } from './index.ts'
import { drawnNet, incrementalDifference } from './invariants.ts'
import { labelsOf } from './labels.ts'
import { Random } from '../../../random/index.ts'
import { futureDifference } from './no-look-ahead.ts'
import type { HftOptions } from './options.ts'
import { Pipeline, replay } from './pipeline.ts'
import { Selector } from './selector.ts'

const context: RunContext = { seed: 1, threads: 1, progress: () => {} }
const chosen = (set: Record<string, unknown> = {}) => parseOptions(hft, set) as HftOptions
const small = regimeTicks.make({ seed: 1, size: 'small' })
const size = { features: 5, channels: 6, classes: 3, window: 4 }

describe('the network', () => {
  it.each([0, 0.5])('answers tick by tick what it answers window by window, %d taken out', async prune => {
    expect(await incrementalDifference(size, prune)).toBeLessThan(1e-5)
  })

  it('costs what a hand counts', () => {
    const { light } = drawnNet(size, 0.5)
    // stem 5 x 6 + 6, three blocks of 6 x 5 depthwise and 3 x 6 + 3 pointwise, head 3 x 12 + 3
    expect(costOf(light, 2)).toEqual({
      parameters: 36 + 3 * (30 + 21) + 39,
      operations: 2 * 6 + 3 * (30 + 18) + 36,
    })
  })
})

describe('the stream', () => {
  it('looks at nothing that comes later', () => expect(futureDifference(5)).toBe(0))

  it('hears within a thousand ticks that its answers have become wrong, and not before', () => {
    const options = chosen({ horizon: 5, window: 8, selection: 'all' })
    const { light } = drawnNet({ features: 8, channels: 6, classes: 3, window: 8 }, 0)
    const random = new Random(6, 'drift')
    const values = Float32Array.from({ length: 8 * 3000 }, () => random.normal())
    const played = (labels?: Int32Array) =>
      replay(new Pipeline(new Selector(8, 3, options, 1), light, options), values, 8, [0, 3000], labels, 5)
    const { probabilities } = played()
    const labels = Int32Array.from({ length: 3000 }, (_, t) => {
      const own = probabilities.subarray(3 * t, 3 * t + 3)
      return own.indexOf(t < 1500 ? Math.max(...own) : Math.min(...own))
    })
    const [first] = played(labels).drifts
    expect(first).toBeGreaterThan(1500)
    expect(first).toBeLessThan(2500)
  })

  it('finds features that go together', () => {
    const rows = Float32Array.from({ length: 400 }, (_, i) => {
      const [t, j] = [Math.floor(i / 4), i % 4]
      const wave = j % 2 === 0 ? Math.sin(t) : Math.cos(0.37 * t)
      return j < 2 ? wave : -2 * wave
    })
    expect(featureGroups(rows, 4, 100)).toEqual([
      [0, 2],
      [1, 3],
    ])
  })

  it('learns, answers, and says what it costs', async () => {
    const set = { horizon: 5, window: 4, channels: 6, epochs: 1, windowsAnEpoch: 256, batch: 64, recent: 200 }
    const fitted = await fit(small, chosen({ ...set, evaluateEvery: 50 }), context)
    expect(fitted.metrics!.test!.logLoss).toBeLessThan(1.3)
    expect(fitted.figures!.map(({ units }) => units)).toEqual(['share of ticks', 'microseconds'])
    expect(fitted.notes![0]).toMatch(/^a tick is answered in/)
    expect(fitted.net.blocks.map(({ kept }) => kept.length)).toEqual([2, 2, 2])
    const { records } = await fitted.predict({ ...small, labels: undefined }, context)
    expect(records[0]).toEqual({ time: 0, label: null, reason: 'the window is not full' })
    expect(['down', 'flat', 'up']).toContain(records.at(-1)!.label)
  })

  it('makes labels of a price, a third of the training moves flat', () => {
    const data = Float64Array.from({ length: 300 }, (_, t) => Math.sin(t / 9) + t / 200)
    const { values, classes } = labelsOf({ ...small, labels: undefined, price: { name: 'mid', data } }, 10, 200)
    expect(classes).toEqual(['down', 'flat', 'up'])
    expect([values[8], values.at(-10)]).toEqual([-1, -1])
    const told = values.slice(9, 190)
    expect(told.filter(label => label === 1).length / told.length).toBeCloseTo(1 / 3, 1)
    expect(values[9]).toBe(2)
  })
})

describe('refuses', () => {
  it.each<[string, TickStream, string, RegExp]>([
    ['time that stands still', { ...small, times: small.times.map(() => 1) }, 'data/order', /tick 2 is at 1/],
    [
      'a NaN',
      { ...small, values: small.values.map((x, i) => (i === 49 ? NaN : x)) },
      'data/not-finite',
      /'x1' of tick 2/,
    ],
    ['no target', { ...small, labels: undefined }, 'data/target-missing', /no labels/],
  ])('%s', (_, stream, code, text) => {
    const failure = ((): unknown => {
      try {
        return checkTicks(stream, 'fit')
      } catch (error) {
        return error
      }
    })()
    expect(failure).toMatchObject({ code, message: expect.stringMatching(text) as string })
  })

  it('a stream shorter than a window', async () => {
    await expect(fit(small, chosen({ window: 2000 }), context)).rejects.toMatchObject({ code: 'data/too-short' })
  })
})
