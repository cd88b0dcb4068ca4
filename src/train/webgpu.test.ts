import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { float32, requireDevice, type Device, type Tensor } from '../engine/index.ts'
import { onProcessor, placementOf } from '../engine/runtime/placement.ts'
import { Linear, Module, Sgd, trainable } from '../nn/index.ts'
import { NetworkLearner } from './network.ts'

// Debian's Chromium brings a software Vulkan; a driver of the machine's own goes first where one is named
const software = '/usr/lib/chromium/vk_swiftshader_icd.json'
if (existsSync(software)) process.env.VK_DRIVER_FILES ??= software
const present = await requireDevice('webgpu').then(
  () => true,
  () => false,
)
if (!present) console.warn('skipped: training on WebGPU, as no Vulkan driver is here (Chromium brings one)')

/** More parameters than a WebGPU kernel has buffers, and products of batches. */
class Chain extends Module {
  readonly layers = Array.from({ length: 5 }, () => new Linear(3, 3))

  forward(x: Tensor): Tensor {
    const y = this.layers.reduce((y, layer) => layer.forward(y).tanh(), x)
    const rows = y.reshape([-1, 1, 3])
    return rows.matmul(rows.transpose()).flatten(0)
  }
}

function learnerOn(device: Device): NetworkLearner {
  const model = new Chain()
  return new NetworkLearner(
    {
      model,
      inputs: { x: float32(['batch', 3]) },
      targets: { y: float32(['batch']) },
      answer: ({ x }) => ({ z: model.forward(x!) }),
      loss: ({ z }, { y }) => z!.sub(y!).square().mean(),
    },
    { optimizer: new Sgd([{ name: 'chain', parameters: trainable(model) }]), seed: 1, threads: 1, device },
  )
}

const feeds = { x: Float32Array.of(1, -2, 3, 0.5, 0.1, -1), y: Float32Array.of(0.3, 0.7) }

it.skipIf(!present)('trains on WebGPU as on the processor', async () => {
  const losses = async (device: Device) => {
    const learner = learnerOn(device)
    const steps = [await learner.step(feeds, 0.5), await learner.step(feeds, 0.5), await learner.step(feeds, 0.5)]
    await learner.close()
    return steps
  }
  const [here, there] = [await losses('cpu'), await losses('webgpu')]
  expect(new Set(here).size).toBe(3)
  there.forEach((loss, step) => expect(loss).toBeCloseTo(here[step]!, 5))
})

it.skipIf(!present)('leaves no product to the processor', async () => {
  const learner = learnerOn('webgpu')
  const { model, feeds: graphFeeds } = learner.execution(feeds, 0.5)
  const placement = await placementOf(model, graphFeeds, { device: 'webgpu', threads: 1 })
  await learner.close()
  expect(placement.webgpu).toMatchObject({ Gemm: expect.any(Number), MatMul: expect.any(Number) })
  expect(onProcessor(placement) ?? '').not.toMatch(/MatMul|Gemm|Split/)
})
