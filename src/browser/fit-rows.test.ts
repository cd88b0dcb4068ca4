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
  ])('refuses %o', async (given, code) => {
    await expect(fitRows(rows, { ...options, ...given })).rejects.toMatchObject({ code })
  })

  it('refuses a bundle that is not whole', async () => {
    await using model = await fitRows(rows, { ...options, epochs: 1 })
    const files = await model.bundle()
    const { 'model.onnx': onnx, ...rest } = files
    await expect(openBundle(rest)).rejects.toMatchObject({ code: 'model/not-found' })
    const cut = { ...files, 'model.onnx': (onnx as Uint8Array).slice(0, -9) }
    await expect(openBundle(cut)).rejects.toMatchObject({ code: 'onnx/corrupt' })
    await expect(openBundle({ ...files, 'interplay.json': '{' })).rejects.toMatchObject({ code: 'model/corrupt' })
    await expect(openBundle({ ...files, 'interplay.json': '{"schema":"interplay.bundle/2"}' })).rejects.toMatchObject({
      code: 'model/newer',
    })
  })
})
