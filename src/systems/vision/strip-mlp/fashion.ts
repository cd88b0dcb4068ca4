import { join } from 'node:path'
import { formatCount, formatNumber } from '../../../charts/format.ts'
import { splitAtRandom, type Images } from '../../../data/index.ts'
import { readIdx } from '../../../data/images/idx.ts'
import { countParameters } from '../../../nn/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { resolved, stripMlp } from './index.ts'
import { train } from './train.ts'

/** Ways to mix tokens that the whole is compared with; `one group` and `groups` are four blocks on a map of 4 x 4. */
export const arms = {
  whole: {},
  perceptron: { mixing: 'perceptron' },
  'one line': { taps: 1 },
  'strips alone': { mixing: 'strips' },
  'windows alone': { mixing: 'windows' },
  groups: { patch: 8, width: 64, blocks: [4] },
  'all channels alike': { patch: 8, width: 64, blocks: [4], groups: 32 },
} as const
export type Arm = keyof typeof arms

const claims = ['mixer', 'cross', 'grouped'] as const
const training = { epochs: 10, warmUp: 1 }
const [pixels, side] = [28, 32]

/** Test accuracies of every arm on 5,000 pictures of clothing, seed by seed. */
export async function fashion(context: StudyContext): Promise<(string | number)[][]> {
  const { open, skip, seeds, settle } = context
  if (!open(...claims)) return []
  const folder = context.dataset('fashion-mnist-subset')
  if (folder === undefined) {
    for (const claim of claims) skip(claim, 'no data')
    return []
  }
  const images = await readFashion(folder)
  const scores = Object.fromEntries(Object.keys(arms).map(arm => [arm, [] as number[]])) as Record<Arm, number[]>
  const rows: (string | number)[][] = []
  for (const seed of seeds) {
    for (const arm of Object.keys(arms) as Arm[]) {
      const { accuracy, parameters } = await scored(images, arm, seed, context)
      scores[arm].push(accuracy)
      rows.push(['clothing', `${arm} (${formatCount(parameters)} parameters)`, seed, accuracy])
    }
  }
  const against = (other: Arm, whole: Arm = 'whole') => {
    const gains = scores[whole].map((accuracy, i) => 100 * (accuracy - scores[other][i]!))
    const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length
    return {
      mean,
      measured: `${formatNumber(mean)} points (${gains.map(gain => formatNumber(gain)).join(', ')})`,
      seeds,
    }
  }
  const settled = (claim: (typeof claims)[number], least: number, { mean, ...rest }: ReturnType<typeof against>) =>
    settle(claim, { ...rest, holds: mean >= least })
  settled('mixer', 1, against('perceptron'))
  settled('cross', 0, against('one line'))
  settled('grouped', 0, against('all channels alike', 'groups'))
  return rows
}

async function scored(
  images: Images,
  arm: Arm,
  seed: number,
  context: StudyContext,
): Promise<{ accuracy: number; parameters: number }> {
  const { threads, signal, progress, stage } = context
  const bytes = await stage(`${seed} clothing ${arm}`, async () => {
    const options = resolved(stripMlp.options.parse({ ...arms[arm], ...training }))
    const { model, classifier, test } = await train(images, options, {
      ...{ seed, threads, signal },
      progress: ({ done, total }) => progress(`clothing, ${arm}, seed ${seed}: epoch ${done} of ${total}`),
    })
    await classifier.close()
    return new TextEncoder().encode(JSON.stringify({ ...test!, parameters: countParameters(model) }))
  })
  return JSON.parse(new TextDecoder().decode(bytes)) as Awaited<ReturnType<typeof scored>>
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
