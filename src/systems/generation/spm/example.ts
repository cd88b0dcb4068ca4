import { drawTinyWorld, TextVocabulary } from '../../../data/index.ts'
import { Random } from '../../../random/index.ts'
import type { GivenRun } from '../../../system/index.ts'
import { newBase, saveBase, type Base, type BaseDescription } from '../shared/base.ts'

/** The smallest base: 8 pixels a side, first weights. */
export function smallestBase(seed: number): Base {
  const { words, size } = TextVocabulary.of(drawTinyWorld({ seed: 1, pictures: 60, side: 8 }).texts)
  const description: BaseDescription = {
    network: {
      picture: { channels: 3, side: 8 },
      patch: 2,
      text: { vocabulary: size, length: 8, width: 8, layers: 1, heads: 2 },
      network: { channels: 8, multipliers: [1], layersPerBlock: 1, attention: [true], heads: 2, groups: 4 },
      schedule: 'scaledLinear',
      target: 'noise',
    },
    words,
    sampling: { steps: 3, guidance: 3 },
  }
  const base = newBase(description, seed)
  const random = new Random(seed, 'last convolution')
  // a new network's last convolution is zero: it would foretell no noise, whatever it is told
  base.state.write(
    base.model.unet.convOut.weight,
    Float32Array.from({ length: base.model.unet.convOut.weight.size }, () => 0.1 * random.normal()),
  )
  return base
}

export const smallBase = (seed: number): GivenRun => ({
  name: 'smallest base',
  system: 'diffusion',
  saved: saveBase(smallestBase(seed)),
})
