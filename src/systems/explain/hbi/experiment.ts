import { formatNumber } from '../../../charts/index.ts'
import { constant, eager } from '../../../engine/index.ts'
import { banzhafPairs, weightedMaxima } from '../../../lenses/index.ts'
import { correlation } from '../../../metrics/index.ts'
import { moduleParitySettled, stagedResult } from '../../../study/index.ts'
import { parseOptions, type Figure, type StudyContext } from '../../../system/index.ts'
import { sampledForm, tokenForms, unanimityForm } from './closed-forms.ts'
import { explanationOf } from './explanation.ts'
import type { LevelMap } from './matcher.ts'
import { hbi } from './index.ts'
import { hbiParities } from './parity.ts'
import { targetsOf, train, type Trained, type TrainOptions } from './train.ts'
import { corpusOf, type Corpus } from './worlds.ts'

export async function run(context: StudyContext): Promise<void> {
  const { settle, skip, seeds, size } = context
  const forms = Math.max(...Object.values(tokenForms(seeds[0]!)))
  settle('forms', { measured: forms, holds: forms <= 1e-6, seeds: [seeds[0]!] })
  const sampled = sampledForm(seeds[0]!)
  settle('sampled', { measured: sampled, holds: sampled < 0.02, seeds: [seeds[0]!] })
  const unanimity = await unanimityForm()
  settle('unanimity', { measured: unanimity, holds: unanimity <= 1e-9 })
  const parities = await hbiParities()
  if (parities) {
    settle('modules', moduleParitySettled([parities.estimator, parities.merge, ...parities.similarities]))
    settle('published', { measured: parities.published, holds: parities.published <= 1e-9 })
  } else for (const claim of ['modules', 'published']) skip(claim, 'fixtures are not here')
  if (size === 'small') {
    for (const claim of ['estimator', 'recall', 'localisation', 'ablations']) skip(claim, 'full size only')
    return
  }
  await toy(context)
}

export interface ToySizes {
  items: number
  /** Of which are learned from; the others are tested on, a fifth of them validates. */
  train: number
  maps: number
  options: Readonly<Record<string, unknown>>
}

const full: ToySizes = {
  items: 4600,
  train: 4000,
  maps: 100,
  options: {
    width: 64,
    layers: 1,
    heads: 4,
    learningRate: 1e-3,
    warmUp: 10,
    epochs: 10,
    patience: 20,
    teacherEpochs: 60,
  },
}

/** The toy corpus: which parts of the loss help to find a video, and whether interactions show where words are. */
export async function toy(context: StudyContext, sizes = full): Promise<void> {
  const names = ['estimator', 'recall', 'localisation', 'ablations'] as const
  if (!context.open(...names)) return
  const variants: Readonly<Record<string, Partial<TrainOptions>>> = {
    'with interactions': {},
    'by tokens': { interaction: 0, distillation: 0, ratios: [] },
    'by means': { interaction: 0, distillation: 0, ratios: [], compare: 'means' },
    'without merges': { ratios: [], distillation: 0 },
    'without interactions': { interaction: 0 },
    'without distillation': { distillation: 0 },
    'a random teacher': { teacher: 'random' },
  }
  const recalls = new Map<string, number[]>(Object.keys(variants).map(name => [name, []]))
  const shares: { interactions: number; cosines: number }[] = []
  let figures: readonly Figure[] = []
  for (const [s, seed] of context.seeds.entries()) {
    const corpus = splitCorpus(sizes, seed)
    for (const [name, changed] of Object.entries(variants)) {
      if (s > 0 && !['with interactions', 'by tokens', 'by means'].includes(name)) continue
      context.progress(`${name}, seed ${seed}`)
      const options = parseOptions(hbi, { ...sizes.options, ...changed })
      // without a stage before, the others get as many passes
      const whole = options.interaction > 0 ? options : { ...options, epochs: options.warmUp + options.epochs }
      const looked = name === 'with interactions'
      const judged = looked && s === 0
      const found = await stagedResult(context, `${seed} ${name}`, async () => {
        const trained = await train(corpus, whole, { ...context, seed, progress: () => {} })
        try {
          const { recall1 } = trained.test
          if (!looked) return { recall1 }
          const maps = await mapsOf(trained, corpus, sizes.maps, seed)
          const share = localisation(maps, corpus)
          if (!judged) return { recall1, share }
          const teacher = await judgedTeacher(trained, corpus, options, sizes.maps, seed)
          return { recall1, share, teacher, figures: explanationOf(maps[0]!.levels, corpus, maps[0]!.item).figures }
        } finally {
          await trained.matcher.close()
        }
      })
      recalls.get(name)!.push(found.recall1)
      if (found.share) shares.push(found.share)
      if (found.teacher) settleTeacher(found.teacher, context)
      figures = found.figures ?? figures
    }
  }
  const mean = (name: string) => recalls.get(name)!.reduce((sum, value) => sum + value, 0) / recalls.get(name)!.length
  const [whole, tokens, means] = ['with interactions', 'by tokens', 'by means'].map(mean) as [number, number, number]
  context.show({
    table: {
      columns: ['', 'recall at 1', 'seeds'],
      rows: [...recalls].map(([name, values]) => [name, mean(name), values.length]),
    },
    figures,
  })
  const seeds = [...context.seeds]
  context.settle('recall', {
    measured: [whole, tokens, means].map(value => value.toFixed(3)).join(', '),
    holds: whole >= tokens && tokens > means,
    seeds,
  })
  const gains = shares.map(({ interactions, cosines }) => interactions - cosines)
  const gain = gains.reduce((sum, value) => sum + value, 0) / gains.length
  context.settle('localisation', { measured: gain, holds: gain >= 0.05, seeds })
  const ablated = Object.keys(variants).slice(3)
  context.settle('ablations', {
    measured: ablated.map(name => mean(name).toFixed(3)).join(', '),
    holds: ablated.every(name => Number.isFinite(mean(name))),
    seeds: [seeds[0]!],
  })
}

function splitCorpus({ items, train: learned }: ToySizes, seed: number): Corpus {
  const corpus = corpusOf(items, seed)
  const range = (from: number, to: number) => Int32Array.from({ length: to - from }, (_, i) => from + i)
  const valid = learned + Math.floor((items - learned) / 5)
  return {
    ...corpus,
    splits: { train: range(0, learned), valid: range(learned, valid), test: range(valid, items) },
  }
}

interface ItemMaps {
  item: number
  levels: LevelMap[]
}

async function mapsOf({ matcher, splits }: Trained, corpus: Corpus, count: number, seed: number): Promise<ItemMaps[]> {
  const maps: ItemMaps[] = []
  for (const item of splits.test.subarray(0, count))
    maps.push({ item, levels: await matcher.maps(corpus, item, { rule: 'ordinary', samples: 200, seed }) })
  return maps
}

/** The share of what is above zero in a content word's row that lies on frames which show it, mean over words. */
export function localisation(maps: readonly ItemMaps[], { shown, text, frames }: Corpus) {
  const sums = { interactions: 0, cosines: 0 }
  let count = 0
  for (const { item, levels } of maps) {
    const { rows, columns, interactions, cosines } = levels[0]!
    rows.forEach((word, r) => {
      const there = columns.map(frame => shown[(item * text.length + word) * frames.length + frame]!)
      if (!there.includes(1)) return
      count++
      for (const [name, values] of Object.entries({ interactions, cosines })) {
        const own = columns.map((_, c) => Math.max(0, values[r * columns.length + c]!))
        const total = own.reduce((sum, value) => sum + value, 0)
        const on = own.reduce((sum, value, c) => sum + value * there[c]!, 0)
        const even = there.reduce((sum, value) => sum + value, 0) / there.length
        sums[name as 'interactions'] += total > 0 ? on / total : even
      }
    })
  }
  return { interactions: sums.interactions / count, cosines: sums.cosines / count }
}

interface Teacher {
  /** Correlation with what sampling gives, on cells that are there. */
  agreement: number
  faster: number
}

/** The teacher on maps it did not see, and its time beside that of 1000 samples. */
async function judgedTeacher(
  { model, state, matcher, splits, sizes }: Trained,
  corpus: Corpus,
  options: TrainOptions,
  count: number,
  seed: number,
): Promise<Teacher> {
  const [wanted, there]: [number[], boolean[]] = [[], []]
  const maps: Float32Array[] = []
  let sampling = 0
  for (const item of splits.test.subarray(0, count)) {
    const { map, weights } = await matcher.firstMap(corpus, item)
    maps.push(map)
    wanted.push(...targetsOf(map, weights, sizes, options.scale, 1000, seed))
    const [rows, columns] = weights
    there.push(...Array.from(map, (_, at) => rows[Math.floor(at / sizes.frames)]! * columns[at % sizes.frames]! > 0))
    const began = performance.now()
    const game = { rows: rows.length, columns: columns.length, cells: map, payoff: weightedMaxima(rows, columns) }
    banzhafPairs(game, { rule: 'merged', samples: 1000, exactTokens: 0 })
    sampling += performance.now() - began
  }
  const cells = Float32Array.from(maps.flatMap(map => [...map]))
  const began = performance.now()
  const shape = [maps.length, sizes.words, sizes.frames]
  const { data } = await eager(model.teacher.forward(constant(cells, shape)), { state })
  const estimating = performance.now() - began
  const agreement = correlation(
    (data as Float32Array).filter((_, at) => there[at]),
    wanted.filter((_, at) => there[at]),
  )
  return { agreement, faster: sampling / estimating }
}

function settleTeacher({ agreement, faster }: Teacher, { settle, seeds }: StudyContext): void {
  settle('estimator', {
    measured: `${agreement.toFixed(3)}, ${formatNumber(faster)} times`,
    holds: agreement >= 0.9 && faster >= 50,
    seeds: [seeds[0]!],
  })
}
