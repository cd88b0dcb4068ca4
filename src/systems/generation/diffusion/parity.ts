import { TextEncoder, UNet, type TextEncoderOptions, type UNetOptions } from '../../../nn/index.ts'
import { goldenCases, moduleParity, type GoldenCase, type ModuleParity } from '../../../study/index.ts'

/** The denoiser or the text transformer against one golden case. */
export function parityOf(golden: GoldenCase): Promise<ModuleParity> {
  if (golden.name === 'unet') {
    const unet = new UNet(golden.configuration as unknown as UNetOptions)
    return moduleParity(unet, golden, ({ x, t, context }) => ({ outputs: { noise: unet.forward(x!, t!, context!) } }))
  }
  const text = new TextEncoder(golden.configuration as unknown as TextEncoderOptions)
  return moduleParity(text, golden, ({ ids }) => ({ outputs: { features: text.forward(ids!) } }))
}

/** All golden cases with their distances; undefined without the fixtures. */
export async function parities(): Promise<ModuleParity[] | undefined> {
  const cases = await goldenCases('diffusion')
  return cases && Promise.all(cases.map(parityOf))
}
