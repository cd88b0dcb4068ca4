import { formatNumber } from '../../../charts/format.ts'
import { attributes, drawTinyWorld, type Scene, type TinyWorld } from '../../../data/index.ts'
import { moduleParitySettled, stagedResult } from '../../../study/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { Judge, stagedJudge } from '../shared/judge.ts'
import { Pipeline } from '../shared/pipeline.ts'
import { gaussianDrawn } from './gaussian.ts'
import { keepBase, measuredLessons } from './measured-base.ts'
import { parities } from './parity.ts'
import { stagedBase } from './staged-base.ts'
import { noiseError } from './train.ts'

export async function run(context: StudyContext): Promise<void> {
  const { settle, skip, size, open } = context
  const cases = await parities()
  if (cases) settle('parity', moduleParitySettled(cases))
  else skip('parity', 'fixtures are not here')
  const distance = await gaussianDistance()
  settle('gaussian', { measured: distance, holds: distance <= 1e-3 })
  if (size === 'small') {
    for (const claim of ['judge', 'floor', 'colour', 'shape']) skip(claim, 'full size only')
    return
  }
  if (open('judge', 'floor', 'colour', 'shape')) await pictures(context)
}

/** Steps, and the mean and ratio of deviations that the recursion gives for data N(0.5, 1). */
const recursion = [
  [10, 0.4479, 0.8797],
  [20, 0.4577, 0.9361],
  [50, 0.463, 0.9729],
  [200, 0.4655, 0.9924],
] as const

async function gaussianDistance(): Promise<number> {
  const distances = await Promise.all(
    recursion.map(async ([steps, mean, ratio]) => {
      const drawn = await gaussianDrawn(steps, 0.5, 1)
      return Math.max(Math.abs(drawn.mean - mean), Math.abs(drawn.ratio - ratio))
    }),
  )
  return Math.max(...distances)
}

/** Pictures of a pair of colour and shape. */
const perPair = 8

/** A base of one seed: an hour and a half on two cores, and the judge's few minutes. */
async function pictures(context: StudyContext): Promise<void> {
  const { seeds, threads, device, signal, settle, show } = context
  const seed = seeds[0]!
  const lessons = measuredLessons(seed)
  const world = drawTinyWorld(lessons.world)
  const judge = await judgeSettled(world, context)
  const base = await stagedBase('base', lessons, context)
  const { batch } = lessons.options
  const error = await noiseError(base, world, world.images.splits!.test, { seed, threads, device, signal, batch })
  const pipeline = new Pipeline(base, [], { threads, device })
  try {
    const pairs = attributes.colour.flatMap(colour =>
      attributes.shape.flatMap(shape => Array.from({ length: perPair }, () => ({ colour, shape }))),
    )
    const { pixels } = await pipeline.draw(
      pairs.map(({ colour, shape }) => `a ${colour} ${shape} on dark`),
      { seed, signal },
    )
    const judged = await judge.read(pixels)
    const learned = new Set(Array.from(world.images.splits!.train, row => pairOf(world.scenes[row]!)))
    const share = (name: 'colour' | 'shape', counted = pairs.map(() => true)) => {
      const right = pairs.map((pair, i) => counted[i]! && attributes[name][judged[name][i]!] === pair[name])
      return right.filter(Boolean).length / counted.filter(Boolean).length
    }
    const [colour, shape] = [share('colour'), share('shape')]
    const unseen = pairs.map(pair => !learned.has(pairOf(pair)))
    show({
      table: {
        columns: ['pictures', 'colour', 'shape', 'shape of pairs never shown', 'test noise error'],
        rows: [[pairs.length, colour, shape, share('shape', unseen), error]],
      },
    })
    const holds = { colour: colour >= 0.9, shape: shape >= 0.85 }
    settle('colour', { measured: colour, holds: holds.colour, seeds: [seed] })
    settle('shape', { measured: shape, holds: holds.shape, seeds: [seed] })
    if (holds.colour && holds.shape) await keepBase(base, lessons)
  } finally {
    await Promise.all([pipeline.close(), judge.close()])
  }
}

const pairOf = ({ colour, shape }: Pick<Scene, 'colour' | 'shape'>): string => `${colour} ${shape}`

async function judgeSettled(world: TinyWorld, context: StudyContext): Promise<Judge> {
  const { seeds, threads, device, signal, settle, progress } = context
  const seed = seeds[0]!
  const side = world.images.height
  const judge = await stagedJudge(context, side)
  const read = await judge.accuracy(world, world.images.splits!.test)
  settle('judge', {
    measured: Object.entries(read)
      .map(([name, share]) => `${name} ${formatNumber(share)}`)
      .join(', '),
    holds: Object.values(read).every(share => share >= 0.97),
    seeds: [seed],
  })
  const floor = await stagedResult(context, `${seed} floor`, async () => {
    const lessons = { pictures: 4000, epochs: 2, shuffled: true }
    const blind = await Judge.train({ seed, side, threads, device, signal, progress, ...lessons })
    try {
      return (await blind.accuracy(world, world.images.splits!.test)).shape
    } finally {
      await blind.close()
    }
  })
  settle('floor', { measured: floor, holds: floor <= 0.25, seeds: [seed] })
  return judge
}
