import { describe, expect, it } from 'vitest'
import { float32, type HostTensor, type Tensor } from '../../../engine/index.ts'
import { sentences, sumsModulo } from '../../../data/index.ts'
import { examplesAt, integrationPoints } from '../../../lenses/network/index.ts'
import { goldenCases, noStages } from '../../../study/index.ts'
import {
  parseOptions,
  type Network,
  type NetworkData,
  type RunContext,
  type StudyTable,
} from '../../../system/index.ts'
import { drawn } from '../networks/perceptron.ts'
import { trainModular } from '../networks/train-modular.ts'
import { Ablations } from './ablation.ts'
import {
  crossBlockEdges,
  importedSame,
  linearEdges,
  nothingDropped,
  probedMoment,
  straightWay,
} from './closed-forms.ts'
import { languageLearned, sumsLearned } from './experiment.ts'
import { lib } from './index.ts'
import { Sections } from './measure.ts'
import { parityOf } from './parity.ts'
import { accuracy, fit, logLikelihood } from './scores.ts'

const cases = (await goldenCases('lib'))!
const context: RunContext = { seed: 1, threads: 1, progress: () => {} }
const options = (set: Record<string, unknown> = {}) => parseOptions(lib, set)

describe("parity with the authors' code, in float64", () => {
  it('has every case', () => expect(cases).toHaveLength(6))
  it.each(cases.map(golden => [golden.name, golden] as const))('%s', async (_, golden) => {
    for (const [what, distance] of Object.entries(await parityOf(golden))) expect(distance, what).toBeLessThan(1e-8)
  })
  it('and with a network in float32', async () => {
    const found = await parityOf(
      cases.find(({ name }) => name === 'mlp-centred')!,
      'float32',
      1e-6,
    )
    for (const [what, distance] of Object.entries(found)) expect(distance, what).toBeLessThan(1e-4)
  })
})

describe('closed forms', () => {
  it('a linear network has diagonal edges', async () => expect(await linearEdges()).toBeLessThan(1e-9))
  it('blocks that do not touch have no edge between them', async () =>
    expect(await crossBlockEdges()).toBeLessThan(1e-9))
  it('nothing is lost where nothing is dropped', async () => {
    const { span, whole } = await nothingDropped()
    expect(span).toBeLessThan(1e-9)
    expect(whole).toBeLessThan(1e-9)
  })
  it('random signs come to the exact moment', async () => expect(await probedMoment(256)).toBeLessThan(0.1))
  it.each(['trapezoid', 'gauss-legendre'] as const)(
    'on a straight way integrated edges are plain ones: %s',
    async rule => expect(await straightWay({ points: integrationPoints(rule, 3) })).toBeLessThan(1e-9),
  )
  it('and on part of it a part of them: the square of half of it', async () =>
    expect(await straightWay({ points: [{ at: 0.3, weight: 0.5 }] })).toBeCloseTo(0.75, 9))
  it('an ONNX file is the network it was made from', async () => expect(await importedSame()).toBeLessThan(1e-4))
})

describe('an explanation', () => {
  it('tells the edges that are needed, and everything as tensors', async () => {
    const { network, data } = drawn([3, 5, 4])
    const labels = Int32Array.from({ length: 60 }, (_, i) => i % 4)
    const splits = {
      train: labels.map((_, i) => i).slice(0, 40),
      valid: new Int32Array(),
      test: labels.map((_, i) => i).slice(40),
    }
    const { results, tensors, table, notes } = await lib.explain!(
      network,
      { ...data, labels, splits },
      options({ ablate: 'edges', compare: false }),
      context,
    )
    const edges = results.filter(({ index }) => index === 'edge')
    const needed = table!.rows.reduce((sum, row) => sum + Number(row[5]), 0)
    expect(edges.length).toBeGreaterThan(0)
    expect(edges.length).toBeLessThanOrEqual(needed)
    expect(edges.every(({ set }) => !set.join().includes('constant'))).toBe(true)
    expect(tensors!['layer.0/basis']!.dims).toEqual([4, table!.rows[0]![2]])
    expect(notes!.join()).not.toMatch(/no splits|no labels/)
    expect(notes![0]).toMatch(/one-point derivatives at the activations, squared/)
  })

  it('tells by which formula and rule it was measured', async () => {
    const { network, data } = drawn([3, 4, 3])
    const older = {
      formula: 'difference',
      edges: 'functional',
      integration: 'trapezoid',
      ablate: 'none',
      compare: false,
    }
    const { notes } = await lib.explain!(network, data, options(older), context)
    expect(notes![0]).toBe(
      'edges are of derivatives integrated from nothing to the activations, on the squared difference from what is sent ' +
        "(trapezoid rule, 5 points); the basis is by the older formula 'difference'",
    )
    expect(notes!.at(-1)).toMatch(/^modularity of the clusters \d/)
  })

  it('is measured on what is to be learned from, and ablated on the rest', async () => {
    const data = sumsModulo(5, { share: 0.6, seed: 1 })
    const training = { width: 8, heads: 2, hidden: 16, steps: 3 }
    const { network, test } = await trainModular(data, training, context)
    expect(test).toBeLessThanOrEqual(1)
    const judged = examplesAt(data, data.splits.test)
    await using sections = new Sections(
      network,
      examplesAt(data, data.splits.train),
      { layers: [], threshold: 1e-9 },
      context,
    )
    await using ablations = await Ablations.on(sections, judged, { score: accuracy, tolerance: 0, batch: 4 }, context)
    expect(ablations.whole).toBeCloseTo(test, 6)
    const [basis] = await sections.bases('lib')
    expect((await ablations.nodes(0, basis!)).curve.at(-1)!.score).toBeCloseTo(test, 6)
  })
})

it('the experiment on sums settles all its claims, whatever they come to', async () => {
  const settled: string[] = []
  const shown: StudyTable[] = []
  await sumsLearned(
    {
      size: 'full',
      seeds: [1],
      threads: 1,
      open: () => true,
      stage: noStages.stage,
      skip: () => {},
      progress: () => {},
      dataset: () => undefined,
      settle: (name, { measured }) => void settled.push(`${name}: ${measured}`),
      show: ({ table }) => void shown.push(table!),
      shown: () => ({}),
    },
    {
      make: seed => sumsModulo(5, { share: 0.6, seed }),
      training: { width: 8, heads: 2, hidden: 16, steps: 5 },
    },
  )
  expect(settled.map(each => each.split(':')[0])).toEqual(['learned', 'edges', 'neurons', 'nodes'])
  expect(settled.join()).not.toMatch(/NaN|undefined/)
  expect(shown[0]!.rows).toHaveLength(9)
})

it('the experiment on a language model too', async () => {
  const settled: string[] = []
  await languageLearned(
    {
      size: 'full',
      seeds: [1],
      threads: 1,
      open: () => true,
      stage: noStages.stage,
      skip: () => {},
      progress: () => {},
      dataset: () => undefined,
      settle: (name, { measured }) => void settled.push(`${name}: ${measured}`),
      show: () => {},
      shown: () => ({}),
    },
    sentences(12, { tested: 4, seed: 1 }),
    { width: 4, layers: 1, heads: 2, steps: 2, batch: 4 },
    { learned: 4, judged: 2 },
  )
  expect(settled[0]).toMatch(/^taught: object [\d.]+, copy [\d.]+, fact [\d.]+$/)
  expect(settled[1]).toMatch(/^language: [\d.]+ \(\d+ to \d+, \d+ to \d+\)$/)
})

describe('scores', () => {
  const answers = Float64Array.of(2, 1, 0, 3)
  const labels = Int32Array.of(0, 0)
  it('accuracy', () => expect(accuracy.of(answers, answers, labels)).toBe(0.5))
  it('log-likelihood', () => {
    const expected = (-Math.log(1 + Math.exp(-1)) - 3 - Math.log(1 + Math.exp(-3))) / 2
    expect(logLikelihood.of(answers, answers, labels)).toBeCloseTo(expected, 12)
  })
  it('fit', () => expect(fit.of(Float64Array.of(1.5, 1.5, 1.5, 1.5), answers, undefined)).toBeCloseTo(0, 12))
})

describe('refuses', () => {
  const network = (trace: (x: Tensor) => Tensor, layers: string[]): Network => {
    const { state } = drawn([2, 2]).network
    return { name: 'net', inputs: { x: float32(['batch', 3]) }, state, layers, trace: ({ x }) => ({ y: trace(x!) }) }
  }
  const x = (values: number[]): HostTensor => ({
    dtype: 'float32',
    dims: [values.length / 3, 3],
    data: Float32Array.from(values),
  })
  const rows: NetworkData = { inputs: { x: x([1, 2, 3, 3, 1, 2, 0, 1, 5, 2, 2, 1]) } }
  const chain = (h: Tensor) => h.named('a').tanh().named('b').relu()
  it.each<[string, Network, NetworkData, Record<string, unknown>, string, RegExp]>([
    ['no layers', { ...network(chain, []), layers: undefined }, rows, {}, 'option/invalid', /names of its node layers/],
    ['a layer twice', network(chain, []), rows, { layers: ['a', 'a'] }, 'option/invalid', /'a' is given twice/],
    ['a layer that is not there', network(chain, []), rows, { layers: ['c'] }, 'engine/name', /no intermediate 'c'/],
    ['layers out of order', network(chain, []), rows, { layers: ['b', 'a'] }, 'lens/needs', /'a' does not read 'b'/],
    [
      'a way round a layer',
      network(h => h.named('a').tanh().add(h), ['a']),
      rows,
      {},
      'lens/needs',
      /'output' reads 'x' past 'a'/,
    ],
    [
      'a layer that is no vector',
      network(h => h.sum(-1).named('a').unsqueeze(1), ['a']),
      rows,
      {},
      'lens/needs',
      /layer 'a'/,
    ],
    [
      'slopes without bound',
      network(h => h.named('a').sqrt(), ['a']),
      { inputs: { x: x([0, 1, 2, 3, 0, 1]) } },
      {},
      'lens/not-finite',
      /from 'a' to 'output'/,
    ],
    [
      'an input that is missing',
      network(chain, ['a']),
      { inputs: { z: x([1, 2, 3]) } },
      {},
      'data/role-missing',
      /'x'/,
    ],
    [
      'a difference from itself',
      network(chain, ['a']),
      rows,
      { formula: 'difference' },
      'option/conflict',
      /formula=diff/,
    ],
    [
      'the same of edges',
      network(chain, ['a']),
      rows,
      { edges: 'functional' },
      'option/conflict',
      /edges=functional is no/,
    ],
  ])('%s', async (_, subject, data, set, code, message) => {
    const failure: unknown = await lib.explain!(subject, data, options(set), context).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code, message: expect.stringMatching(message) as string })
  })

  it.each<[number[], string, RegExp]>([
    [[0, 1, 3, 0], 'data/unknown-value', /label 3 is 3, the network tells 3 classes/],
    [[0, 1, 2, 0, 0, 1, 2, 0], 'shape/mismatch', /8 labels do not fit 4 answers/],
  ])('labels %j', async (labels, code, message) => {
    const given = { ...rows, labels: Int32Array.from(labels) }
    const failure: unknown = await lib.explain!(network(chain, ['a']), given, options(), context).catch(
      (error: unknown) => error,
    )
    expect(failure).toMatchObject({ code, message: expect.stringMatching(message) as string })
  })

  it('nothing where there are fewer examples than features, but says so', async () => {
    const { network: wide, data } = drawn([6, 6, 3], { examples: 4 })
    const { notes } = await lib.explain!(wide, data, options({ ablate: 'none', compare: false }), context)
    expect(notes!.join()).toMatch(/4 examples for 6 features of layer.0/)
  })
})
