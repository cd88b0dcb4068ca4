import { expect, it } from 'vitest'
import { goldenCases, moduleParity, type GoldenCase } from '../../study/index.ts'
import type { Tensor } from '../../engine/index.ts'
import {
  countParameters,
  Gpt,
  ResidualNetwork,
  VisionTransformer,
  type GptOptions,
  type Mode,
  type Module,
  type ResidualNetworkOptions,
  type VisionTransformerOptions,
} from '../index.ts'

const cases = (await goldenCases('networks'))!

function networkOf({ name, configuration }: GoldenCase): Module & { forward(x: Tensor, mode: Mode): Tensor } {
  const options: unknown = configuration
  if (name === 'gpt') return new Gpt(options as GptOptions)
  if (name === 'vision-transformer') return new VisionTransformer(options as VisionTransformerOptions)
  return new ResidualNetwork(options as ResidualNetworkOptions)
}

it.each(cases.map(golden => [golden.name, golden] as const))('%s is PyTorch’s network', async (_, golden) => {
  const model = networkOf(golden)
  const { outputs, gradients } = await moduleParity(model, golden, ({ x }, mode) => ({
    outputs: { y: model.forward(x!, mode) },
  }))
  for (const [name, error] of Object.entries(outputs)) expect(error, name).toBeLessThan(1e-5)
  for (const [name, error] of Object.entries(gradients)) expect(error, name).toBeLessThan(1e-4)
  expect(Object.keys(gradients).length).toBeGreaterThan(10)
})

it('has the published sizes', () => {
  // timm's vit_tiny_patch16_224 and torchvision's resnet18 with 1000 classes, less what a smaller stem and other positions change
  const tiny = new VisionTransformer({ size: 224, patch: 16, width: 192, layers: 12, heads: 3, classes: 1000 })
  expect(countParameters(tiny)).toBe(5_717_416)
  const eighteen = new ResidualNetwork({ widths: [64, 128, 256, 512], blocks: [2, 2, 2, 2], classes: 1000 })
  expect(countParameters(eighteen)).toBe(11_689_512 - 64 * 3 * (49 - 9))
})
