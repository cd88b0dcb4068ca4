import { join } from 'node:path'
import { splitAtRandom, type Images } from '../../../data/index.ts'
import { readIdx } from '../../../data/images/idx.ts'
import type { StudyContext } from '../../../system/index.ts'
import { compared, mixers, settleLead } from './mixers.ts'

/** Four blocks on a map of 4 x 4. */
const smallMap = { patch: 8, width: 64, blocks: [4] }
const arms = { ...mixers, groups: smallMap, 'all channels alike': { ...smallMap, groups: 32 } }

const claims = ['mixer', 'cross', 'grouped'] as const
const [pixels, side] = [28, 32]

/** Every arm on 5,000 pictures of clothing, seed by seed. */
export async function fashion(context: StudyContext): Promise<void> {
  const { open, skip } = context
  if (!open(...claims)) return
  const folder = context.dataset('fashion-mnist-subset')
  if (folder === undefined) {
    for (const claim of claims) skip(claim, 'no data')
    return
  }
  const images = await readFashion(folder)
  const training = { epochs: 10, warmUp: 1 }
  const ahead = await compared({ what: 'clothing', imagesOf: () => images, arms, training }, context)
  settleLead(context, 'mixer', 1, ahead('whole', 'perceptron'))
  settleLead(context, 'cross', 0, ahead('whole', 'one line'))
  settleLead(context, 'grouped', 0, ahead('groups', 'all channels alike'))
}

/** 6,000 pictures to learn from, a sixth of them to choose by, and 1,000 to test on; with a margin of two pixels. */
export async function readFashion(folder: string): Promise<Images> {
  const read = (part: string) => readIdx(join(folder, `${part}-ubyte.gz`))
  const parts = await Promise.all(['train-images-idx3', 'test-images-idx3'].map(read))
  const labels = await Promise.all(['train-labels-idx1', 'test-labels-idx1'].map(read))
  const [learned, tested] = parts.map(({ dims }) => dims[0]!) as [number, number]
  const { train, valid, test } = splitAtRandom(learned, 1)
  const drawn = Int32Array.from([...train, ...valid, ...test])
  return {
    count: learned + tested,
    channels: 1,
    height: side,
    width: side,
    pixels: framed(Buffer.concat(parts.map(({ data }) => data))),
    labels: {
      name: 'clothing',
      classes: ['top', 'trouser', 'pullover', 'dress', 'coat', 'sandal', 'shirt', 'sneaker', 'bag', 'boot'],
      values: Int32Array.from(Buffer.concat(labels.map(({ data }) => data))),
    },
    splits: {
      train: drawn.slice(0, 5000),
      valid: drawn.slice(5000),
      test: Int32Array.from({ length: tested }, (_, i) => learned + i),
    },
  }
}

/** Pictures of 28 x 28 in frames of 32 x 32. */
function framed(images: Uint8Array): Uint8Array {
  const margin = (side - pixels) >> 1
  const count = images.length / pixels ** 2
  const result = new Uint8Array(count * side ** 2)
  for (let image = 0; image < count; image++) {
    for (let row = 0; row < pixels; row++) {
      const from = (image * pixels + row) * pixels
      result.set(images.subarray(from, from + pixels), (image * side + row + margin) * side + margin)
    }
  }
  return result
}
