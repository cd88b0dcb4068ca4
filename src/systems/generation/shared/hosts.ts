import { Convolution, Linear, Module, SpatialTransformer, type AdapterHost, type UNet } from '../../../nn/index.ts'

/** Our paths of a UNet's layers, and those of the published Stable Diffusion layout (diffusers). */
const published: readonly (readonly [ours: RegExp, theirs: string])[] = [
  [/^down\./, 'down_blocks.'],
  [/^up\./, 'up_blocks.'],
  [/^middle\./, 'mid_block.'],
  [/\.residuals\./, '.resnets.'],
  [/\.downsampling\./, '.downsamplers.0.'],
  [/\.upsampling\./, '.upsamplers.0.'],
  [/\.projectIn$/, '.proj_in'],
  [/\.projectOut$/, '.proj_out'],
  [/\.blocks\./, '.transformer_blocks.'],
  [/\.selfAttention\./, '.attn1.'],
  [/\.crossAttention\./, '.attn2.'],
  [/\.query$/, '.to_q'],
  [/\.key$/, '.to_k'],
  [/\.value$/, '.to_v'],
  [/\.feedForward\.project$/, '.ff.net.0.proj'],
  [/\.feedForward\.output$/, '.ff.net.2'],
  [/\.output$/, '.to_out.0'],
]

/** What an adapter's file calls a layer of the UNet (the names of kohya-ss/sd-scripts). */
export const fileName = (path: string): string =>
  `lora_unet_${published.reduce((name, [ours, theirs]) => name.replace(ours, theirs), path).replaceAll('.', '_')}`

/** The linear layers and convolutions of a UNet's transformers, by the names files have for them. */
export function transformerHosts(unet: UNet): Map<string, AdapterHost> {
  const hosts = new Map<string, AdapterHost>()
  const visit = (value: unknown, path: string, inside: boolean): void => {
    if (inside && (value instanceof Linear || value instanceof Convolution)) hosts.set(fileName(path), value)
    else if (Array.isArray(value)) value.forEach((each, i) => visit(each, `${path}.${i}`, inside))
    else if (value instanceof Module) {
      const within = inside || value instanceof SpatialTransformer
      for (const [name, each] of Object.entries(value)) visit(each, path === '' ? name : `${path}.${name}`, within)
    }
  }
  visit(unet, '', false)
  return hosts
}
