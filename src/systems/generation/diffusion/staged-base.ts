import { formatNumber } from '../../../charts/format.ts'
import { drawTinyWorld, type TinyWorldOptions } from '../../../data/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { decodeBase, encodeBase, type Base } from '../shared/base.ts'
import { train, type TrainOptions } from './train.ts'

/** What a base of a study learns, and where it starts: new weights, or those of another base. */
export interface BaseLessons {
  seed: number
  world: TinyWorldOptions
  options: TrainOptions
  start?: Base
}

/** A base of a study: a stage of this name that goes on from the last epoch that was kept. */
export async function stagedBase(
  name: string,
  { seed, world, options, start }: BaseLessons,
  { threads, device, signal, stage, progress }: StudyContext,
): Promise<Base> {
  const bytes = await stage(`${seed} ${name}`, async checkpoint => {
    const { base } = await train(
      drawTinyWorld(world),
      options,
      {
        seed,
        threads,
        device,
        signal,
        checkpoint,
        progress: ({ done, total, values }) =>
          progress(`${name}: epoch ${done} of ${total}, validation error ${formatNumber(values!.noiseError!)}`),
      },
      start,
    )
    return encodeBase(base)
  })
  return decodeBase(bytes, name)
}
