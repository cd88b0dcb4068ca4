import { Random } from '../../random/index.ts'
import type { TableWorld, WorldOptions, WorldTable } from './world.ts'

export interface Funnel extends WorldTable {
  /** Groups of fields that act together. */
  groups: readonly (readonly string[])[]
  /** The groups that each step hangs on. */
  uses: readonly (readonly number[])[]
  /** Chance of reaching each step: [rows, steps]. */
  reached: Float64Array
}

const [fields, values, groupSize] = [24, 20, 6]
const steps = ['click', 'apply', 'pay']
/** Of each step the sign by which each group counts; the second turns around what the first likes of group 1. */
const signs = [
  [1, 1, 0, 0],
  [0, -1, 1, 0],
  [0, 0, 1, 1],
]
/** Some 100,000 of them train under the usual split of 70 to 10 to 20. */
const fullSize = 142_858

/**
 * A funnel in which steps disagree: 24 fields of 20 values, each value with an effect from N(0, 1), in four groups of six whose
 * score is the product of the sums of its halves, scaled to variance 1. Each step hangs on two groups, the second step on group 2
 * with the opposite sign. Of all rows 20% click, of those some 25% apply, of those some 20% pay; in the small size half each.
 */
export const funnel: TableWorld<Funnel> = {
  name: 'funnel',
  title: 'a funnel of three steps that hang on groups of fields, and disagree on one',
  task: 'table',
  recipe: {
    target: steps,
    types: Object.fromEntries(Array.from({ length: fields }, (_, f) => [`f${f}`, 'categorical'])),
  },
  make({ seed, size = 'full' }: WorldOptions): Funnel {
    const [rows, rates] = size === 'full' ? [fullSize, [0.2, 0.25, 0.2]] : [2_000, [0.5, 0.5, 0.5]]
    const truth = new Random(seed, 'funnel.truth')
    const effects = Float64Array.from({ length: fields * values }, () => truth.normal())
    const random = new Random(seed, 'funnel.rows')
    const columns = Array.from({ length: fields }, () => new Array<string>(rows))
    const logits = Array.from({ length: steps.length }, () => new Float64Array(rows))
    for (let row = 0; row < rows; row++) {
      const seen = columns.map((column, f) => {
        const value = random.integer(values)
        column[row] = `v${value}`
        return effects[f * values + value]!
      })
      const scores = Array.from({ length: fields / groupSize }, (_, g) => {
        const [a, b, c, d, e, f] = seen.slice(g * groupSize, (g + 1) * groupSize) as [
          number,
          number,
          number,
          number,
          number,
          number,
        ]
        return ((a + b + c) * (d + e + f)) / 3
      })
      signs.forEach((own, t) => (logits[t]![row] = own.reduce((sum, sign, g) => sum + sign * scores[g]!, 0)))
    }
    const intercepts = logits.map((own, t) => interceptOf(own, rates[t]!))
    const reached = new Float64Array(rows * steps.length)
    const labels = steps.map(() => new Array<number>(rows))
    for (let row = 0; row < rows; row++) {
      let [chance, happened] = [1, 1]
      for (let t = 0; t < steps.length; t++) {
        const taken = sigmoid(logits[t]![row]! + intercepts[t]!)
        chance *= taken
        happened = Number(random.uniform() < taken) & happened
        reached[row * steps.length + t] = chance
        labels[t]![row] = happened
      }
    }
    return {
      columns: {
        ...Object.fromEntries(columns.map((column, f) => [`f${f}`, column])),
        ...Object.fromEntries(steps.map((step, t) => [step, labels[t]!])),
      },
      groups: Array.from({ length: fields / groupSize }, (_, g) =>
        Array.from({ length: groupSize }, (_, k) => `f${g * groupSize + k}`),
      ),
      uses: signs.map(own => own.flatMap((sign, g) => (sign === 0 ? [] : [g]))),
      reached,
    }
  },
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

/** What to add to log-odds so that their mean chance is the rate, by halving. */
function interceptOf(logits: Float64Array, rate: number): number {
  let [low, high] = [-20, 20]
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2
    const mean = logits.reduce((sum, logit) => sum + sigmoid(logit + middle), 0) / logits.length
    if (mean < rate) low = middle
    else high = middle
  }
  return low
}
