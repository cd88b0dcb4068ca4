import type { Tensor } from '../../../engine/index.ts'
import type { Mode, Module } from '../../../nn/index.ts'
import { goldenCases, moduleParity, type GoldenCase, type ModuleParity } from '../../../study/index.ts'
import { ChannelMixing } from './channels.ts'
import { StripMlp } from './model.ts'
import { StripBlock } from './tokens.ts'

interface Configuration {
  channels: number
  expansion: number
  size: number
  groups: number
  imageSize: number
  patch: number
  width: number
  blocks: number[]
  classes: number
}

/** The whole net, a block of strips or a channel mixing against one golden case. */
export function parityOf(golden: GoldenCase): Promise<ModuleParity> {
  const model = moduleOf(golden)
  return moduleParity(model, golden, ({ x }, mode) => ({ outputs: { y: model.forward(x!, mode) } }))
}

function moduleOf({ name, configuration }: GoldenCase): Module & { forward(x: Tensor, mode: Mode): Tensor } {
  const { channels, expansion, size, groups, imageSize, classes, ...rest } = configuration as unknown as Configuration
  if (name.startsWith('channels')) return new ChannelMixing(channels, expansion)
  if (name.startsWith('tokens')) return new StripBlock({ channels, size, groups, taps: 3 })
  return new StripMlp({ channels: 3, size: imageSize, classes }, { ...rest, groups, taps: 3, dropPath: 0 })
}

/** All golden cases with their distances; undefined without the fixtures. */
export async function parities(): Promise<ModuleParity[] | undefined> {
  const cases = await goldenCases('strip-mlp')
  return cases && Promise.all(cases.map(parityOf))
}
