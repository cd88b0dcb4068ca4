import { describe, expect, it } from 'vitest'
import type { ChartSpec } from '../../../charts/index.ts'
import { checkTokenPairs, type TokenPairs } from '../../../data/index.ts'
import { parseOptions, type RunContext } from '../../../system/index.ts'
import { sampledForm, tokenForms, unanimityForm } from './closed-forms.ts'
import { explanationOf } from './explanation.ts'
import { hbi } from './index.ts'
import { hbiParities } from './parity.ts'
import { mapOfTokens } from './tokens-as-they-are.ts'
import { corpusOf } from './worlds.ts'

it('closed forms of maps, samples and unanimity games', async () => {
  for (const distance of Object.values(tokenForms(2))) expect(distance).toBeLessThan(1e-12)
  expect(sampledForm(2, 400)).toBeLessThan(0.1)
  expect(await unanimityForm()).toBeLessThan(1e-12)
})

it("modules and interactions are the authors'", async () => {
  const { estimator, merge, similarities, published } = (await hbiParities())!
  for (const { outputs, gradients } of [estimator, merge, ...similarities]) {
    for (const distance of Object.values(outputs)) expect(distance).toBeLessThan(1e-5)
    for (const [path, distance] of Object.entries(gradients)) expect(distance, path).toBeLessThan(1e-4)
  }
  expect(published).toBeLessThan(1e-9)
})

const context: RunContext = { seed: 1, threads: 1, progress: () => {} }

/** Two items of three words and two frames; the first word of each is its first frame, and so on. */
const pairs: TokenPairs = {
  name: 'two',
  items: 2,
  text: {
    name: 'text',
    length: 3,
    width: 2,
    values: Float32Array.of(1, 0, 0, 1, 9, 9, 1, 1, 1, -1, 1, 0),
    mask: Uint8Array.of(1, 1, 0, 1, 1, 1),
  },
  frames: {
    name: 'frames',
    length: 2,
    width: 2,
    values: Float32Array.of(2, 0, 0, 3, 1, 1, 1, -1),
    mask: Uint8Array.of(1, 1, 1, 1),
  },
}

it('tokens that are alike are better together, padding takes no part', () => {
  const map = mapOfTokens(pairs, 0, { rule: 'ordinary', samples: 10, seed: 1 })
  expect([map.rows, map.columns, map.exact]).toEqual([[0, 1], [0, 1], true])
  expect(map.interactions[0]).toBeGreaterThan(0.3)
  expect(map.interactions[0]).toBeGreaterThan(map.interactions[1]! + 0.3)
  const { results, figures } = explanationOf([map], { words: [['red', 'star', '']] }, 0)
  expect(results[0]).toMatchObject({ index: 'Banzhaf interaction, words and frames' })
  expect(
    results
      .slice(0, 2)
      .map(({ set }) => set.join(' '))
      .sort(),
  ).toEqual(['red frame 1', 'star frame 2'])
  expect(figures[0]!.table.rows).toHaveLength(4)
})

it('what a run learned shows words and frames, phrases and clips, sentences and segments', async () => {
  const { data, options } = await hbi.example!(context)
  const fitted = await hbi.fit!(data, parseOptions(hbi, { ...options, ratios: [0.25, 0.5], warmUp: 0 }), context)
  const from = { name: 'run', system: 'hbi', saved: await fitted.save() }
  await fitted.close?.()
  const chosen = parseOptions(hbi, { item: 2, samples: 20 })
  const { results, figures, tensors } = await hbi.explain!(undefined, data, chosen, { ...context, from })
  expect((figures as readonly ChartSpec[]).map(({ note }) => note?.split(':')[0])).toEqual([
    undefined,
    'phrases of words',
    'sentences of words',
  ])
  expect(tensors!['phrase-clip.interactions']!.dims).toEqual([3, 2])
  expect(tensors!['sentence-segment.interactions']!.dims).toEqual([2, 1])
  const sampled = results.find(({ index }) => index.includes('words'))!
  expect(sampled).toMatchObject({ exact: false })
  expect(sampled.low).toBeLessThan(sampled.value)
  expect(results.find(({ index }) => index.includes('phrases'))).toMatchObject({ exact: true })
  const foreign = { ...context, from: { ...from, system: 'fm' } }
  await expect(hbi.explain!(undefined, data, chosen, foreign)).rejects.toThrow(/'run' is a run of fm/)
})

it('the toy corpus names what frames show', () => {
  const { shown, text, frames, items, ids } = corpusOf(20, 3)
  expect(ids).toHaveLength(items)
  for (let item = 0; item < items; item++) {
    const words = text.mask.subarray(item * text.length, (item + 1) * text.length)
    expect(words.reduce((sum, mark) => sum + mark, 0)).toBeGreaterThanOrEqual(6)
    const cells = shown.subarray(item * text.length * frames.length, (item + 1) * text.length * frames.length)
    for (let frame = 0; frame < frames.length; frame++)
      expect(cells.filter((cell, at) => cell === 1 && at % frames.length === frame).length).toBeGreaterThanOrEqual(2)
  }
})

describe('refuses', () => {
  const text = (changed: Partial<TokenPairs['text']>) => ({ ...pairs, text: { ...pairs.text, ...changed } })
  it.each<[string, TokenPairs, RegExp]>([
    ['a text without words', text({ mask: Uint8Array.of(0, 0, 0, 1, 1, 1) }), /'text' of item 1 has no token/],
    ['a mask that is no mask', text({ mask: Uint8Array.of(1, 1, 0, 1, 3, 1) }), /mask of item 2 is 3 at token 2/],
    ['one word', text({ length: 1 }), /1 token an item, interactions take two or more/],
    [
      'texts that are the same, without ids',
      text({ values: Float32Array.of(1, 0, 0, 1, 9, 9, 1, 0, 0, 1, 5, 5), mask: Uint8Array.of(1, 1, 0, 1, 1, 0) }),
      /items 1 and 2 have the same text/,
    ],
  ])('%s', (_, given, message) => expect(() => checkTokenPairs(given)).toThrow(message))

  it('an item that is not there, and sides of two widths', () => {
    const options = { rule: 'ordinary', samples: 10, seed: 1 } as const
    expect(() => mapOfTokens(pairs, 5, options)).toThrow(/'two' has no item 6/)
    expect(() => mapOfTokens({ ...pairs, frames: { ...pairs.frames, width: 1 } }, 0, options)).toThrow(/no cosine/)
  })
})
