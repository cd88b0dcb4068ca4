import { formatNumber } from '../../../charts/index.ts'
import { constant, eager } from '../../../engine/index.ts'
import { correctKeypoints } from '../../../metrics/index.ts'
import { convolve4d } from '../../../nn/index.ts'
import { Random } from '../../../random/index.ts'
import { largestDifference, moduleParitySettled, stagedResult } from '../../../study/index.ts'
import { parseOptions, type StudyContext } from '../../../system/index.ts'
import { identityForm, loopedConvolution, maskForms } from './closed-forms.ts'
import { learn, type Corr } from './fitted.ts'
import { chmCorr } from './index.ts'
import { compareArms, powerOfStudy } from './null-result.ts'
import { corrParities, releasedSessions, votesParity } from './parity.ts'
import { noisyMask, randomMask, simulate, type Person } from './people.ts'
import type { ReviewItem } from './review.ts'
import { birds, cells, headCells, parts, patchCells, shortcutBirds, side, type Birds } from './worlds.ts'

export async function run(context: StudyContext): Promise<void> {
  const { size, skip } = context
  await judgeParity(context)
  judgeForms(context)
  await judgePublished(context)
  if (size === 'small') {
    for (const claim of ['accuracy', 'oracle', 'background', 'random', 'people', 'edit', 'keypoints'])
      skip(claim, 'full size only')
    return
  }
  await toy(context)
  await judgeKeypoints(context, fullSizes)
}

async function judgeParity({ settle, skip, seeds, size }: StudyContext): Promise<void> {
  const parities = await corrParities()
  const looped = await againstLoop(seeds[0]!)
  if (!parities) {
    for (const claim of ['matching', 'convolution', 'transfer', 'votes', 'scores']) skip(claim, 'fixtures are not here')
    return
  }
  settle('matching', moduleParitySettled([parities.learner]))
  const distance = Math.max(parities.convolution, looped)
  settle('convolution', { measured: distance, holds: distance <= 1e-4 })
  settle('scores', {
    measured: `${formatNumber(parities.scores)}, ${parities.decided ? 'the same votes' : 'other votes'}`,
    holds: parities.scores <= 1e-6 && parities.decided,
  })
  settle('transfer', { measured: parities.transfer, holds: parities.transfer <= 1e-4 })
  if (size === 'small') {
    skip('votes', 'full size only')
    return
  }
  const votes = (await votesParity())!
  settle('votes', { measured: votes, holds: votes <= 1e-4 })
}

/** Largest distance of the convolution over four axes from loops, on 5^4 with kernels of 5^4. */
export async function againstLoop(seed: number): Promise<number> {
  const random = new Random(seed, 'chm-corr.loop')
  const [x, kernel] = [0, 1].map(() => Float32Array.from({ length: 5 ** 4 }, () => random.normal())) as [
    Float32Array,
    Float32Array,
  ]
  const whole = [1, 1, 5, 5, 5, 5]
  const { data } = await eager(convolve4d(constant(x, whole), constant(kernel, whole)))
  return largestDifference(data as Float32Array, loopedConvolution(x, 5, kernel, 5))
}

function judgeForms({ settle, seeds }: StudyContext): void {
  const [seed] = seeds as [number]
  const { same, ones, moved, stayed } = identityForm(seed)
  settle('identity', {
    measured: `${same} of 49, ${formatNumber(ones)}; ${moved} of ${stayed}`,
    holds: same === 49 && ones <= 1e-6 && moved === stayed,
    seeds: [seed],
  })
  const { all, one, none } = maskForms(seed)
  settle('masks', {
    measured: `${all && one ? 'the same orders' : 'other orders'}; ${none ? 'refused' : 'taken'}`,
    holds: all && one && none,
    seeds: [seed],
  })
}

async function judgePublished({ settle, skip, seeds, size }: StudyContext): Promise<void> {
  const sessions = await releasedSessions()
  if (!sessions) {
    for (const claim of ['published', 'power']) skip(claim, 'fixtures are not here')
    return
  }
  const { independent, byPerson } = compareArms(sessions, { seed: seeds[0]! })
  const interval = `[${formatNumber(byPerson.low)}, ${formatNumber(byPerson.high)}]`
  settle('published', {
    measured: `z ${independent.z.toFixed(2)}, p ${independent.pValue.toFixed(2)}; ${interval} by persons`,
    holds:
      Math.abs(independent.z - 0.37) < 0.01 &&
      Math.abs(independent.pValue - 0.71) < 0.01 &&
      byPerson.low < 0 &&
      byPerson.high > 0,
    seeds: [seeds[0]!],
  })
  const studies = size === 'small' ? 40 : 400
  const power = powerOfStudy(sessions, 0.08, { studies, seed: seeds[0]! })
  settle('power', {
    measured: `${power.independent.toFixed(2)}, ${power.simulated.toFixed(2)}, ${power.byPerson.toFixed(2)}`,
    holds: Math.abs(power.independent - 0.93) < 0.01 && Math.abs(power.simulated - power.independent) <= 0.05,
    seeds: [seeds[0]!],
    note: `${studies} simulated studies, persons' own levels of a standard deviation of 0.05`,
  })
}

export interface ToySizes {
  images: number
  reviewed: number
  options: Readonly<Record<string, unknown>>
}

const fullSizes: ToySizes = {
  images: 2000,
  reviewed: 400,
  options: { widths: [16, 32, 64], epochs: 10, patience: 10, shortlist: 400 },
}

/** The birds with a misleading background: what masks do to the answers, and persons who set them. */
export async function toy(context: StudyContext, sizes = fullSizes): Promise<void> {
  const names = ['accuracy', 'oracle', 'background', 'random', 'people', 'edit'] as const
  if (!context.open(...names)) return
  const found: ToyFound[] = []
  for (const seed of context.seeds) {
    context.progress(`birds, seed ${seed}`)
    found.push(await stagedResult(context, `${seed} birds`, () => toyOf(sizes, seed, context)))
  }
  const seeds = [...context.seeds]
  const mean = (name: keyof ToyFound) => found.reduce((sum, each) => sum + each[name], 0) / found.length
  context.show({
    table: {
      columns: ['', 'mean over seeds'],
      rows: Object.keys(found[0]!).map(name => [name, mean(name as keyof ToyFound)]),
    },
  })
  const settle = (claim: (typeof names)[number], measured: number, holds: boolean) =>
    context.settle(claim, { measured, holds, seeds })
  settle('accuracy', mean('static'), mean('static') < 0.85)
  settle('oracle', mean('head') - mean('static'), mean('head') - mean('static') >= 0.1)
  settle('background', mean('static') - mean('background'), mean('static') - mean('background') >= 0.1)
  settle('random', mean('random') - mean('static'), Math.abs(mean('random') - mean('static')) <= 0.03)
  const people = ['oracle', 'noisy', 'untouched', 'adversary'] as const
  context.settle('people', {
    measured: people.map(name => mean(name).toFixed(3)).join(', '),
    holds:
      people.every((name, k) => k === 0 || mean(people[k - 1]!) >= mean(name)) && mean('oracle') > mean('adversary'),
    seeds,
  })
  const slowest = Math.max(...found.map(({ edit }) => edit))
  context.settle('edit', { measured: `${formatNumber(slowest)} ms`, holds: slowest < 300, seeds })
}

interface ToyFound {
  /** Accuracy without a person's mask, with the nearest images alone, and with masks. */
  static: number
  nearest: number
  head: number
  background: number
  random: number
  /** Right decisions of simulated persons. */
  oracle: number
  noisy: number
  untouched: number
  adversary: number
  /** Milliseconds from an edit to the new label. */
  edit: number
}

async function toyOf(
  { images: count, reviewed, options }: ToySizes,
  seed: number,
  context: StudyContext,
): Promise<ToyFound> {
  const images = shortcutBirds(count, Math.floor(0.7 * count), 0.3, seed)
  const corr = await learn(images, parseOptions(chmCorr, options), { ...context, seed, progress: () => {} })
  try {
    const rows = images.splits!.test.subarray(0, reviewed)
    const looks = await corr.look(images, rows)
    const items = looks.map((look, i): ReviewItem => ({ item: rows[i]!, look, truth: nameOf(images, rows[i]!) }))
    const random = new Random(seed, 'chm-corr.masks')
    const heads = Array.from(rows, row => headCells(images, row))
    const patches = Array.from(rows, row => patchCells(images, row))
    const drawn = heads.map(own =>
      randomMask(
        cells ** 2,
        own.reduce((sum, cell) => sum + cell, 0),
        random,
      ),
    )
    const noisy = heads.map(own => noisyMask(own, 0.2, random))
    const person = (mask?: Person['mask']): Person => ({ arm: mask ? 'dynamic' : 'static', mask })
    const plain = simulate(corr.classifier, items, person(), seed)
    const withMasks = (masks: readonly Uint8Array[]) =>
      simulate(
        corr.classifier,
        items,
        person(place => masks[place]!),
        seed,
      )
    const [byHead, byPatch, byDraw, byNoisy] = [heads, patches, drawn, noisy].map(withMasks) as [
      ReturnType<typeof simulate>,
      ReturnType<typeof simulate>,
      ReturnType<typeof simulate>,
      ReturnType<typeof simulate>,
    ]
    const truth = Array.from(rows, row => images.labels!.values[row]!)
    const right = (labels: readonly number[]) => labels.filter((label, i) => label === truth[i]).length / truth.length
    return {
      static: right(plain.labels),
      nearest: right(looks.map(({ nearest }) => nearest.label)),
      head: right(byHead.labels),
      background: right(byPatch.labels),
      random: right(byDraw.labels),
      oracle: byHead.accuracy,
      noisy: byNoisy.accuracy,
      untouched: plain.accuracy,
      adversary: byPatch.accuracy,
      edit: slowestEdit(corr, items, heads),
    }
  } finally {
    await corr.close()
  }
}

const nameOf = ({ labels }: Birds, row: number): string => labels!.classes[labels!.values[row]!]!

function slowestEdit({ classifier }: Corr, items: readonly ReviewItem[], masks: readonly Uint8Array[]): number {
  return Math.max(
    ...items.slice(0, 20).map(({ look }, i) => {
      const began = performance.now()
      classifier.answer(look, masks[i]!)
      return performance.now() - began
    }),
  )
}

/** Whether the nearest cells carry keypoints of a bird to those of another of its class. */
export async function judgeKeypoints(context: StudyContext, { images: count, options }: ToySizes): Promise<void> {
  if (!context.open('keypoints')) return
  const [seed] = context.seeds as [number]
  const images = birds(count, seed)
  const corr = await learn(images, parseOptions(chmCorr, options), { ...context, seed, progress: () => {} })
  try {
    const rows = images.splits!.test.subarray(0, 100)
    const { support } = corr.classifier
    const looks = await corr.look(images, rows)
    const found: { pck: number; chance: number }[] = looks.map((look, i) => {
      const { item, correspondence } = look.candidates[0]!
      const target = keypointsOf(images, images.splits!.train[item]!)
      const own = keypointsOf(images, rows[i]!)
      const moved = (to: (cell: number) => number) =>
        Float64Array.from(own, (_, k) => middleOf(to(cellAt(own[k & ~1]!, own[k | 1]!)), k & 1))
      const random = new Random(seed, 'chm-corr.chance', i)
      const anywhere = Int32Array.from({ length: cells ** 2 }, () => random.integer(support.rows * support.columns))
      return {
        pck: correctKeypoints(
          moved(cell => correspondence.target[cell]!),
          target,
          side,
        ),
        chance: correctKeypoints(
          moved(cell => anywhere[cell]!),
          target,
          side,
        ),
      }
    })
    const mean = (name: 'pck' | 'chance') => found.reduce((sum, each) => sum + each[name], 0) / found.length
    context.settle('keypoints', {
      measured: `${mean('pck').toFixed(3)}, cells at random ${mean('chance').toFixed(3)}`,
      holds: mean('pck') > mean('chance'),
      seeds: [seed],
    })
  } finally {
    await corr.close()
  }
}

const keypointsOf = ({ keypoints }: Birds, row: number): Float32Array =>
  keypoints.subarray(row * parts.length * 2, (row + 1) * parts.length * 2)
const pixel = side / cells
const cellAt = (x: number, y: number): number => {
  const along = (value: number) => Math.max(0, Math.min(cells - 1, Math.floor(value / pixel)))
  return along(y) * cells + along(x)
}
/** A cell's middle in pixels, along x (0) or y (1). */
const middleOf = (cell: number, axis: number): number =>
  ((axis === 0 ? cell % cells : Math.floor(cell / cells)) + 0.5) * pixel
