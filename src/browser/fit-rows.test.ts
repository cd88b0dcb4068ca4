import { describe, expect, it } from 'vitest'
import { Random } from '../random/index.ts'
import { fitRows, openBundle, systems } from './index.ts'

const random = new Random(5, 'rows')
const rows = Array.from({ length: 600 }, () => {
  const [colour, size, weight] = [random.integer(3), random.integer(3), random.normal()]
  const chance = colour === size ? 0.9 : 0.1
  return { colour: 'rgb'[colour]!, size: 'sml'[size]!, weight, sold: random.uniform() < chance }
})
const options = {
  target: 'sold',
  epochs: 3,
  learningRate: 0.01,
  set: { layers: 1, attentionWidth: 8, embeddingDimension: 4 },
}
const asked = [rows[0]!, { colour: 'r', size: 'unseen' }, {}]

describe('a fit of rows in memory', () => {
  it('learns, and its bundle answers as it does', async () => {
    const seen: string[] = []
    await using model = await fitRows(rows, { ...options, onProgress: ({ kind }) => void seen.push(kind) })
    expect(model.training).toMatchObject({ stopped: 'epochs', epochs: 3 })
    expect(seen.filter(kind => kind === 'epoch')).toHaveLength(3)
    expect(model.metrics.test.auc!.value).toBeGreaterThan(0.6)
    const answers = await model.predictor.predict(asked)
    expect(answers).toHaveLength(3)
    expect(answers[0]).toEqual({ probability: expect.any(Number), label: expect.stringMatching(/^(true|false)$/) })
    const files = await model.bundle()
    expect(Object.keys(files)).toEqual(['model.onnx', 'interplay.json'])
    await using opened = await openBundle(files)
    expect(await opened.predict(asked)).toEqual(answers)
  })

  it('repeats itself, whatever the system', async () => {
    const losses = []
    for (let i = 0; i < 2; i++) {
      await using model = await fitRows(rows, { target: 'sold', system: systems.fm, epochs: 1, seed: 3 })
      losses.push(model.training.history.map(({ trainLoss }) => trainLoss))
    }
    expect(losses[0]).toEqual(losses[1])
  })

  it('keeps what it has when it is stopped', async () => {
    const stopping = new AbortController()
    await using model = await fitRows(rows, {
      ...options,
      epochs: 500,
      patience: 500,
      signal: stopping.signal,
      onProgress: ({ kind }) => kind === 'epoch' && stopping.abort(),
    })
    expect(model.training.stopped).toBe('interrupted')
    expect(model.training.bestEpoch).toBeGreaterThanOrEqual(1)
    expect(await model.predictor.predict(asked)).toHaveLength(3)
  })

  it.each([
    [{ set: { head: 2 } }, 'option/unknown'],
    [{ set: { heads: 3 } }, 'option/conflict'],
    [{ target: 'price' }, 'data/unknown-field'],
    [{ metric: 'rmse' }, 'option/invalid'],
    [{ device: 'cuda' as const }, 'engine/device'],
    [{ device: 'gpu' as 'cuda' }, 'option/invalid'],
    [{ epochs: 0 }, 'option/invalid'],
    [{ batch: 0 }, 'option/invalid'],
    [{ batch: 1.5 }, 'option/invalid'],
    [{ learningRate: -1 }, 'option/invalid'],
    [{ patience: NaN }, 'option/invalid'],
    [{ timeLimit: 0 }, 'option/invalid'],
    [{ seed: 1.5 }, 'option/invalid'],
  ])('refuses %o', async (given, code) => {
    await expect(fitRows(rows, { ...options, ...given })).rejects.toMatchObject({ code })
  })

  it('tells all ranges at once that settings are outside of', async () => {
    await expect(fitRows(rows, { ...options, epochs: 2.5, seed: -1 })).rejects.toMatchObject({
      message: "epochs must be an integer >= 1, got '2.5'",
      why: "seed must be an integer >= 0, got '-1'",
    })
  })

  it('keeps the order of fields that it is told, also of names that are integers', async () => {
    const numbered = rows.map(({ colour, size, weight, sold }) => ({ 9: colour, 2: size, weight, sold }))
    const losses = []
    for (const [given, fields] of [
      [rows, undefined],
      [numbered, ['9', '2', 'weight', 'sold']],
    ] as const) {
      await using model = await fitRows(given, { ...options, fields, epochs: 1 })
      losses.push(model.training.history[0]!.trainLoss)
      if (fields) expect(model.prepared.encoding.fields.map(({ name }) => name)).toEqual(fields.slice(0, 3))
    }
    expect(losses[1]).toBe(losses[0])
  })

  it('keeps long lists of values in interplay.json', async () => {
    const users = Array.from({ length: 50_200 }, (_, i) => ({
      user: `u${i >> 1}`,
      item: `i${i % 25_100}`,
      sold: i % 3 > 0,
    }))
    const given = { target: 'sold', system: systems.logistic, epochs: 1, batch: 4096, minCount: 1 }
    await using model = await fitRows(users, given)
    const files = await model.bundle()
    expect(Object.keys(files)).toEqual(['model.onnx', 'interplay.json'])
    await using opened = await openBundle(files)
    expect(await opened.predict(users.slice(0, 3))).toEqual(await model.predictor.predict(users.slice(0, 3)))
  })

  it('refuses a bundle that is not whole', async () => {
    await using model = await fitRows(rows, { ...options, epochs: 1 })
    const files = await model.bundle()
    const { 'model.onnx': onnx, ...rest } = files
    await expect(openBundle(rest)).rejects.toMatchObject({ code: 'model/not-found' })
    const cut = { ...files, 'model.onnx': (onnx as Uint8Array).slice(0, -9) }
    await expect(openBundle(cut)).rejects.toMatchObject({ code: 'onnx/corrupt' })
    await expect(openBundle({ ...files, 'interplay.json': '{' })).rejects.toMatchObject({ code: 'model/corrupt' })
    const json = JSON.parse(files['interplay.json'] as string) as Record<string, unknown>
    for (const text of [
      'null',
      '7',
      '{}',
      '{"schema":"interplay.bundle/1"}',
      JSON.stringify({ ...json, outputs: [] }),
    ]) {
      await expect(openBundle({ ...files, 'interplay.json': text })).rejects.toMatchObject({ code: 'model/corrupt' })
    }
    const listed = JSON.stringify({
      ...json,
      fields: [{ name: 'q', type: 'categorical', file: 'vocabularies/0.jsonl' }],
    })
    const broken = { ...files, 'interplay.json': listed, 'vocabularies/0.jsonl': '"a"\n"b' }
    await expect(openBundle(broken)).rejects.toMatchObject({ code: 'model/corrupt' })
    await expect(openBundle({ ...files, 'interplay.json': '{"schema":"interplay.bundle/2"}' })).rejects.toMatchObject({
      code: 'model/newer',
    })
  })
})
