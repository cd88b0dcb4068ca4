import { drawGlyphTexture, readDigits, splitAtRandom } from '../../../data/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { compared, mixers, settleLead } from './mixers.ts'

const claims = ['textureMixer', 'textureCross'] as const

/** Every way to mix on 5,000 handwritten digits on texture, digit and direction both right. */
export async function texture(context: StudyContext): Promise<void> {
  const { open, skip } = context
  if (!open(...claims)) return
  const folder = context.dataset('digits')
  if (folder === undefined) {
    for (const claim of claims) skip(claim, 'no data')
    return
  }
  const digits = await readDigits(folder)
  const ahead = await compared(
    {
      what: 'digits on texture',
      imagesOf: seed => {
        const glyphs = { ...digits, splits: splitAtRandom(digits.count, seed) }
        return drawGlyphTexture({ glyphs, seed, train: 5000, valid: 1000, test: 1000 })
      },
      arms: mixers,
      training: { patch: 6, epochs: 20, warmUp: 2 },
    },
    context,
  )
  settleLead(context, 'textureMixer', 1, ahead('whole', 'perceptron'))
  settleLead(context, 'textureCross', 0, ahead('whole', 'one line'))
}
