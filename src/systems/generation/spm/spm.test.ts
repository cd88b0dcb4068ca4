import { beforeAll, describe, expect, it } from 'vitest'
import { decodeSafetensors, encodeSafetensors, type HostTensor } from '../../../engine/index.ts'
import { Random } from '../../../random/index.ts'
import { goldenCases } from '../../../study/index.ts'
import { transformerHosts } from '../shared/hosts.ts'
import { weightsFor } from '../shared/adapter-file.ts'
import { cosine, drawAnchors } from './anchors.ts'
import { changedAtStart, mergeErrors } from './closed-forms.ts'
import { factorsSummed } from './erasures.ts'
import { smallestBase } from './example.ts'
import { spm } from './index.ts'
import { decodeMembrane, encodeMembrane, erase, generate, membrane, type Membrane } from './membrane.ts'
import { parityOf } from './parity.ts'
import { permeability } from './transport.ts'

describe("parity with the authors' code", async () => {
  const cases = (await goldenCases('spm'))!

  it.each(cases)('$name', async golden => {
    const { outputs, gradients } = await parityOf(golden)
    const exact = golden.name.startsWith('losses') || golden.name === 'transport' ? 1e-6 : 1e-5
    expect(Object.keys(outputs).length).toBeGreaterThan(0)
    for (const [name, distance] of Object.entries(outputs)) expect(distance, name).toBeLessThanOrEqual(exact)
    for (const [path, distance] of Object.entries(gradients)) expect(distance, path).toBeLessThanOrEqual(1e-4)
    if (golden.name === 'network') expect(Object.keys(gradients)).toHaveLength(96)
  })
})

it('a new membrane changes no bit, a merged one nothing but where it is applied', async () => {
  expect(await changedAtStart()).toBe(0)
  const { merged, unmerged } = await mergeErrors()
  expect(merged).toBeLessThanOrEqual(1e-5)
  expect(unmerged).toBeLessThanOrEqual(1e-6)
})

const options = { ...spm.options.parse({}), iterations: 3, batch: 2, rollOut: 3, learningRate: 0.01, warmUp: 0 }
const context = { seed: 1, threads: 1, progress: () => {} }

describe('a membrane learned on a small base', () => {
  const base = smallestBase(1)
  const texts = ['a red star on dark', 'a blue circle on sand']
  let star: Membrane
  let weights: Float32Array[]
  beforeAll(async () => {
    weights = [...base.state.entries()].map(([, { data }]) => Float32Array.from(data))
    star = await erase(base, ['star'], options, context)
  })

  it('leaves every byte of the base', () => {
    const after = [...base.state.entries()].map(([, { data }]) => Float32Array.from(data))
    expect(after).toEqual(weights)
  })

  it('has moved, and acts on the text that names the concept', async () => {
    const plain = await generate(base, texts, { seed: 1 })
    const { pixels, strengths } = await generate(base, texts, { seed: 1, membranes: [star] })
    expect(strengths[0]![0]).toBe(1)
    expect(strengths[0]![1]).toBeLessThan(1)
    expect(pixels).not.toEqual(plain.pixels)
    const off = membrane('star', ['star'], star.weights, 0)
    expect((await generate(base, texts, { seed: 1, membranes: [off] })).pixels).toEqual(plain.pixels)
  })

  it('is the same through a file, which has the published names', async () => {
    const file = encodeMembrane(star)
    const read = decodeMembrane(file, 'star.safetensors')
    expect(read.phrases).toEqual(['star'])
    expect(read.weights).toEqual(star.weights)
    expect(Object.keys(read.weights.tensors)).toContain(
      'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k.lora_down.weight',
    )
    expect(decodeSafetensors(file).metadata).toEqual({ prompts: 'star', rank: '1', alpha: '1.0' })
  })

  it('adds up with others as a sum of products', async () => {
    const draw = async (...strengths: number[]) => {
      const membranes = strengths.map(strength => membrane(`${strength}`, ['star'], star.weights, strength))
      return (await generate(base, texts, { seed: 1, membranes })).pixels
    }
    const [whole, halves] = [await draw(1), await draw(0.5, 0.5)]
    expect(whole.filter((value, i) => Math.abs(value - halves[i]!) > 1)).toHaveLength(0)
  })

  it('crosses files and squares strengths where factors are summed first', async () => {
    const [host] = transformerHosts(base.model.unet).keys()
    const other = (value: number) =>
      [`${host}.lora_down.weight`, `${host}.lora_up.weight`].reduce(
        (tensors, name) => change(tensors, name, () => value),
        star.weights.tensors,
      )
    const files = [2, 3].map(value =>
      membrane(String(value), ['star'], { ...star.weights, tensors: other(value) }, value / 10),
    )
    const crossed = factorsSummed(files)
    expect(crossed.map(({ name }) => name)).toEqual(['2 x 2', '2 x 3', '3 x 2', '3 x 3'])
    const encode = () => Promise.reject(new Error('strengths are fixed'))
    const strengths = await Promise.all(crossed.map(each => each.strengths({ count: 1 } as never, encode)))
    expect(strengths.map(([value]) => Number(value!.toFixed(6)))).toEqual([0.04, 0.06, 0.06, 0.09])
    const first = crossed[1]!.weights.tensors
    for (const [name, { data }] of Object.entries(first)) {
      expect(data).toEqual(files[name.endsWith('.lora_down.weight') ? 1 : 0]!.weights.tensors[name]!.data)
    }
  })

  it.each([
    ['lacks 1 of', (tensors: Tensors, [first]: string[]) => drop(tensors, first!)],
    [
      'has 1 layers that this model lacks: lora_unet_other',
      (tensors: Tensors) => ({ ...tensors, 'lora_unet_other.alpha': scalar(1) }),
    ],
    ['are not finite', (tensors: Tensors, [first]: string[]) => change(tensors, `${first}.lora_up.weight`, () => NaN)],
    ['another alpha', (tensors: Tensors, [first]: string[]) => ({ ...tensors, [`${first}.alpha`]: scalar(3) })],
  ])('a file that %s is refused by name', (message, spoil) => {
    const hosts = transformerHosts(base.model.unet)
    const names = [...hosts.keys()]
    const tensors = spoil(star.weights.tensors, names)
    const refused = () => weightsFor(hosts, { ...star.weights, tensors }, 'file')
    expect(refused).toThrow(message)
    if (message.startsWith('lacks')) expect(refused).toThrow(names[0])
  })

  it('a file of another rank than it declares is refused', () => {
    const file = encodeSafetensors(star.weights.tensors, { prompts: 'star', rank: '4', alpha: '1.0' })
    expect(() => decodeMembrane(file, 'file')).toThrow(/rank 1, it declares 4/)
  })
})

type Tensors = Readonly<Record<string, HostTensor>>
const scalar = (value: number): HostTensor => ({ dtype: 'float32', dims: [], data: Float32Array.of(value) })
const drop = (tensors: Tensors, host: string): Tensors =>
  Object.fromEntries(Object.entries(tensors).filter(([name]) => !name.startsWith(`${host}.`)))
const change = (tensors: Tensors, name: string, value: () => number): Tensors => ({
  ...tensors,
  [name]: { ...tensors[name]!, data: Float32Array.from(tensors[name]!.data as Float32Array, value) },
})

describe('phrases and options that erase nothing', () => {
  const base = smallestBase(1)
  it.each([
    [[], {}, /no phrase/],
    [['star', ' '], {}, /phrase 2 is empty/],
    [['star'], { surrogate: 'Star', guidance: 0 }, /'star' is its own surrogate/],
    [['unicorn'], {}, /knows no 'unicorn'/],
    [['star'], { surrogate: 'horse' }, /knows no 'horse'/],
    [['star'], { anchorCount: 3 }, /anchorCount \(3\) is no multiple of batch \(2\)/],
    [['red, star'], {}, /comma/],
  ])('%j %j', async (phrases, given, message) => {
    await expect(erase(base, phrases, { ...options, ...given }, context)).rejects.toThrow(message)
  })

  it('a run without a base', async () => {
    await expect(spm.fit!({ texts: ['star'] }, spm.options.parse({}), context)).rejects.toThrow(/none was given/)
  })
})

describe('anchors', () => {
  const random = new Random(1, 'concept')
  const concept = { length: 3, width: 4, features: Float32Array.from({ length: 12 }, () => random.normal()) }
  const norm = (values: Float32Array) => Math.hypot(...values)

  it.each([
    ['sequence', 12],
    ['token', 4],
  ] as const)('by %s have 0.8 to 1.2 of the norm', async (kind, span) => {
    const drawn = await drawAnchors(concept, { count: 50, kind, random, propose: async () => concept.features })
    expect(drawn).toHaveLength(600)
    for (let at = 0; at < drawn.length; at += span) {
      const own = concept.features.subarray(at % 12, (at % 12) + span)
      const ratio = norm(drawn.subarray(at, at + span)) / norm(own)
      expect(ratio).toBeGreaterThan(0.8 - 1e-5)
      expect(ratio).toBeLessThan(1.2 + 1e-5)
    }
  })

  it('lean away from the concept: one is kept with probability 1 - cos', async () => {
    const narrow = { length: 1, width: 2, features: Float32Array.of(1, 0) }
    const drawn = await drawAnchors(narrow, {
      count: 2000,
      kind: 'sequence',
      random,
      propose: async () => narrow.features,
    })
    const cosines = Array.from({ length: 2000 }, (_, i) => cosine(drawn.subarray(2 * i, 2 * i + 2), narrow.features))
    // on a circle with density min(1, 1 - cos): the integral of cos over that of 1, each over half the circle
    const expected = -Math.PI / 4 / (Math.PI - 1)
    expect(cosines.reduce((sum, value) => sum + value, 0) / 2000).toBeCloseTo(expected, 1)
  })

  it('of the concept itself are never found', async () => {
    const draw = drawAnchors(concept, { count: 1, kind: 'words', random, propose: async () => concept.features })
    await expect(draw).rejects.toThrow(/the concept itself/)
  })
})

it('padding and the start, alike in all texts, tell nothing of nearness', () => {
  const features = (word: number[]) => [9, 9, ...word, 8, 8, 7, 7]
  const encoded = (ids: number[], own: number[]) => ({
    ...{ count: 1, length: 4, width: 2 },
    ids: Int32Array.from(ids),
    features: Float32Array.from(features(own)),
  })
  const [text, phrase] = [encoded([1, 5, 2, 0], [1, 0]), encoded([1, 6, 2, 0], [0, 1])]
  expect(permeability(text, phrase, 'words')[0]).toBe(0)
  expect(permeability(text, phrase, 'all')[0]).toBeGreaterThan(0.99)
  expect(permeability(text, text, 'words')[0]).toBe(1)
})
