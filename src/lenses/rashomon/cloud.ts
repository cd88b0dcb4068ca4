import { Random } from '../../random/index.ts'
import { rowsIn, takeRows } from '../columns.ts'
import { endingOf, type Ending } from '../ending.ts'
import type { Labels } from '../pairs/support.ts'
import type { Columns } from '../predictor.ts'
import { throttle } from '../progress.ts'
import { checkCloud, epsilonOf } from './check.ts'
import { edgeMask } from './directions.ts'
import { PermutationEffects, type Shuffle } from './effects.ts'
import { lossOf, usualLoss, type LossName } from './loss.ts'
import type { MaskedModel } from './masked.ts'
import { setCloud, type CloudPoint, type SetCloud } from './set-cloud.ts'
import { levels, turnDial, type Turned } from './search.ts'
import { compositions, directions, subsets } from './splits.ts'

/** An ending comes between dials and between models of the cloud. */
export interface CloudOptions extends Ending {
  loss?: LossName
  /** How much worse a model may be, as a share of the model's own loss. */
  epsilonRate?: number
  /** The same in units of the loss; wins over the rate. */
  epsilon?: number
  /** Members of a set. */
  order?: number
  /** Sets that get a cloud, those with the greatest |FIS| of the model itself. */
  sets?: number
  /** Models drawn along random directions, shared by all sets. */
  models?: number
  /** Other models of the same data: trained again, or from elsewhere. Those that are no worse take part. */
  others?: readonly MaskedModel[]
  /** Permutations averaged over. */
  repeats?: number
  shuffle?: Shuffle
  /** Rows that losses are measured on, at most. */
  rows?: number
  seed?: number
  signal?: AbortSignal
  onProgress?: (progress: { done: number; total: number }) => void
}

export interface RashomonCloud {
  loss: LossName
  /** The model's own loss. */
  reference: number
  epsilon: number
  dial: string
  /** Rise of the loss when one field is shuffled, of the model itself. */
  mains: { field: string; value: number }[]
  /** FIS of every set of the model itself, strongest first. */
  references: { set: string[]; value: number }[]
  /** Strongest first. */
  sets: SetCloud[]
  /** How far each searched dial can be turned, up and down. */
  dials: { field: string; up: Turned; down: Turned }[]
  rows: number
  predictions: number
  complete: boolean
}

type Effects = 'joint' | 'mains' | 'fis'

/** Tenths of epsilon that a split shares out. */
const tenths = levels - 1

/** Losses a search of one dial asks for, about. */
const searchCost = 60

/** Predictions for each row, about: what a budget buys is rows. */
export function cloudCost(
  fields: number,
  { order = 2, sets = 10, models = 64, repeats = 4 }: Pick<CloudOptions, 'order' | 'sets' | 'models' | 'repeats'> = {},
): number {
  const all = subsets(fields, order).length
  const own = Math.min(sets, all)
  const used = Math.min(fields, own * order)
  const splits = compositions(tenths, order).length * 2 ** order
  return (
    1 +
    (fields + all) * repeats +
    2 * used * searchCost +
    own * splits * (1 + (order + 1) * repeats) +
    models * (20 + (used + own) * repeats)
  )
}

/**
 * Feature interaction scores over the models that are about as good as a given one (Li, Barnett and Rudin, "Exploring the
 * cloud of feature interaction scores in a Rashomon set", ICLR 2024): the model's dials are turned as far as its loss
 * allows, alone and for each set together, and along random directions. Each model of the cloud has its own main effects
 * and its own joint effect. The cloud is found from within: ranges are lower bounds of the true width.
 *
 * @throws InterplayError `data/empty`, `shape/mismatch` for labels of another length, `option/invalid` for epsilon, order
 * and repeats, `lens/needs` for a loss of 0 without an absolute epsilon, `predictor/answer` for a loss that is not finite
 */
export async function rashomonCloud(
  model: MaskedModel,
  columns: Columns,
  labels: Labels,
  options: CloudOptions = {},
): Promise<RashomonCloud> {
  const { order = 2, sets = 10, models = 64, others = [], repeats = 4, shuffle, seed = 1, signal } = options
  checkCloud(model, columns, labels, options)
  const { fields } = model
  const drawn = new Random(seed, 'rows')
    .permutation(rowsIn(columns))
    .subarray(0, Math.min(options.rows ?? Infinity, rowsIn(columns)))
    .sort()
  const sample = takeRows(columns, drawn)
  const own: Labels = { kind: labels.kind, values: Float64Array.from(drawn, row => labels.values[row]!) }
  const name = options.loss ?? usualLoss(labels)
  const loss = lossOf(name, own, model.output)
  const over = endingOf(options)
  let cut = false
  const ended = () => (cut ||= over())
  const splits = compositions(tenths, order)
  const progress = throttle(options.onProgress)
  let [predictions, done, total] = [0, 0, 1]
  const counted = (inner: MaskedModel): MaskedModel => ({
    ...inner,
    predict: async (asked, mask, by) => {
      const answers = await inner.predict(asked, mask, by)
      predictions += drawn.length
      return answers
    },
  })
  const masked = counted(model)
  const ones = new Float64Array(fields.length).fill(1)
  const lossAt = async (mask: ArrayLike<number>): Promise<number> => {
    signal?.throwIfAborted()
    return loss(await masked.predict(sample, mask, signal))
  }
  const step = () => progress({ done: ++done, total })

  const reference = await lossAt(ones)
  const epsilon = epsilonOf(reference, name, options)
  const effectOptions = { repeats, shuffle, seed, signal }
  const effects = new PermutationEffects(masked, sample, loss, effectOptions)
  const mains: number[] = []
  for (const f of fields.keys()) mains.push(await effects.of([f], ones, reference))
  const scored: { members: number[]; joint: number; fis: number }[] = []
  for (const members of subsets(fields.length, order))
    scored.push({ members, ...(await effects.interaction(members, ones, reference, f => mains[f]!)) })
  scored.sort((a, b) => Math.abs(b.fis) - Math.abs(a.fis))
  const chosen = scored.slice(0, sets)
  const used = [...new Set(chosen.flatMap(({ members }) => members))].sort((a, b) => a - b)
  const clouds = chosen.map(({ members, fis }) => ({ members, reference: fis, points: [] as CloudPoint[] }))
  total = 2 * used.length + clouds.length * splits.length * 2 ** order + models

  const excessAt = async (mask: ArrayLike<number>) => (await lossAt(mask)) - reference
  const dials = new Map<number, Record<'up' | 'down', Turned>>()
  for (const f of used) {
    if (ended()) break
    const turned = (direction: 1 | -1) =>
      turnDial(dial => excessAt(ones.map((one, k) => (k === f ? dial : one))), epsilon, direction)
    const up = await turned(1)
    step()
    dials.set(f, { up, down: await turned(-1) })
    step()
  }
  const point = async (members: readonly number[], mask: Float64Array, about: Omit<CloudPoint, Effects>) => ({
    ...about,
    mask,
    ...(await effects.interaction(members, mask, reference + about.excess)),
  })
  for (const { members, points } of clouds)
    for (const split of splits)
      for (const ways of directions(order)) {
        if (ended()) break
        const mask = ones.slice()
        members.forEach((f, k) => (mask[f] = dials.get(f)![ways[k] === 1 ? 'up' : 'down'].dials[split[k]!]!))
        const excess = await excessAt(mask)
        const inside = excess <= epsilon
        points.push(await point(members, mask, { sampler: 'dials', split, directions: ways, excess, inside }))
        step()
      }

  /** Every set's score of one model; its main effects are measured once. */
  const everywhere = async (by: PermutationEffects, mask: Float64Array, about: Omit<CloudPoint, Effects>) => {
    const base = reference + about.excess
    const single = new Map<number, number>()
    for (const f of used) single.set(f, await by.of([f], mask, base))
    for (const { members, points } of clouds)
      points.push({ ...about, ...(await by.interaction(members, mask, base, f => single.get(f)!)) })
  }
  for (let m = 0; m < models && !ended(); m++) {
    const mask = await edgeMask(excessAt, epsilon, fields.length, new Random(seed, 'direction', m))
    const excess = await excessAt(mask)
    await everywhere(effects, mask, { sampler: 'direction', mask, excess, inside: excess <= epsilon })
    step()
  }
  for (const other of others.map(counted)) {
    if (ended()) break
    const excess = loss(await other.predict(sample, ones, signal)) - reference
    if (excess > epsilon) continue
    await everywhere(new PermutationEffects(other, sample, loss, effectOptions), ones, {
      sampler: 'other',
      excess,
      inside: true,
    })
  }

  const names = (members: readonly number[]) => members.map(f => fields[f]!.name)
  return {
    loss: name,
    reference,
    epsilon,
    dial: model.dial,
    mains: mains.map((value, f) => ({ field: fields[f]!.name, value })),
    references: scored.map(({ members, fis }) => ({ set: names(members), value: fis })),
    sets: clouds.map(({ members, ...cloud }) => setCloud(names(members), cloud)),
    dials: [...dials].map(([f, ways]) => ({ field: fields[f]!.name, ...ways })),
    rows: drawn.length,
    predictions,
    complete: !cut,
  }
}
