import { formatNumber } from '../../../charts/format.ts'
import { conceptsOf, drawRadiographs, margin, markSide, scaleOf, type ConceptImages } from '../../../data/index.ts'
import { State } from '../../../engine/index.ts'
import { moduleParitySettled, stagedResult } from '../../../study/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { taken, trainVectorClassifier, NetworkPredictor } from '../../../train/index.ts'
import { fanInLinear, MultilayerPerceptron } from '../../../nn/index.ts'
import { float32 } from '../../../engine/index.ts'
import { activationsOf, trainActivation } from './activation.ts'
import { everywhereChange, gradientError, marginError, partsError, sharpError } from './closed-forms.ts'
import { ActivationMaps } from './model.ts'
import { csrOptions, type CsrOptions } from './options.ts'
import { parities } from './parity.ts'
import { pointingOf, pointingShare, prototypePointing } from './pointing.ts'
import { classScoresOf, reviewed, trainCsr } from './train.ts'
import type { TrainedPrototypes } from './trained.ts'

export interface CsrStudy {
  images: readonly [number, number, number]
  options: Record<string, unknown>
}

const full: CsrStudy = { images: [6000, 500, 1000], options: { epochs: 12 } }

export async function run(context: StudyContext): Promise<void> {
  const { settle, skip, size } = context
  const cases = await parities()
  if (cases) settle('parity', moduleParitySettled(cases))
  else skip('parity', 'fixtures are not here')
  const [margins, sharp, gradient] = [await marginError(), await sharpError(), await gradientError()]
  settle('margin', { measured: margins, holds: margins <= 1e-6 })
  settle('sharp', { measured: sharp, holds: sharp <= 1e-3 })
  settle('gradient', { measured: gradient, holds: gradient <= 1e-6 })
  const [parts, everywhere] = [partsError(), everywhereChange()]
  settle('parts', { measured: parts, holds: parts <= 1e-5 })
  settle('everywhere', { measured: everywhere, holds: everywhere === 0 })
  if (size === 'small') {
    for (const claim of trainedClaims) skip(claim, 'full size only')
    return
  }
  await settleTrained(context, full)
}

const trainedClaims = [
  'concepts',
  'classes',
  'pointing',
  'shortcut',
  'review',
  'feedback',
  'rejection',
  'hygiene',
] as const

type Row = [images: string, seed: number, model: string, measure: string, value: number]
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value / values.length, 0)
const said = (values: readonly number[]) => values.map(value => formatNumber(value)).join('; ')

export async function settleTrained(context: StudyContext, sizes: CsrStudy): Promise<void> {
  if (!context.open(...trainedClaims)) return
  const { seeds, settle, show } = context
  const rows: Row[] = []
  for (const seed of seeds) {
    rows.push(...(await stagedResult(context, `${seed} radiographs`, () => plainImages(context, sizes, seed))))
    rows.push(...(await stagedResult(context, `${seed} marked`, () => markedImages(context, sizes, seed))))
  }
  show({ table: { columns: ['images', 'seed', 'model', 'measure', 'value'], rows } })
  const of = (model: string, measure: string) =>
    mean(rows.filter(row => row[2] === model && row[3] === measure).map(row => row[4]))
  const concepts = of('csr', 'concept F1')
  settle('concepts', { measured: concepts, holds: concepts >= 0.95, seeds })
  const classes = ['csr', 'black box', 'bottleneck'].map(model => of(model, 'macro F1')) as [number, number, number]
  settle('classes', {
    measured: said(classes),
    holds: classes[0] >= classes[1] - 0.02 && classes[0] >= classes[2] - 0.01,
    seeds,
  })
  const pointing = [of('csr', 'pointing'), of('black box', 'pointing')] as const
  settle('pointing', { measured: said(pointing), holds: pointing[0] >= 0.9 && pointing[0] > pointing[1], seeds })
  const lost = of('csr, marked', 'accuracy, valid') - of('csr, marked', 'accuracy')
  settle('shortcut', { measured: lost, holds: lost >= 0.08, seeds })
  const won = of('reviewed', 'accuracy') - of('csr, marked', 'accuracy')
  const rises = of('reviewed', 'pointing') - of('csr, marked', 'pointing')
  settle('review', { measured: said([won / lost, rises]), holds: won >= lost / 2 && rises > 0, seeds })
  const [before, after, changed] = ['before', 'after', 'changed'].map(measure => of('feedback', measure)) as [
    number,
    number,
    number,
  ]
  settle('feedback', {
    measured: `${said([before, after])}; ${formatNumber(changed)} other images changed`,
    holds: after - before >= 0.05 && changed === 0,
    seeds,
  })
  const lossBy = ['neutral', 'zero'].map(by => of('rejection', `lost by ${by}`)) as [number, number]
  settle('rejection', { measured: said(lossBy), holds: lossBy[0] <= 0.01, seeds })
  const wins = of('csr', 'winning prototypes')
  settle('hygiene', { measured: wins, holds: wins >= 0.5, seeds })
}

const chosen = ({ options }: CsrStudy): CsrOptions => csrOptions.parse(options)

function contextOf({ threads, signal, progress }: StudyContext, seed: number, name: string) {
  const tell = ({ stage, done, total }: { stage: string; done: number; total: number }) =>
    progress(`${name}, seed ${seed}: ${stage} ${done} of ${total}`)
  return { seed, threads, signal, progress: tell }
}

/** The network beside a black box and a bottleneck; then feedback on images with a ring outside the lungs. */
async function plainImages(context: StudyContext, sizes: CsrStudy, seed: number): Promise<Row[]> {
  const images = drawRadiographs({ seed, images: sizes.images })
  const options = chosen(sizes)
  const own = contextOf(context, seed, 'radiographs')
  const { trained, test } = await trainCsr(images, options, own)
  try {
    const rows = images.splits!.test
    const pointing = pointingShare(await prototypePointing(trained, images, rows, context.signal))
    const wins = trained.kept.atlas.filter(entry => entry.wins > 0).length / trained.kept.atlas.length
    const rest = [
      ...(await blackBox(images, options, own)),
      ...(await bottleneck(trained, images, own)),
      ...(await feedbackRows(trained, sizes, seed, context)),
      ...(await rejectionRows(trained, images)),
    ]
    return [
      ['csr', 'concept F1', test.conceptF1],
      ['csr', 'macro F1', test.macroF1],
      ['csr', 'pointing', pointing],
      ['csr', 'winning prototypes', wins],
      ...rest,
    ].map(row => ['radiographs', seed, ...row] as Row)
  } finally {
    await trained.close()
  }
}

type Measured = [model: string, measure: string, value: number]
type Own = ReturnType<typeof contextOf>

/** The same features, whose maps are of classes. */
async function blackBox(images: ConceptImages, options: CsrOptions, own: Own): Promise<Measured[]> {
  const splits = images.splits!
  const classes = images.labels!.classes.length
  const model = new ActivationMaps(images, classes, options.stages)
  const scale = scaleOf(images, splits.train)
  const learner = await trainActivation(images, { model, learns: 'classes', scale, splits, options }, own)
  try {
    const { logits, maps } = await activationsOf(learner, images, splits.test, scale, own.signal)
    const labels = taken(images.labels!.values, 1, splits.test)
    const places = maps.length / (splits.test.length * classes)
    const side = Math.sqrt(places)
    const pointing = pointingOf(images, splits.test, [side, side], index => {
      const values = [...logits.subarray(index * classes, (index + 1) * classes)]
      const called = values.indexOf(Math.max(...values))
      return maps.subarray((index * classes + called) * places, (index * classes + called + 1) * places)
    })
    return [
      ['black box', 'macro F1', classScoresOf(logits, labels, classes).macroF1],
      ['black box', 'pointing', pointingShare(pointing)],
    ]
  } finally {
    await learner.close()
  }
}

/** Classes from the probabilities of the same concepts, learned from true ones (the independent regime of cbm). */
async function bottleneck(trained: TrainedPrototypes, images: ConceptImages, own: Own): Promise<Measured[]> {
  const { train, valid, test } = images.splits!
  const { concepts, classes } = trained.kept.size
  const labelsAt = (rows: Int32Array) => taken(images.labels!.values, 1, rows)
  const predicted = async (rows: Int32Array) =>
    (await trained.answer(images, rows, own.signal)).concepts.map(logit => 1 / (1 + Math.exp(-logit)))
  const model = new MultilayerPerceptron(concepts, [128], { outputs: classes, start: fanInLinear })
  const state = new State({ model }, own.seed)
  await trainVectorClassifier(
    {
      ...{ model, classes, vectors: conceptsOf(images, train), labels: labelsAt(train) },
      valid: { vectors: await predicted(valid), labels: labelsAt(valid) },
    },
    state,
    own,
  )
  const predictor = new NetworkPredictor(
    {
      inputs: { vectors: float32(['batch', concepts]) },
      answer: ({ vectors }, mode) => ({ logits: model.forward(vectors!, mode) }),
    },
    state,
    own.threads,
  )
  try {
    const { logits } = await predictor.answer({ vectors: await predicted(test) })
    return [['bottleneck', 'macro F1', classScoresOf(logits!.data as Float32Array, labelsAt(test), classes).macroF1]]
  } finally {
    await predictor.close()
  }
}

/** Share of the images that are least sure, and get feedback. */
const consulted = 0.2

/** Test images with a ring beside the lungs: a scripted doctor says to look at the lungs alone. */
async function feedbackRows(
  trained: TrainedPrototypes,
  sizes: CsrStudy,
  seed: number,
  { signal }: StudyContext,
): Promise<Measured[]> {
  const images = drawRadiographs({ seed, images: sizes.images, distractor: true })
  const rows = images.splits!.test
  const { maps } = await trained.answer(images, rows, signal)
  const length = maps.length / rows.length
  const states = [...rows.keys()].map(i =>
    trained.consultation(maps.subarray(i * length, (i + 1) * length), trained.kept.options),
  )
  const gap = (i: number) => {
    const [first, second] = states[i]!.probabilities.toSorted().reverse()
    return first! - second!
  }
  const order = [...rows.keys()].sort((a, b) => gap(a) - gap(b))
  const asked = order.slice(0, Math.ceil(consulted * rows.length))
  const lungs = [margin, 0, images.width - 2 * margin, images.height] as const
  const after = states.map((state, i) => (asked.includes(i) ? state.with({ kind: 'look', box: lungs }) : state))
  const right = (list: typeof states) =>
    mean(asked.map(i => Number(callOf(list[i]!) === images.labels!.values[rows[i]!])))
  const others = order.slice(asked.length).filter(i => callOf(states[i]!) !== callOf(after[i]!))
  return [
    ['feedback', 'before', right(states)],
    ['feedback', 'after', right(after)],
    ['feedback', 'changed', others.length],
  ]
}

const callOf = ({ probabilities }: { probabilities: Float64Array }): number =>
  probabilities.indexOf(Math.max(...probabilities))

/** Of every image, one concept that it does not show is rejected. */
async function rejectionRows(trained: TrainedPrototypes, images: ConceptImages): Promise<Measured[]> {
  const rows = images.splits!.test
  const { maps } = await trained.answer(images, rows)
  const length = maps.length / rows.length
  const { concepts, options } = trained.kept
  const shown = conceptsOf(images, rows)
  const accuracyBy = (rejectBy: 'neutral' | 'zero' | undefined) =>
    mean(
      [...rows.keys()].map(i => {
        const state = trained.consultation(maps.subarray(i * length, (i + 1) * length), {
          ...options,
          rejectBy: rejectBy ?? 'neutral',
        })
        const absent = concepts.find((_, c) => shown[i * concepts.length + c] === 0)
        const now = rejectBy && absent !== undefined ? state.with({ kind: 'reject', concept: absent }) : state
        return Number(callOf(now) === images.labels!.values[rows[i]!])
      }),
    )
  const whole = accuracyBy(undefined)
  return [
    ['rejection', 'lost by neutral', whole - accuracyBy('neutral')],
    ['rejection', 'lost by zero', whole - accuracyBy('zero')],
  ]
}

/** A corner mark that goes with class A; a scripted reviewer drops prototypes whose place is in that corner. */
async function markedImages(context: StudyContext, sizes: CsrStudy, seed: number): Promise<Row[]> {
  const images = drawRadiographs({ seed, images: sizes.images, mark: [0.9, 0.5] })
  const own = contextOf(context, seed, 'marked radiographs')
  const { trained, valid, test } = await trainCsr(images, chosen(sizes), own)
  try {
    const rows = images.splits!.test
    const pointing = pointingShare(await prototypePointing(trained, images, rows))
    const { atlas, grid } = trained.kept
    const corner = ({ place }: { place: number }) => {
      const [row, column] = [Math.floor(place / grid[1]), place % grid[1]]
      const [height, width] = [images.height / grid[0], images.width / grid[1]]
      return row * height < markSide + 2 && (column + 1) * width > images.width - markSide - 2
    }
    const drop = atlas.flatMap((entry, p) => (corner(entry) ? [p] : []))
    const before: Measured[] = [
      ['csr, marked', 'accuracy, valid', valid.accuracy],
      ['csr, marked', 'accuracy', test.accuracy],
      ['csr, marked', 'pointing', pointing],
      ['reviewed', 'dropped', drop.length],
    ]
    const tag = (list: readonly Measured[]) => list.map(row => ['marked', seed, ...row] as Row)
    if (drop.length === 0 || drop.length === atlas.length)
      return tag([...before, ['reviewed', 'accuracy', test.accuracy], ['reviewed', 'pointing', pointing]])
    const after = await reviewed(trained, images, drop, own)
    try {
      const share = pointingShare(await prototypePointing(after.trained, images, rows))
      return tag([...before, ['reviewed', 'accuracy', after.test.accuracy], ['reviewed', 'pointing', share]])
    } finally {
      await after.trained.close()
    }
  } finally {
    await trained.close()
  }
}
