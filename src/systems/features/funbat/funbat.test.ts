import { describe, expect, it } from 'vitest'
import { smoothTensor, type TensorEntries } from '../../../data/index.ts'
import { goldenCases } from '../../../study/index.ts'
import { parseOptions, tasks, type RunContext } from '../../../system/index.ts'
import { regressionDifference } from './closed-forms.ts'
import { Coupling } from './coupling.ts'
import { fit } from './fitted.ts'
import { curvesAt, ModeFunctions } from './functions.ts'
import { funbat } from './index.ts'
import { ranksOf, type FunbatOptions } from './options.ts'
import { centredNoise, parityOf } from './parity.ts'

const cases = (await goldenCases('funbat'))!
const context: RunContext = { seed: 1, threads: 1, progress: () => {} }
const chosen = (set: Record<string, unknown> = {}) => parseOptions(funbat, set) as FunbatOptions
const small = smoothTensor.make({ seed: 1, size: 'small' })

describe("parity with the authors' code, twenty passes", () => {
  it('has every variant', () => expect(cases).toHaveLength(7))
  it.each(cases.map(golden => [golden.name, golden] as const))('%s', (_, golden) => {
    for (const difference of Object.values(parityOf(golden))) expect(difference).toBeLessThan(1e-9)
  })

  it('data of mean zero collapse from their start, and not from ours', async () => {
    const { theirs, ours } = await centredNoise(cases.find(({ name }) => name === 'cp-collapsing')!)
    expect(theirs).toBeGreaterThan(0.95)
    expect(ours).toBeLessThan(0.9)
  })
})

describe('closed forms', () => {
  it.each([0.5, 1.5] as const)('one mode alone is Gaussian-process regression, smoothness %d', smoothness => {
    expect(regressionDifference(smoothness)).toBeLessThan(1e-8)
  })

  it('the core unfolds along any mode', () => {
    const coupling = new Coupling('tucker', [2, 1, 3])
    coupling.setWeights(Float64Array.of(0, 1, 2, 10, 11, 12), coupling.covariance)
    expect([...coupling.unfold(0)!.data]).toEqual([0, 1, 2, 10, 11, 12])
    expect([...coupling.unfold(1)!.data]).toEqual([0, 1, 2, 10, 11, 12])
    expect(coupling.unfold(2)).toEqual({ rows: 3, columns: 2, data: Float64Array.of(0, 10, 1, 11, 2, 12) })
  })

  it('far from all measurements the prior is left', () => {
    const kernel = { smoothness: 1.5, lengthScale: 0.1, variance: 2 } as const
    const functions = new ModeFunctions(Float64Array.of(0.5), kernel, 1)
    functions.precision[0] = functions.shift[0] = 100
    const { means, covariances } = curvesAt(functions, kernel, 1, Float64Array.of(-5, 0.5, 5))
    expect([...means]).toEqual([expect.closeTo(0, 6), expect.closeTo(200 / 201, 10), expect.closeTo(0, 6)])
    expect(covariances[0]).toBeCloseTo(2, 6)
  })
})

describe('fitting', () => {
  it('finds the smooth tensor, its noise, and says what acts together', async () => {
    const fitted = await fit(small, chosen({ restarts: 1, passes: 60 }), context)
    const spread = Math.sqrt(small.clean.reduce((sum, value) => sum + value * value, 0) / small.clean.length)
    expect(fitted.metrics!.test!.rmse).toBeLessThan(0.5 * spread)
    expect(fitted.metrics!.test!.covered).toBeGreaterThan(0.75)
    expect(fitted.notes!.some(note => /x \d × y \d × z \d/.test(note))).toBe(true)
    expect(fitted.figures!.map(({ units }) => units)).toEqual([
      ...Array<string>(3).fill('function value'),
      'units of value',
      ...Array<string>(3).fill('value'),
    ])
    expect(fitted.curves('y', [0.2, 0.4]).means).toHaveLength(4)
    expect(() => fitted.curves('w', [0])).toThrow(/no mode 'w'/)
  })

  it('answers with wider bands outside what was measured', async () => {
    const fitted = await fit(small, chosen({ restarts: 1, passes: 20 }), context)
    const at = (...coordinates: number[]): TensorEntries => ({
      modes: small.modes,
      coordinates: Float64Array.from(coordinates),
    })
    const { records } = await fitted.predict(at(0.5, 0.5, 0.5, 3, 3, 3), context)
    expect(records[1]!.deviation).toBeGreaterThan(2 * (records[0]!.deviation as number))
  })

  it('says so where it found nothing', async () => {
    const noise = { ...small.values!, data: small.values!.data.map((_, i) => ((i * 7919) % 97) - 48) }
    const { notes } = await fit({ ...small, values: noise }, chosen({ restarts: 1, lengthScales: [100] }), context)
    expect(notes![0]).toMatch(/^warning: nothing was found/)
  })
})

describe('refuses', () => {
  it.each<[string, TensorEntries, string, RegExp]>([
    [
      'a coordinate beyond [0, 1]',
      { ...small, coordinates: small.coordinates.map(t => 2 * t) },
      'data/out-of-range',
      /'[xyz]' of entry/,
    ],
    [
      'a NaN',
      { ...small, coordinates: small.coordinates.map((t, i) => (i === 4 ? NaN : t)) },
      'data/not-finite',
      /'y' of entry 2/,
    ],
    [
      'one mode',
      { modes: [{ name: 'x' }], coordinates: Float64Array.of(0.5), values: small.values },
      'data/columns',
      /two modes/,
    ],
    [
      'modes of one name',
      { ...small, modes: ['a', 'b', 'a'].map(name => ({ name })) },
      'data/duplicate-field',
      /'a': 1 and 3/,
    ],
    ['no values', { ...small, values: undefined }, 'data/target-missing', /no values/],
  ])('%s', (_, tensor, code, text) => {
    const failure = ((): unknown => {
      try {
        return tasks.tensor.check!(tensor, 'fit')
      } catch (error) {
        return error
      }
    })()
    expect(failure).toMatchObject({ code, message: expect.stringMatching(text) as string })
  })

  it.each([
    [{ rank: [8] }, 4, /8 x 8 x 8 x 8 has 4,096 values/],
    [{ rank: [2, 3] }, 3, /lists 2 numbers for 3 modes/],
    [{ rank: [2, 3, 2], form: 'cp' }, 3, /same rank for all modes/],
  ])('%j', (set, modes, text) => {
    const names = Array.from({ length: modes }, (_, i) => `m${i}`)
    expect(() => ranksOf(chosen(set), names)).toThrow(text)
  })
})
