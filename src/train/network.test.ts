import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { float32, int32 } from '../engine/index.ts'
import { Adam, softmaxCrossEntropy, trainable, VisionTransformer } from '../nn/index.ts'
import { NetworkLearner, type NetworkDefinition } from './network.ts'

/** ViT-Tiny's twelve layers on images of 64 x 64 pixels. */
function learnerOf(width: number, patch: number, together?: number): NetworkLearner {
  const model = new VisionTransformer({ size: 64, patch, width, layers: 12, heads: 3, classes: 10 })
  const definition: NetworkDefinition = {
    model,
    inputs: { images: float32(['batch', 3, 64, 64]) },
    targets: { labels: int32(['batch']) },
    answer: ({ images }, mode) => ({ logits: model.forward(images!, mode) }),
    loss: ({ logits }, { labels }) => softmaxCrossEntropy(logits!, labels!),
  }
  const optimizer = new Adam([{ name: 'network', parameters: trainable(model) }])
  return new NetworkLearner(definition, { optimizer, seed: 1, threads: 1, clipNorm: 1, together })
}

it('compiles ViT-Tiny and its training program in three seconds of processor time', async () => {
  const started = process.cpuUsage()
  const learner = learnerOf(192, 8)
  await learner.prepare()
  const { user, system } = process.cpuUsage(started)
  expect((user + system) / 1e6).toBeLessThan(3)
  const { productOperations } = learner.plan({ batch: 1 })
  // 65 tokens meet each of the blocks' 12 * 12 * 192^2 weights once forwards and twice backwards
  expect(productOperations).toBeGreaterThan(6 * 65 * 144 * 192 ** 2)
  await learner.close()
}, 180_000)

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

it('keeps the heap flat over the steps of twelve layers', async () => {
  const learner = learnerOf(6, 32)
  const feeds = {
    images: Float32Array.from({ length: 3 * 64 * 64 }, (_, i) => Math.sin(i)),
    labels: Int32Array.of(3),
  }
  const after = async (steps: number) => {
    for (let i = 0; i < steps; i++) await learner.step(feeds, 1e-4)
    collectGarbage()
    await new Promise(resolve => setImmediate(resolve))
    collectGarbage()
    const { heapUsed, external, arrayBuffers } = process.memoryUsage()
    return { heapUsed, external, arrayBuffers }
  }
  const before = await after(60)
  const now = await after(120)
  // what a step makes, if it were kept, is several hundred bytes
  expect(now.heapUsed - before.heapUsed).toBeLessThan(60e3)
  expect(now.external - before.external).toBeLessThan(30e3)
  expect(now.arrayBuffers - before.arrayBuffers).toBeLessThan(30e3)
  await learner.close()
}, 180_000)

it('learns the same from a pass whether its steps share runs or not', async () => {
  const batches = [2, 2, 2, 1, 2].map((size, at) => ({
    images: Float32Array.from({ length: size * 3 * 64 * 64 }, (_, i) => Math.sin(i + at)),
    labels: Int32Array.from({ length: size }, (_, i) => (at + i) % 10),
    length: size,
  }))
  const learned = async (together: number) => {
    const learner = learnerOf(6, 32, together)
    const rates: number[] = []
    const rate = (step: number) => {
      rates.push(step)
      return 1e-3 / (1 + step)
    }
    const loss = await learner.pass(batches, { feeds: ({ images, labels }) => ({ images, labels }), rate })
    const values = [...learner.state.entries()].map(([, { data }]) => data)
    await learner.close()
    return { loss, rates, values }
  }
  const [alone, shared] = [await learned(1), await learned(2)]
  expect(alone.rates).toEqual([0, 1, 2, 3, 4])
  expect(shared).toEqual(alone)
  const stopped = learnerOf(6, 32)
  const signal = AbortSignal.abort(new Error('enough'))
  await expect(stopped.pass(batches, { feeds: () => ({}), rate: 1e-3, signal })).rejects.toThrow('enough')
  await stopped.close()
}, 180_000)
