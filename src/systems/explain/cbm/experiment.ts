import { formatCount, formatNumber } from '../../../charts/format.ts'
import { drawTiles, hands, tiles, type ConceptImages } from '../../../data/index.ts'
import { auditConcepts, interventionCurve } from '../../../lenses/index.ts'
import { callMulticlass } from '../../../metrics/index.ts'
import { trainVectorClassifier } from '../../../train/index.ts'
import { State } from '../../../engine/index.ts'
import { Random } from '../../../random/index.ts'
import { stagedResult } from '../../../study/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { LabelPredictor } from './classifier.ts'
import { completenessError, foldingError, impurities, relevanceErrors } from './closed-forms.ts'
import { deletionOf, groundingOf } from './evidence.ts'
import { labelNetwork } from './model.ts'
import { cbmOptions, resolved } from './options.ts'
import { parities } from './parity.ts'
import { allHands, balancedHands, cards, classHands, handRanks, rankOf } from './poker.ts'
import { trainBottleneck } from './train.ts'

/** Tiles that are never apart in the fixed hands. */
const inseparable = [
  [0, 1],
  [1, 0],
  [3, 4],
  [4, 3],
] as const

export async function run(context: StudyContext): Promise<void> {
  await settleForms(context)
  settlePoker(context)
  settleAudit(context)
  if (context.size === 'small') {
    for (const claim of ['corrected', 'accuracy', 'partner', 'own', 'still', 'freed'])
      context.skip(claim, 'full size only')
    return
  }
  await settleCorrected(context, { learned: 7000, tested: 3000 })
  await settleTiles(context, fullTiles)
}

async function settleForms({ settle, skip }: StudyContext): Promise<void> {
  const cases = await parities()
  if (cases) {
    const largest = Math.max(
      ...cases.flatMap(({ outputs, gradients }) => [...Object.values(outputs), ...Object.values(gradients)]),
    )
    settle('parity', { measured: largest, holds: largest <= 1e-4, note: `${cases.length} golden cases` })
  } else skip('parity', 'fixtures are not here')
  const { conservation, epsilon } = await relevanceErrors()
  settle('conservation', { measured: conservation, holds: conservation <= 1e-4 })
  settle('epsilon', { measured: epsilon, holds: epsilon <= 1e-4 })
  const folded = await foldingError()
  settle('folded', { measured: folded, holds: folded <= 1e-5 })
  const complete = await completenessError(200)
  settle('complete', { measured: complete, holds: complete <= 0.01 })
  const { truth, telling, leaking } = impurities()
  settle('impurity', {
    measured: `${formatNumber(truth)}; ${formatNumber(telling)}; ${leaking.map(value => formatNumber(value)).join(', ')}`,
    holds:
      truth === 0 && Math.abs(telling - 0.5) < 0.02 && leaking.every((value, i) => i === 0 || value > leaking[i - 1]!),
  })
}

function settlePoker({ settle }: StudyContext): void {
  const counts = handRanks.map(() => 0)
  for (const hand of allHands()) counts[handRanks.indexOf(rankOf(hand))]!++
  const expected = [48, 52, 720, 1096, 3744, 16440]
  settle('poker', {
    measured: counts.map(formatCount).join(', '),
    holds: counts.every((count, i) => count === expected[i]),
  })
}

function settleAudit({ settle }: StudyContext): void {
  const table = (sets: readonly (readonly string[])[], names: readonly string[]) =>
    auditConcepts({ names, values: sets.flatMap(set => names.map(name => Number(set.includes(name)))) })
  const groups = ({ names, identical }: ReturnType<typeof auditConcepts>) =>
    identical.map(group => group.map(c => names[c]).join(' ')).join(', ')
  const named = hands.map(hand => hand.map(String))
  const [ofHands, ofPoker] = [
    groups(
      table(
        named,
        Array.from({ length: tiles }, (_, t) => String(t)),
      ),
    ),
    groups(table(classHands, [...new Set(classHands.flat())])),
  ]
  settle('audit', { measured: `${ofHands}; ${ofPoker}`, holds: ofHands === '0 1, 3 4' && ofPoker === '2H 4H, 6D 9D' })
}

/** Share of concepts that are said wrongly. */
const wrong = 0.1

/** Hands of cards, of which some are said wrongly and corrected one by one, on a label network that learned from true ones. */
export async function settleCorrected(
  { settle, open, seeds, threads, signal }: StudyContext,
  { learned, tested }: { learned: number; tested: number },
): Promise<void> {
  if (!open('corrected')) return
  const curves: number[][] = []
  for (const seed of seeds) {
    const size = { concepts: cards.length, classes: handRanks.length }
    const [train, valid, test] = [learned, 600, tested].map((count, i) => balancedHands(count, 3 * seed + i))
    const model = labelNetwork(size.concepts, size.classes)
    const state = new State({ model }, seed)
    await trainVectorClassifier(
      {
        ...{ model, classes: size.classes, vectors: train!.concepts, labels: train!.ranks },
        valid: { vectors: valid!.concepts, labels: valid!.ranks },
      },
      state,
      { seed, threads, signal },
    )
    await using labels = new LabelPredictor(model, size, state, threads)
    const random = new Random(seed, 'wrong concepts')
    const truth = test!.concepts
    const predicted = truth.map(value => (random.uniform() < wrong ? 1 - value : value))
    const call = async (values: Float32Array) => callMulticlass(await labels.probabilities(values), size.classes)
    curves.push(
      await interventionCurve({ ...size, predicted, truth, labels: test!.ranks }, call, { order: 'random', seed }),
    )
  }
  const mean = curves[0]!.map((_, k) => curves.reduce((sum, curve) => sum + curve[k]! / curves.length, 0))
  const falls = mean.filter((value, k) => k > 0 && value < mean[k - 1]!).length
  const steps = [0, 13, 26, 39, 52].map(k => formatNumber(mean[k]!)).join(', ')
  settle('corrected', {
    measured: `falls ${falls} times; at 0, 13, 26, 39, 52: ${steps}`,
    holds: falls === 0 && mean.at(-1)! >= 0.99,
    seeds,
  })
}

export interface TileStudy {
  images: readonly [number, number, number]
  epochs: number
  /** Test images whose evidence is measured. */
  looked: number
  free: readonly number[]
}

const fullTiles: TileStudy = { images: [4000, 500, 1000], epochs: 10, looked: 100, free: [0, 0.05, 0.2, 0.5] }

interface TileResult {
  name: string
  seed: number
  accuracy: number
  own: number
  partner: number
  ownFlips: number
  partnerFlips: number
  still: number
}

/** Any three tiles, and fixed hands with ever more freed images. */
export async function settleTiles(context: StudyContext, sizes: TileStudy): Promise<void> {
  const { seeds, settle, show, open } = context
  if (!open('accuracy', 'partner', 'own', 'still', 'freed')) return
  const results: TileResult[] = []
  for (const seed of seeds) {
    const staged = (name: string, shown: 'any' | 'hands', free = 0) =>
      stagedResult(context, `${seed} ${name}`, () =>
        tileResult(name, drawTiles({ seed, images: sizes.images, shown, free }), seed, sizes, context),
      )
    results.push(await staged('any three', 'any'))
    for (const free of sizes.free) results.push(await staged(nameOf(free), 'hands', free))
  }
  show({
    table: {
      columns: ['tiles', 'seed', 'concept accuracy', 'own', 'partner', 'own flips', 'partner flips', 'still said'],
      rows: results.map(({ name, seed, accuracy, own: share, partner, ownFlips, partnerFlips, still: kept }) => [
        ...[name, seed, accuracy, share, partner, ownFlips, partnerFlips, kept],
      ]),
    },
  })
  const mean = (name: string, part: keyof Omit<TileResult, 'name' | 'seed'>) => {
    const own = results.filter(result => result.name === name)
    return own.reduce((sum, result) => sum + result[part] / own.length, 0)
  }
  const [any, fixed] = ['any three', nameOf(0)] as const
  const pair = (part: 'accuracy' | 'own' | 'still') => [mean(any, part), mean(fixed, part)] as const
  const said = (values: readonly number[]) => values.map(value => formatNumber(value)).join('; ')
  const least = Math.min(
    ...results.filter(({ name }) => name === any || name === fixed).map(({ accuracy }) => accuracy),
  )
  settle('accuracy', { measured: said(pair('accuracy')), holds: least >= 0.99, seeds })
  const ratio = mean(fixed, 'partner') / mean(any, 'partner')
  settle('partner', { measured: ratio, holds: ratio >= 1.7, seeds })
  const [own, ownFixed] = pair('own')
  settle('own', { measured: `${formatNumber(own)} against ${formatNumber(ownFixed)}`, holds: own > ownFixed, seeds })
  const [still, stillFixed] = pair('still')
  settle('still', { measured: said([still, stillFixed]), holds: still <= 0.05 && stillFixed >= 0.4, seeds })
  const [stills, partners] = (['still', 'partner'] as const).map(part =>
    sizes.free.map(free => mean(nameOf(free), part)),
  )
  const falling = (values: readonly number[]) => values.every((value, i) => i === 0 || value <= values[i - 1]!)
  settle('freed', {
    measured: `still said ${said(stills!)}; partner share ${said(partners!)}`,
    holds: falling(stills!) && falling(partners!) && Math.abs(stills!.at(-1)! - still) <= 0.1,
    seeds,
  })
}

const nameOf = (free: number) => `fixed hands, ${Math.round(100 * free)}% freed`

async function tileResult(
  name: string,
  images: ConceptImages,
  seed: number,
  { epochs, looked }: TileStudy,
  { threads, signal, progress }: StudyContext,
): Promise<TileResult> {
  const options = resolved(cbmOptions.parse({ epochs, patience: epochs }))
  const tell = ({ done, total }: { done: number; total: number }) =>
    progress(`${name}, seed ${seed}: epoch ${done} of ${total}`)
  const { bottleneck, test } = await trainBottleneck(images, options, { seed, threads, signal, progress: tell })
  try {
    const rows = images.splits!.test
    const together = rows.filter(row =>
      inseparable.some(pair => pair.every(t => images.concepts!.values[row * tiles + t] === 1)),
    )
    const evidence = { attribution: 'integrated-gradients', steps: 25, seed, threads, signal } as const
    const tally = await groundingOf(bottleneck, images, together.slice(0, looked), evidence)
    const groundings = tally.groundings().filter(({ concept }) => inseparable.some(([own]) => own === concept))
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value / values.length, 0)
    const { ownFlips, partnerFlips, stillPredicted } = await deletionOf(bottleneck, images, rows, inseparable, seed)
    return {
      ...{ name, seed, accuracy: test.conceptAccuracy, ownFlips, partnerFlips, still: stillPredicted },
      own: mean(groundings.map(grounding => grounding.own)),
      partner: mean(inseparable.map(([own, other]) => tally.partner(own, other)).filter(share => !Number.isNaN(share))),
    }
  } finally {
    await bottleneck.close()
  }
}
