import { describe, expect, it } from 'vitest'
import { checkTicks, orderBook, regimeTicks, takeTicks, type TickStream } from '../../../data/index.ts'
import { parseOptions, type RunContext } from '../../../system/index.ts'
import { baselines, fitBaseline, principalTicks } from './baselines.ts'
import { FeatureBank } from './feature-bank.ts'
import { costOf } from './folded.ts'
import { fit } from './fitted.ts'
import { featureGroups } from './groups.ts'
import { profitsWithoutSignal } from './idle-trading.ts'
import { hft } from './index.ts'
import { drawnNet, incrementalDifference } from './invariants.ts'
import { labelsOf } from './labels.ts'
import { Random } from '../../../random/index.ts'
import { futureDifference } from './no-look-ahead.ts'
import type { HftOptions } from './options.ts'
import { longestStep, stretchStarts } from './pauses.ts'
import { Pipeline, replay } from './pipeline.ts'
import { Selector } from './selector.ts'
import { readyTicks } from './ticks.ts'
import { trade } from './trading.ts'

const context: RunContext = { seed: 1, threads: 1, progress: () => {} }
const chosen = (set: Record<string, unknown> = {}) => parseOptions(hft, set) as HftOptions
const small = regimeTicks.make({ seed: 1, size: 'small' })
const book = orderBook.make({ seed: 1, size: 'small' })
const size = { features: 5, channels: 6, classes: 3, window: 4, gate: true }

describe('the network', () => {
  it.each([0, 0.5])('answers tick by tick what it answers window by window, %d taken out', async prune => {
    expect(await incrementalDifference(size, prune)).toBeLessThan(1e-5)
  })

  it('answers alike without a gate', async () => {
    expect(await incrementalDifference({ ...size, gate: false }, 0)).toBeLessThan(1e-5)
  })

  it('costs what a hand counts', () => {
    const { light } = drawnNet(size, 0.5)
    // gate 10 x 8 + 8 and 8 x 5 + 5, stem 5 x 3 + 3, three blocks of 3 x 5 depthwise and 3 x 3 + 3 pointwise, head 3 x 6 + 3
    expect(costOf(light, 2)).toEqual({
      parameters: 88 + 45 + 18 + 3 * (15 + 12) + 21,
      operations: 3 * 2 * 8 + 2 * 3 + 3 * (15 + 9) + 18,
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
      replay(
        new Pipeline(new Selector(8, 3, options, 1), light, options),
        { values, labels, starts: new Int32Array(3000) },
        { range: [0, 3000], horizon: 5 },
      )
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
    const { medianMicroseconds, p99Microseconds } = fitted.metrics!.test!
    expect(medianMicroseconds).toBeGreaterThan(0)
    expect(p99Microseconds).toBeGreaterThanOrEqual(medianMicroseconds!)
    expect(fitted.net.size.channels).toBe(2)
    const { records } = await fitted.predict({ ...small, labels: undefined }, context)
    expect(records[0]).toEqual({ time: 0, label: null, reason: 'the window is not full' })
    expect(['down', 'flat', 'up']).toContain(records.at(-1)!.label)
  })

  it('begins its windows anew after a pause', () => {
    const options = chosen({ horizon: 5, window: 4, selection: 'all' })
    const { light } = drawnNet(size, 0)
    const random = new Random(7, 'pause')
    const values = Float32Array.from({ length: 5 * 200 }, () => random.normal())
    const played = (starts: Int32Array) => {
      const selector = new Selector(5, 3, options, 1)
      selector.restore({
        ...selector.save(),
        mean: new Float64Array(5),
        variance: new Float64Array(5).fill(1),
        weight: 1e12,
      })
      return replay(new Pipeline(selector, light, options), { values, starts }, { range: [0, 200], horizon: 5 })
    }
    const times = Float64Array.from({ length: 200 }, (_, t) => t + (t >= 120 ? 1000 : 0))
    expect(longestStep(times, 500)).toBe(500)
    const starts = stretchStarts(times, 500)
    expect([starts[119], starts[120], starts[199]]).toEqual([0, 120, 120])
    const { full } = played(starts)
    const needed = 28 + 4 + 15
    expect(full.indexOf(1)).toBe(needed - 1)
    expect(full.indexOf(0, needed)).toBe(120)
    expect(full.indexOf(1, 120)).toBe(120 + needed - 1)
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

describe('an order book', () => {
  it('tells features by hand', () => {
    const prices = (values: number[]) => Float64Array.from(values)
    const own = {
      levels: 1,
      bidPrices: prices([99, 99, 100]),
      bidSizes: prices([10, 30, 5]),
      askPrices: prices([101, 101, 102]),
      askSizes: prices([20, 10, 15]),
    }
    const bank = new FeatureBank(own, 86_400)
    const rows = [0, 1, 2].map(t => {
      const row = new Float32Array(bank.names.length)
      bank.push(t, t * 21_600, row)
      return (name: string) => row[bank.names.indexOf(name)]
    })
    expect(rows[0]!('return 1')).toBe(0)
    expect(rows[2]!('return 1')).toBeCloseTo(Math.log(101 / 100))
    expect(rows[2]!('return 20')).toBe(0)
    expect(rows[1]!('spread')).toBeCloseTo(0.02)
    expect(rows.map(row => row('imbalance 1'))).toEqual([-1 / 3, 0.5, -0.5].map(Math.fround))
    // bid 20 longer, ask 10 shorter; then a bid that rose counts whole, an ask that rose counts what was there before
    expect(rows.map(row => row('order flow'))).toEqual([0, 30, 15])
    expect(rows[1]!('microprice')).toBeCloseTo(((99 * 10 + 101 * 30) / 40 - 100) / 100)
    expect(rows[2]!('RSI')).toBe(1)
    rows.forEach((row, t) => expect(row('day sine')).toBeCloseTo([0, 1, 0][t]!))
    bank.reset()
    const fresh = new Float32Array(bank.names.length)
    bank.push(0, 0, fresh)
    expect(fresh[bank.names.indexOf('order flow')]).toBe(0)
  })

  it('is listened to, traded on, and its crossed ticks are left out and said', async () => {
    const set = { horizon: 5, window: 4, channels: 6, epochs: 1, windowsAnEpoch: 256, batch: 64, recent: 200 }
    const bidPrices = Float64Array.from(book.book.bidPrices)
    bidPrices[10 * 1590] = 1e6
    const crossed = { ...book, book: { ...book.book, bidPrices } }
    const fitted = await fit(crossed, chosen({ ...set, tradeAbove: 0.34 }), context)
    expect(fitted.notes).toContainEqual(expect.stringMatching(/^1 tick left out/))
    expect(fitted.notes).toContainEqual(expect.stringMatching(/^simulated trading of one unit/))
    expect(fitted.figures!.map(({ units }) => units)[2]).toBe('gain, in the unit of the price')
    const { records } = await fitted.predict(crossed, context)
    expect(records[1590]).toEqual({ time: book.times[1590], label: null, reason: 'the book is crossed' })
    expect(['down', 'flat', 'up']).toContain(records.at(-1)!.label)
    await expect(fitted.predict(small, context)).rejects.toMatchObject({ code: 'data/columns' })
  })

  it('makes the same features of a tick whatever comes later', () => {
    const whole = readyTicks(book, Infinity)
    const first = readyTicks(takeTicks(book, Int32Array.from(new Int32Array(100).keys())), Infinity)
    expect(whole.values.subarray(0, first.values.length)).toEqual(first.values)
  })

  it('where bids and asks have changed places is refused', () => {
    const { bidPrices: askPrices, askPrices: bidPrices } = book.book
    const turned = { ...book, book: { ...book.book, askPrices, bidPrices } }
    expect(() => checkTicks(turned, 'fit')).toThrow(/best bid is not below the best ask in 1600 of 1600 ticks/)
  })
})

describe('a baseline', () => {
  const set = { horizon: 5, window: 4, epochs: 2, windowsAnEpoch: 256, batch: 64, learningRate: 0.02 }

  // 2 x 48 x 3 + 3; four gates of 48 + 32 inputs and two biases, and 32 x 3 + 3; counted in DeepLOB by its layers
  it.each([
    ['logistic', 291],
    ['LSTM-32', 128 * 82 + 99],
    ['DeepLOB', 24 + 136 + 264 * 6 + 776 + 48 * 3 + 3 * 144 + 784 + 1296 + 128 * 82 + 99],
  ])('%s is taught on all features and tried on the ticks after', async (name, parameters) => {
    const result = await fitBaseline(small, baselines[name]!, chosen(set), context)
    expect(result.parameters).toBe(parameters)
    expect(result.logLoss).toBeLessThan(1.5)
    expect(result.balancedAccuracy).toBeGreaterThan(0.2)
    expect(result.medianMicroseconds).toBeGreaterThan(0)
  })

  it('has principal components of the training ticks, none of which goes with another', () => {
    const { values, features } = principalTicks(small, 6)
    const trained = 0.6 * 1600
    const product = (j: number, k: number) => {
      let sum = 0
      for (let t = 0; t < trained; t++) sum += values[t * 6 + j]! * values[t * 6 + k]!
      return sum / trained
    }
    expect(features).toHaveLength(6)
    for (let k = 1; k < 6; k++) {
      expect(Math.abs(product(0, k))).toBeLessThan(1e-4)
      expect(product(k, k)).toBeLessThanOrEqual(product(k - 1, k - 1))
    }
    const later = { ...small, values: small.values.map((x, i) => (i >= trained * 48 ? -x : x)) }
    expect(principalTicks(later, 6).values.subarray(0, trained * 6)).toEqual(values.subarray(0, trained * 6))
  })
})

describe('simulated trading', () => {
  const times = Float64Array.of(0, 1, 2, 3, 4, 5)
  const quotes = {
    times,
    bid: Float64Array.of(99, 100, 102, 104, 104, 103),
    ask: Float64Array.of(101, 102, 104, 106, 106, 105),
  }
  // up, up, flat, down, down, flat
  const said = Float64Array.from([2, 2, 1, 0, 0, 1].flatMap(k => [0, 1, 2].map(own => Number(own === k))))

  it('is what a hand counts', () => {
    const own = trade(said, quotes, { threshold: 0.5, fee: 0.01, latency: 0 })
    // bought at 102, sold at 104; owed from 104 on
    expect([...own.beforeFees]).toEqual([0, -1, 1, 2, 1, 2])
    expect(own.fees).toBeCloseTo(0.01 * (102 + 104 + 104))
    expect(own.profit).toBeCloseTo(2 - 3.1)
    expect([own.trades, own.turnover]).toEqual([1, 3])
  })

  it('fills later, at the later price, where the latency is longer', () => {
    const own = trade(said, quotes, { threshold: 0.5, fee: 0, latency: 1.5 })
    expect([...own.beforeFees]).toEqual([0, 0, -1, 1, 0, -1])
  })

  it('acts on nothing below its threshold', () => {
    expect(trade(said, quotes, { threshold: 1, fee: 0.01, latency: 0 }).turnover).toBe(0)
  })

  it('loses its costs, and nothing else, on answers that tell nothing', () => {
    const walks = 30
    const free = profitsWithoutSignal(walks, { halfSpread: 0 })
    const mean = free.reduce((sum, value) => sum + value, 0) / walks
    const deviation = Math.sqrt(free.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (walks - 1))
    expect(Math.abs(mean)).toBeLessThan((3 * deviation) / Math.sqrt(walks))
    const paid = profitsWithoutSignal(walks, { halfSpread: 0, fee: 1e-5 })
    expect(Math.max(...paid.map((value, i) => value - free[i]!))).toBeLessThan(0)
    expect(paid.reduce((sum, value) => sum + value, 0)).toBeLessThan(0)
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
