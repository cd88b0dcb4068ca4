import { auc } from '../../../metrics/index.ts'
import {
  functionPredictor,
  lossOf,
  maskedPredictor,
  PermutationEffects,
  subsets,
  type EffectOptions,
  type Labels,
} from '../../../lenses/index.ts'
import { signRows, width, type Detection } from './worlds.ts'

export interface DetectionOptions {
  rows: number
  repeats: number
  seed: number
  signal?: AbortSignal
}

/** All permutations of the corners of a pair: what is expected of a permutation, to the last digit. */
const exactly = { repeats: 'all', seed: 1 } as const

const corners = [1, -1].flatMap(a => [1, -1].map(b => [a, b] as const))

/**
 * AUC of the size of FIS in context against the true pairs (paper section 5.1): all other inputs are set to 1, then to -1,
 * and the greater size counts; the rows are the four corners of the pair, and all their permutations are taken. The labels
 * are the function's own answers, so that a pair that does not interact has none.
 */
export async function detectionInContext({ score, pairs }: Detection, signal?: AbortSignal): Promise<number> {
  const columns = [0, 1].map(k => Float64Array.from(corners, corner => corner[k]!))
  const all = subsets(width, 2)
  const sizes = new Float64Array(all.length)
  for (const context of [1, -1])
    for (const [p, [i, j]] of all.entries()) {
      const row = new Float64Array(width).fill(context)
      const answers = corners.map(([a, b]) => {
        row[i!] = a
        row[j!] = b
        return score(row)
      })
      const predictor = functionPredictor(([a, b]) => answers[(a === 1 ? 0 : 2) + (b === 1 ? 0 : 1)]!, {
        fields: ['first', 'second'],
      })
      const labels: Labels = { kind: 'regression', values: await predictor.predict(columns) }
      const effects = effectsOf(predictor, columns, labels, { ...exactly, signal })
      const { fis } = await effects.interaction([0, 1], [1, 1], 0)
      // what rounding leaves of an additive pair is no interaction
      sizes[p] = Math.max(sizes[p]!, Math.round(Math.abs(fis) * 1e6) / 1e6)
    }
  return auc(labelsOf(all, pairs), sizes)
}

/** The same by permutation alone, the other inputs as they are. */
export async function detectionByPermutation({ score, pairs }: Detection, options: DetectionOptions): Promise<number> {
  const columns = signRows(options.rows, options.seed)
  const predictor = functionPredictor(score, { fields: columns.map((_, f) => `x${f}`) })
  const all = subsets(columns.length, 2)
  const labels: Labels = { kind: 'regression', values: await predictor.predict(columns) }
  const effects = effectsOf(predictor, columns, labels, options)
  const mask = columns.map(() => 1)
  const single: number[] = []
  for (const f of columns.keys()) single.push(await effects.of([f], mask, 0))
  const sizes = new Float64Array(all.length)
  for (const [p, pair] of all.entries())
    sizes[p] = Math.abs((await effects.interaction(pair, mask, 0, f => single[f]!)).fis)
  return auc(labelsOf(all, pairs), sizes)
}

type Predictor = ReturnType<typeof functionPredictor>

const effectsOf = (predictor: Predictor, columns: Float64Array[], labels: Labels, options: EffectOptions) =>
  new PermutationEffects(
    maskedPredictor(predictor, columns),
    columns,
    lossOf('squared error', labels, 'value'),
    options,
  )

const labelsOf = (all: readonly number[][], pairs: ReadonlySet<string>): Float32Array =>
  Float32Array.from(all, pair => Number(pairs.has(pair.join())))
