import { formatNumber } from '../../../charts/index.ts'
import { decompose, jointOf, type Joint } from '../../../lenses/index.ts'
import { rankCorrelation } from '../../../metrics/index.ts'
import { Random } from '../../../random/index.ts'
import type { Figure, StudyContext, StudyTable } from '../../../system/index.ts'
import { boundsOf, closedForms, distanceOf } from './closed-forms.ts'
import { encode, type Encoded, type EncoderSizes } from './encoders.ts'
import { explanationOf } from './explanation.ts'
import { flat, measure, type Measured } from './measure.ts'
import { boundsParities } from './parity.ts'
import { kinds, mixedRows, viewsOf, type Recipe } from './worlds.ts'

const full: EncoderSizes = { train: 4000, test: 4000, epochs: 30 }
const clusters = 8

export async function run(context: StudyContext): Promise<void> {
  const { settle, skip, seeds, size } = context
  const forms = Math.max(...closedForms().map(distanceOf))
  settle('forms', { measured: forms, holds: forms <= 1e-3 })
  const parities = await boundsParities()
  if (parities) {
    const largest = Math.max(...parities.map(({ distance }) => distance))
    settle('parity', { measured: largest, holds: largest <= 1e-3 })
  } else skip('parity', 'fixtures are not here')
  const { sum, least, exchanged } = identities(30, seeds[0]!)
  settle('identity', {
    measured: `${formatNumber(sum)}, ${formatNumber(least)}, ${formatNumber(exchanged)}`,
    holds: sum <= 1e-6 && least >= -1e-4 && exchanged <= 1e-4,
    seeds: [seeds[0]!],
  })
  const { outside, whole } = violations(300, seeds[0]!)
  settle('certified', { measured: outside, holds: outside === 0, seeds: [seeds[0]!] })
  settle('quarter', { measured: `${whole} of 300`, holds: whole > 0, seeds: [seeds[0]!] })
  if (size === 'small') {
    for (const claim of ['dominates', 'fusion', 'decision']) skip(claim, 'full size only')
    return
  }
  await known(context)
  await decision(context)
}

/** A distribution of exponential entries, normalised: uniform over all there are. */
export function randomJoint(shape: Joint['shape'], random: Random): Joint {
  const weights = Float64Array.from({ length: shape[0] * shape[1] * shape[2] }, () => -Math.log(1 - random.uniform()))
  return jointOf(weights, shape)
}

/** How far the parts are from adding up, from zero, and from what exchanging the sources should give. */
export function identities(count: number, seed: number): { sum: number; least: number; exchanged: number } {
  const random = new Random(seed, 'modalities.identities')
  let [sum, least, exchanged] = [0, Infinity, 0]
  for (let k = 0; k < count; k++) {
    const joint = randomJoint([2 + random.integer(3), 2 + random.integer(3), 2 + random.integer(2)], random)
    const { redundancy, unique, synergy, total } = decompose(joint)
    const other = decompose(exchange(joint))
    sum = Math.max(sum, Math.abs(redundancy + unique[0] + unique[1] + synergy - total))
    least = Math.min(least, redundancy, ...unique, synergy)
    exchanged = Math.max(
      exchanged,
      Math.abs(other.redundancy - redundancy),
      Math.abs(other.unique[0] - unique[1]),
      Math.abs(other.unique[1] - unique[0]),
      Math.abs(other.synergy - synergy),
    )
  }
  return { sum, least, exchanged }
}

function exchange({ shape: [first, second, label], probabilities }: Joint): Joint {
  const turned = new Float64Array(probabilities.length)
  probabilities.forEach((p, cell) => {
    const [a, b, y] = [Math.floor(cell / (second * label)), Math.floor(cell / label) % second, cell % label]
    turned[(b * first + a) * label + y] = p
  })
  return jointOf(turned, [second, first, label])
}

/** Distributions whose synergy is outside its bounds, and those where the whole disagreement promises too much. */
export function violations(count: number, seed: number): { outside: number; whole: number } {
  const random = new Random(seed, 'modalities.bounds')
  let [outside, whole] = [0, 0]
  for (let k = 0; k < count; k++) {
    const joint = randomJoint([2, 2, 2], random)
    const { synergy, unique } = decompose(joint)
    const { low, high, disagreement } = boundsOf(joint)
    if (low > synergy + 1e-5 || high < synergy - 1e-5) outside++
    if (disagreement - Math.max(...unique) > synergy + 1e-5) whole++
  }
  return { outside, whole }
}

interface Told {
  encoded: Encoded
  measured: Measured
  gain: number
}

async function told(recipe: Recipe, seed: number, sizes: EncoderSizes, context: StudyContext): Promise<Told> {
  const encoded = await encode(rows => mixedRows(recipe, rows, seed), sizes, { ...context, seed })
  const views = viewsOf(encoded.first, encoded.second, encoded.labels)
  const options = { clusters, components: 5, resamples: 0, shuffles: 0, apart: 1 }
  const measured = await measure(views, options, { seed, signal: context.signal })
  const { first, second, both } = encoded.accuracy
  return { encoded, measured, gain: both - Math.max(first, second) }
}

/** The four sets of known kind. */
export async function known(context: StudyContext, sizes = full): Promise<void> {
  if (!context.open('dominates', 'fusion')) return
  const [seed] = context.seeds
  const rows: StudyTable['rows'][number][] = []
  const gains: Record<string, number> = {}
  let [right, figures]: [number, readonly Figure[]] = [0, []]
  for (const [kind, recipe] of Object.entries(kinds)) {
    context.progress(`modalities of known kind: ${kind}`)
    const { encoded, measured, gain } = await told(recipe, seed!, sizes, context)
    const { redundancy, first, second, synergy } = flat(measured)
    const parts = { redundancy, first, second, synergy }
    const greatest = Object.entries(parts).sort(([, a], [, b]) => b - a)[0]![0]
    if (greatest === kind) right++
    gains[kind] = gain
    const { accuracy } = encoded
    rows.push([kind, redundancy, first, second, synergy, measured.bounds.low, measured.bounds.high, accuracy.first, accuracy.second, accuracy.both]) // prettier-ignore
    if (kind === 'synergy') {
      const views = viewsOf(encoded.first, encoded.second, encoded.labels)
      figures = explanationOf(measured, views).figures
    }
  }
  const columns = ['kind', 'either', 'only first', 'only second', 'together', 'at least', 'at most', 'accuracy of first', 'of second', 'of both'] // prettier-ignore
  context.show({ table: { columns, rows }, figures })
  context.settle('dominates', { measured: `${right} of 4`, holds: right === 4, seeds: [seed!] })
  context.settle('fusion', {
    measured: `${gains.synergy!.toFixed(3)}, ${gains.redundancy!.toFixed(3)}`,
    holds: gains.synergy! >= 0.1 && gains.redundancy! < 0.02,
    seeds: [seed!],
  })
}

/** Whether the bounds tell where fusion is worth its labels. */
export async function decision(context: StudyContext, sizes = full, mixes = 20): Promise<void> {
  if (!context.open('decision')) return
  const [seed] = context.seeds
  const random = new Random(seed!, 'modalities.mixes')
  const [middles, gains]: [number[], number[]] = [[], []]
  for (let mix = 0; mix < mixes; mix++) {
    context.progress(`mix ${mix + 1} of ${mixes}`)
    const draw = () => random.uniform()
    const recipe = { shared: draw(), first: draw(), second: draw(), product: draw() }
    const { measured, gain } = await told(recipe, seed! + mix, sizes, context)
    middles.push((measured.bounds.low + measured.bounds.high) / 2)
    gains.push(gain)
  }
  const correlation = rankCorrelation(middles, gains)
  context.settle('decision', { measured: correlation, holds: correlation >= 0.5, seeds: [seed!] })
}
