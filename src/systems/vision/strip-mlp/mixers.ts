import { formatCount, formatNumber } from '../../../charts/format.ts'
import type { Images } from '../../../data/index.ts'
import { countParameters } from '../../../nn/index.ts'
import { showRows, stagedResult } from '../../../study/index.ts'
import type { Checkpoint, StudyContext } from '../../../system/index.ts'
import { resolved, stripMlp } from './index.ts'
import { train } from './train.ts'

/** Ways to mix tokens that the whole is compared with. */
export const mixers = {
  whole: {},
  perceptron: { mixing: 'perceptron' },
  'one line': { taps: 1 },
  'strips alone': { mixing: 'strips' },
  'windows alone': { mixing: 'windows' },
} as const

export interface Comparison<Arm extends string> {
  /** What the images are called. */
  what: string
  imagesOf(seed: number): Promise<Images> | Images
  /** Options of every arm beside those of all. */
  arms: Readonly<Record<Arm, Readonly<Record<string, unknown>>>>
  /** Options of all arms. */
  training: Readonly<Record<string, unknown>>
}

/** Columns of the study's table. */
export const columns = ['images', 'mixing', 'seed', 'test accuracy']

/** Points of accuracy that one arm is ahead of another, in the mean and seed by seed. */
export type Ahead<Arm extends string> = (
  arm: Arm,
  other: Arm,
) => { points: number; measured: string; seeds: readonly number[] }

interface Trial {
  accuracy: number
  parameters: number
}

/** Shows test accuracies of all arms, seed by seed; each is a stage of the study. */
export async function compared<Arm extends string>(
  { what, imagesOf, arms, training }: Comparison<Arm>,
  context: StudyContext,
): Promise<Ahead<Arm>> {
  const { seeds, threads, signal, progress } = context
  const names = Object.keys(arms) as Arm[]
  const scores = Object.fromEntries(names.map(arm => [arm, [] as number[]])) as Record<Arm, number[]>
  const rows: (string | number)[][] = []
  for (const seed of seeds) {
    let images: Promise<Images> | Images | undefined
    const trial = async (arm: Arm, checkpoint?: Checkpoint): Promise<Trial> => {
      images ??= imagesOf(seed)
      const options = resolved(stripMlp.options.parse({ ...training, ...arms[arm] }))
      const { model, classifier, test } = await train(await images, options, {
        ...{ seed, threads, signal, checkpoint },
        progress: ({ done, total }) => progress(`${what}, ${arm}, seed ${seed}: epoch ${done} of ${total}`),
      })
      await classifier.close()
      return { ...test!, parameters: countParameters(model) }
    }
    for (const arm of names) {
      const { accuracy, parameters } = await stagedResult(context, `${seed} ${what} ${arm}`, checkpoint =>
        trial(arm, checkpoint),
      )
      scores[arm].push(accuracy)
      rows.push([what, `${arm} (${formatCount(parameters)} parameters)`, seed, accuracy])
    }
  }
  showRows(context, { columns, rows })
  return (arm, other) => {
    const gains = scores[arm].map((accuracy, i) => 100 * (accuracy - scores[other][i]!))
    const points = gains.reduce((sum, gain) => sum + gain, 0) / gains.length
    const each = gains.map(gain => formatNumber(gain)).join(', ')
    return { points, measured: `${formatNumber(points)} points (${each})`, seeds }
  }
}
