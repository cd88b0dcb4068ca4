import { formatCount, formatNumber } from '../../../charts/format.ts'
import type { Images } from '../../../data/index.ts'
import type { Device } from '../../../engine/index.ts'
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
export interface Lead {
  points: number
  measured: string
  seeds: readonly number[]
  note?: string
}

/** A claim that an arm leads by at least so many points in the mean. */
export const settleLead = ({ settle }: StudyContext, claim: string, least: number, { points, ...rest }: Lead): void =>
  settle(claim, { ...rest, holds: points >= least })

interface Trial {
  accuracy: number
  parameters: number
  /** Where it was trained, unless on the processor. */
  device?: Device
}

/** Shows test accuracies of all arms, seed by seed; each is a stage of the study. */
export async function compared<Arm extends string>(
  { what, imagesOf, arms, training }: Comparison<Arm>,
  context: StudyContext,
): Promise<(arm: Arm, other: Arm) => Lead> {
  const { seeds, threads, device, signal, progress } = context
  const names = Object.keys(arms) as Arm[]
  const scores = Object.fromEntries(names.map(arm => [arm, [] as number[]])) as Record<Arm, number[]>
  const rows: (string | number)[][] = []
  const devices = new Set<Device>()
  for (const seed of seeds) {
    let images: Promise<Images> | Images | undefined
    const trial = async (arm: Arm, checkpoint?: Checkpoint): Promise<Trial> => {
      images ??= imagesOf(seed)
      const options = resolved(stripMlp.options.parse({ ...training, ...arms[arm] }))
      const { model, classifier, test } = await train(await images, options, {
        ...{ seed, threads, device, signal, checkpoint },
        progress: ({ done, total }) => progress(`${what}, ${arm}, seed ${seed}: epoch ${done} of ${total}`),
      })
      await classifier.close()
      return { ...test!, parameters: countParameters(model), ...(device !== 'cpu' && { device }) }
    }
    for (const arm of names) {
      const {
        accuracy,
        parameters,
        device: on,
      } = await stagedResult(context, `${seed} ${what} ${arm}`, checkpoint => trial(arm, checkpoint))
      scores[arm].push(accuracy)
      if (on) devices.add(on)
      rows.push([what, `${arm} (${formatCount(parameters)} parameters)`, seed, accuracy])
    }
  }
  showRows(context, { columns, rows })
  return (arm, other) => {
    const gains = scores[arm].map((accuracy, i) => 100 * (accuracy - scores[other][i]!))
    const points = gains.reduce((sum, gain) => sum + gain, 0) / gains.length
    const each = gains.map(gain => formatNumber(gain)).join(', ')
    const note = devices.size > 0 ? { note: `trained on ${[...devices].join(', ')}` } : {}
    return { points, measured: `${formatNumber(points)} points (${each})`, seeds, ...note }
  }
}
