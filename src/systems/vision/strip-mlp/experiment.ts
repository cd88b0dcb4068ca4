import { formatCount, formatNumber } from '../../../charts/format.ts'
import { readDigits, splitAtRandom, worldNamed, type Images } from '../../../data/index.ts'
import { countParameters } from '../../../nn/index.ts'
import { moduleParitySettled, showRows } from '../../../study/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { identityError, shiftError, tokensSeen } from './closed-forms.ts'
import { fashion } from './fashion.ts'
import { resolved, stripMlp } from './index.ts'
import { columns } from './mixers.ts'
import { StripMlp } from './model.ts'
import { parities } from './parity.ts'
import { texture } from './texture.ts'
import { train, type TrainOptions } from './train.ts'

export async function run(context: StudyContext): Promise<void> {
  const { settle, skip } = context
  const cases = await parities()
  if (cases) settle('parity', moduleParitySettled(cases))
  else skip('parity', 'fixtures are not here')
  const counts = (['T*', 'T', 'S', 'B'] as const).map(variant =>
    countParameters(new StripMlp({ channels: 3, size: 224, classes: 1000 }, chosen({ variant }))),
  )
  const expected = [18_243_920, 24_903_920, 42_568_600, 57_216_480]
  settle('counts', { measured: counts.map(formatCount).join(', '), holds: counts.every((n, i) => n === expected[i]) })
  const [identity, shift] = [await identityError(), await shiftError()]
  settle('identity', { measured: identity, holds: identity <= 1e-6 })
  settle('shift', { measured: shift, holds: shift <= 1e-5 })
  const field = [await tokensSeen('row', 3), await tokensSeen('column', 3), await tokensSeen('row', 1)].join(', ')
  settle('field', { measured: field, holds: field === '45, 45, 15' })
  if (context.size === 'small') {
    for (const claim of ['stripes', 'taps', 'digits', 'mixer', 'cross', 'grouped', 'textureMixer', 'textureCross'])
      skip(claim, 'full size only')
    return
  }
  await stripes(context)
  await digits(context)
  await fashion(context)
  await texture(context)
}

const chosen = (given: Record<string, unknown>): TrainOptions => resolved(stripMlp.options.parse(given))

type Row = (string | number)[]

async function accuracy(
  images: Images,
  options: TrainOptions,
  seed: number,
  { threads, device, signal, progress }: StudyContext,
) {
  const tell = ({ done, total, values }: { done: number; total: number; values?: Readonly<Record<string, number>> }) =>
    progress(`${options.taps} taps, seed ${seed}: epoch ${done} of ${total}, valid ${formatNumber(values!.accuracy!)}`)
  const { classifier, test } = await train(images, options, { seed, threads, device, signal, progress: tell })
  await classifier.close()
  return test!.accuracy
}

/** Strips of three lines and of one, on equal seeds of the world. */
async function stripes(context: StudyContext): Promise<void> {
  if (!context.open('stripes', 'taps')) return
  const { seeds, settle } = context
  const scores = { 3: [] as number[], 1: [] as number[] }
  const rows: Row[] = []
  for (const seed of seeds) {
    const images = worldNamed('stripes').make({ seed }) as Images
    for (const taps of [3, 1] as const) {
      const score = await accuracy(images, chosen({ taps, epochs: 10, warmUp: 1 }), seed, context)
      scores[taps].push(score)
      rows.push(['stripes', taps === 3 ? 'whole' : 'one line', seed, score])
    }
  }
  showRows(context, { columns, rows })
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  settle('stripes', { measured: mean(scores[3]), holds: mean(scores[3]) >= 0.9, seeds })
  const [three, one] = [mean(scores[3]), mean(scores[1])]
  settle('taps', { measured: `${formatNumber(three)} against ${formatNumber(one)}`, holds: three >= one, seeds })
}

async function digits(context: StudyContext): Promise<void> {
  if (!context.open('digits')) return
  const folder = context.dataset('digits')
  if (folder === undefined) return context.skip('digits', 'no data')
  const images = await readDigits(folder)
  const rows: Row[] = []
  for (const seed of context.seeds) {
    const options = chosen({ patch: 1, epochs: 15, warmUp: 2 })
    const split = { ...images, splits: splitAtRandom(images.count, seed) }
    rows.push(['digits', 'whole', seed, await accuracy(split, options, seed, context)])
  }
  showRows(context, { columns, rows })
  const scores = rows.map(row => row[3] as number)
  const mean = scores.reduce((sum, score) => sum + score / scores.length, 0)
  context.settle('digits', { measured: mean, holds: mean >= 0.96, seeds: context.seeds })
}
