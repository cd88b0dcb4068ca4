import type { Counts } from './counts.ts'
import { entropy, greatest, logSum } from './histogram.ts'
import { chiSquareQuantile, studentQuantile } from './quantiles.ts'
import type { OutrankOptions } from './options.ts'

export interface Scored {
  gain: number
  /** What uninformative sets of the same shape reach; undefined where no controls were drawn. */
  noise?: number
}

export interface ScoreContext extends Pick<OutrankOptions, 'score' | 'level'> {
  rows: number
  /** Entropy of the classes, in nats. */
  classEntropy: number
  classes: number
  /** Sets that are scored: the more, the more chance reaches. */
  sets: number
}

/**
 * Mutual information of a set and the classes under each labelling, in nats: H(Y) - sum_v (n_v / n) H(Y | v). A value
 * seen once has H(Y | v) = 0, and is as sure under a control, so that it adds nothing to the difference.
 */
export const informations = ({ values, cells }: Counts, { rows, classEntropy }: ScoreContext): number[] =>
  cells.map(histogram => classEntropy - (logSum(values) - logSum(histogram)) / rows)

/**
 * The score of a set less what its controls reach on average (the paper's cardinality-aware correction), and how far
 * above that average chance takes a set: Student's bound on a further control at `level` shared by all sets, at least the
 * bound by the chi-square law of 2 n MI, whose right tail a few controls underrate.
 */
export function scoreOf(counts: Counts, context: ScoreContext): Scored {
  const { score, rows } = context
  const all = score === 'coverage' ? counts.cells.map(cells => greatest(cells) / rows) : informations(counts, context)
  const [own, ...controls] = all as [number, ...number[]]
  const mean = controls.length === 0 ? 0 : sum(controls) / controls.length
  const reach = controls.length < 2 ? undefined : reachOf(counts, controls, mean, context)
  if (score === 'corrected') return { gain: own - mean, noise: reach }
  if (score !== 'adjusted') return { gain: own, noise: reach === undefined ? undefined : mean + reach }
  const most = (context.classEntropy + entropy(counts.values, rows)) / 2
  const left = Math.max(most - mean, Number.EPSILON)
  return { gain: (own - mean) / left, noise: reach === undefined ? undefined : reach / left }
}

function reachOf(counts: Counts, controls: readonly number[], mean: number, context: ScoreContext): number {
  const { level, sets, score, rows } = context
  const squares = controls.map(control => (control - mean) ** 2)
  const deviation = Math.sqrt(sum(squares) / (controls.length - 1))
  const tail = level / sets
  const reach = studentQuantile(1 - tail, controls.length - 1) * deviation
  const degrees = degreesOf(counts, context)
  const law = score === 'coverage' ? 0 : (chiSquareQuantile(1 - tail, degrees) - degrees) / (2 * rows)
  return Math.max(reach, law) * Math.sqrt(1 + 1 / controls.length)
}

/** Degrees of freedom of 2 n MI under chance; those of a field of two values where cells are too empty for the law (Cochran: 5 rows). */
const degreesOf = ({ distinct }: Counts, { rows, classes }: ScoreContext): number =>
  rows >= 5 * distinct * classes ? Math.max(1, (distinct - 1) * (classes - 1)) : 1

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
