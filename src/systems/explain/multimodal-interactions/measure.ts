import { hasView, type TwoViews, type View } from '../../../data/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import {
  clusterCodes,
  decompose,
  jointOf,
  marginal,
  reconciled,
  synergyBounds,
  type Decomposition,
  type Joint,
  type SynergyBounds,
} from '../../../lenses/index.ts'
import { Random } from '../../../random/index.ts'

export interface MeasureOptions {
  /** Values a modality is cut into, at most. */
  clusters: number
  /** Principal components kept of vectors. */
  components: number
  /** Resamples of the rows, for intervals. */
  resamples: number
  /** Shufflings of the labels, for what chance reaches. */
  shuffles: number
  /** Total variation by which samples of one variable may differ. */
  apart: number
}

/** The four parts in bits, and what holds the synergy without joint labels. */
export interface Parts {
  redundancy: number
  first: number
  second: number
  synergy: number
  total: number
  low: number
  high: number
}

export interface Measured {
  /** What each modality was cut into. */
  names: readonly [readonly string[], readonly string[]]
  classes: readonly string[]
  /** Rows with each modality and a label, with both modalities, with all three. */
  rows: { first: number; second: number; pairs: number; joint: number }
  bounds: SynergyBounds
  /** Of the rows with all three; undefined without any. */
  joint?: { distribution: Joint; parts: Decomposition }
  /** Rows of each pair of values, [first, second]. */
  pairCounts: Float64Array
  labelShares: Float64Array
  /** Parts of every resample and of every shuffling. */
  resampled: Parts[]
  shuffled: Parts[]
}

/** Rows as codes, -1 where absent. */
interface Coded {
  first: Int32Array
  second: Int32Array
  labels: Int32Array
  sizes: readonly [number, number, number]
}

/** Bits within which the parts are certified; resamples only tell how far they move. */
const [fine, coarse] = [1e-5, 2e-3]

/**
 * Cuts two modalities into values and measures what they tell of the label: redundancy and uniqueness, bounds of the synergy,
 * and the synergy itself where rows have both and a label.
 *
 * @throws InterplayError `data/conflict` where labelled rows and pairs are not of one population
 */
export async function measure(
  { name, views, labels }: TwoViews,
  options: MeasureOptions,
  context: { seed: number; signal?: AbortSignal; progress?: (done: number, total: number) => void },
): Promise<Measured> {
  const { seed, signal } = context
  const [first, second] = views.map((view, v) => codesOf(view, options, seed + v)) as [ViewCodes, ViewCodes]
  const coded: Coded = {
    first: first.codes,
    second: second.codes,
    labels: labels.values,
    sizes: [first.names.length, second.names.length, labels.classes.length],
  }
  const whole = partsOf(coded, fine)
  if (whole.apart > options.apart) throw conflict(name, whole.apart, options.apart)
  const steps = options.resamples + options.shuffles
  const again = async (count: number, before: number, draw: (k: number) => Coded) => {
    const parts: Parts[] = []
    for (let k = 0; k < count; k++) {
      signal?.throwIfAborted()
      await new Promise(resolve => setImmediate(resolve))
      parts.push(flat(partsOf(draw(k), coarse)))
      context.progress?.(before + k + 1, steps)
    }
    return parts
  }
  return {
    names: [first.names, second.names],
    classes: labels.classes,
    ...whole,
    pairCounts: countsOf(coded.first, coded.second, coded.sizes[0], coded.sizes[1]),
    resampled: await again(options.resamples, 0, k => resampled(coded, new Random(seed, 'resample', k))),
    shuffled: await again(options.shuffles, options.resamples, k => shuffled(coded, new Random(seed, 'shuffle', k))),
  }
}

interface ViewCodes {
  codes: Int32Array
  names: string[]
}

function codesOf(view: View, { clusters, components }: MeasureOptions, seed: number): ViewCodes {
  if (view.kind === 'values') return { codes: view.values, names: [...view.categories] }
  const { width, values } = view
  const rows = Array.from({ length: values.length / width }, (_, row) => row).filter(row => hasView(view, row))
  const present = new Float64Array(rows.length * width)
  rows.forEach((row, i) => present.set(values.subarray(row * width, (row + 1) * width), i * width))
  const { codes, count } = clusterCodes(present, width, { clusters, components, seed })
  const all = new Int32Array(values.length / width).fill(-1)
  rows.forEach((row, i) => (all[row] = codes[i]!))
  return { codes: all, names: Array.from({ length: count }, (_, k) => `${view.name} ${k + 1}`) }
}

function partsOf({ first, second, labels, sizes }: Coded, tolerance: number) {
  const [n1, n2, classes] = sizes
  const counts = {
    firstLabel: countsOf(first, labels, n1, classes),
    secondLabel: countsOf(second, labels, n2, classes),
    sources: countsOf(first, second, n1, n2),
    classes,
  }
  const together = new Float64Array(n1 * n2 * classes)
  let joint = 0
  first.forEach((a, row) => {
    const [b, y] = [second[row]!, labels[row]!]
    if (a < 0 || b < 0 || y < 0) return
    together[(a * n2 + b) * classes + y]!++
    joint++
  })
  const { apart, ...tables } = reconciled(counts)
  const distribution = joint > 0 ? jointOf(together, sizes) : undefined
  const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0)
  return {
    apart,
    rows: { first: total(counts.firstLabel), second: total(counts.secondLabel), pairs: total(counts.sources), joint },
    bounds: synergyBounds(tables, { tolerance }),
    joint: distribution && { distribution, parts: decompose(distribution, { tolerance }) },
    labelShares: marginal(jointOf(tables.firstLabel.probabilities, [n1, 1, classes]), 'label'),
  }
}

/** Counts of [one, other] over rows that have both. */
function countsOf(one: Int32Array, other: Int32Array, rows: number, columns: number): Float64Array {
  const counts = new Float64Array(rows * columns)
  one.forEach((a, row) => {
    if (a >= 0 && other[row]! >= 0) counts[a * columns + other[row]!]!++
  })
  return counts
}

/** The parts of all rows with the label; where no row has all three, the synergy is not known. */
export const flat = ({ bounds, joint }: Pick<Measured, 'bounds' | 'joint'>): Parts => ({
  redundancy: (joint?.parts ?? bounds).redundancy,
  first: (joint?.parts ?? bounds).unique[0],
  second: (joint?.parts ?? bounds).unique[1],
  synergy: joint?.parts.synergy ?? NaN,
  total: joint?.parts.total ?? NaN,
  low: bounds.low,
  high: bounds.high,
})

function resampled({ first, second, labels, sizes }: Coded, random: Random): Coded {
  const order = Int32Array.from(first, () => random.integer(first.length))
  const [a, b, y] = [first, second, labels].map(values => order.map(row => values[row]!)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ]
  return { first: a, second: b, labels: y, sizes }
}

/** Labels change places among the rows that have one. */
function shuffled(coded: Coded, random: Random): Coded {
  const labels = Int32Array.from(coded.labels)
  const known = [...labels.keys()].filter(row => labels[row]! >= 0)
  const moved = random.permutation(known.length)
  known.forEach((row, i) => (labels[row] = coded.labels[known[moved[i]!]!]!))
  return { ...coded, labels }
}

const conflict = (name: string, apart: number, allowed: number) =>
  new InterplayError(
    'data/conflict',
    `rows of '${name}' are not of one population: their shares differ by ${apart.toFixed(3)}`,
    {
      why: `labelled rows and pairs may differ by ${allowed} in total variation`,
      try: `--set apart=${Math.min(1, Math.ceil(apart * 20) / 20)}`,
    },
  )
