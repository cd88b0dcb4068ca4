import { formatNumber, formatQuantity } from '../../../charts/index.ts'
import {
  entriesOf,
  scaled,
  splitAtRandom,
  tensorRows,
  type TensorEntries,
  type TensorMode,
} from '../../../data/index.ts'
import type { HostTensor } from '../../../engine/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { mae, rmse } from '../../../metrics/index.ts'
import type { Answer, Fitted, RunContext, Saved } from '../../../system/index.ts'
import { coreWeights, figuresOf } from './figures.ts'
import type { Curves } from './functions.ts'
import { kernelOf, learn, type Entries, type Learned } from './learn.ts'
import { ranksOf, type FunbatOptions } from './options.ts'
import { collapsed, curvesOf, predictAt, type Posterior, type Predicted } from './posterior.ts'

/** What the tensors of a saved posterior do not tell. `data` is what new entries are read by. */
interface Kept {
  data: { target: string; modes: readonly TensorMode[] }
  /** Of the training values: the posterior is of standardised ones. */
  standard: { mean: number; deviation: number }
  posterior: Omit<Posterior, 'modes' | 'core'>
}

/** A tensor that was learned: beside answers, what they are made of. */
export interface FittedTensor extends Fitted<TensorEntries> {
  readonly posterior: Posterior
  /** The functions of one mode at coordinates as they were measured. */
  curves(mode: string, at: ArrayLike<number>): Curves
}

/** Half of the width of a 95% band, in deviations. */
const band = 1.96

/** @throws InterplayError `option/conflict`, `data/empty`, `data/target-constant` */
export async function fit(tensor: TensorEntries, options: FunbatOptions, context: RunContext): Promise<FittedTensor> {
  const names = tensor.modes.map(mode => mode.name)
  const ranks = ranksOf(options, names)
  const splits = tensor.splits ?? splitAtRandom(entriesOf(tensor), context.seed)
  const standard = standardOf(tensor, splits.train)
  const train = entriesAt(tensor, splits.train, standard)
  let best: (Learned & { error: number; lengthScale: number }) | undefined
  for (const lengthScale of options.lengthScales) {
    const learned = await learn(train, ranks, kernelOf(options, lengthScale), options, context)
    const error = scoresOf(tensor, splits.valid, standard, learned.posterior).rmse ?? 0
    if (!best || error < best.error) best = { ...learned, error, lengthScale }
  }
  const { posterior, passes, converged, lengthScale } = best!
  const kept = keptOf(tensor, standard, posterior)
  const drawn = {
    posterior,
    modes: tensor.modes,
    target: { name: kept.data.target, ...standard },
    entries: formatQuantity(splits.train.length, 'training entry', 'training entries'),
  }
  return {
    ...fitted(kept, posterior),
    metrics: {
      valid: scoresOf(tensor, splits.valid, standard, posterior),
      test: scoresOf(tensor, splits.test, standard, posterior),
    },
    notes: [
      ...(collapsed(posterior)
        ? [
            'warning: nothing was found; the functions vanish and all is noise. More restarts or another lengthScales may help',
          ]
        : []),
      `${converged ? 'settled after' : 'still moving after'} ${formatQuantity(passes, 'pass', 'passes')}; ` +
        `length scale ${lengthScale} of ${options.lengthScales.join(', ')}`,
      `noise of a measurement ±${formatNumber(standard.deviation / Math.sqrt(posterior.precision))} ${kept.data.target}`,
      ...strongestOf(drawn),
    ],
    figures: figuresOf(drawn),
  }
}

export async function load({ description, tensors }: Saved): Promise<FittedTensor> {
  const kept = description as unknown as Kept
  const given = (name: string) => Float64Array.from(tensors![name]!.data as Float64Array)
  const modes = kept.data.modes.map((_, k) => ({
    positions: given(`modes.${k}.positions`),
    precision: given(`modes.${k}.precision`),
    shift: given(`modes.${k}.shift`),
  }))
  const core = { mean: given('core.mean'), covariance: given('core.covariance') }
  return fitted(kept, { ...kept.posterior, modes, core })
}

function fitted(kept: Kept, posterior: Posterior): FittedTensor {
  const { modes } = kept.data
  return {
    posterior,
    parameters: posterior.modes.reduce((sum, { shift }) => sum + shift.length, posterior.core.mean.length),
    curves(name, at) {
      const mode = modes.findIndex(each => each.name === name)
      if (mode < 0) {
        throw new InterplayError('data/unknown-field', `no mode '${name}'`, {
          why: `modes: ${modes.map(each => each.name).join(', ')}`,
        })
      }
      return curvesOf(
        posterior,
        mode,
        Float64Array.from(at, coordinate => scaled(modes[mode]!, coordinate)),
      )
    },
    predict: async tensor => answersOf(tensor, kept, posterior),
    rows: {
      fields: modes.map(({ name }) => ({ name, type: 'numeric', required: true })),
      output: kept.data.target,
      answer: async rows =>
        bandsOf(tensorRows(modes, rows), kept, posterior).map(({ value, low, high }) => ({ value, low, high })),
    },
    save: () => ({ description: { ...kept }, tensors: tensorsOf(posterior) }),
  }
}

/** @throws InterplayError `data/columns` where the modes are not those that were learned */
function answersOf(tensor: TensorEntries, kept: Kept, posterior: Posterior): Answer {
  const { data } = kept
  const [asked, learned] = [tensor.modes, data.modes].map(modes => modes.map(mode => mode.name).join(', '))
  if (asked !== learned) {
    throw new InterplayError('data/columns', `the entries have modes ${asked}, learned were ${learned}`)
  }
  const bands = bandsOf({ ...tensor, modes: data.modes }, kept, posterior)
  return { records: bands.map(({ value, ...ends }) => ({ [data.target]: value, ...ends })) }
}

interface Band {
  value: number
  deviation: number
  low: number
  high: number
}

function bandsOf(tensor: TensorEntries, { standard }: Kept, posterior: Posterior): Band[] {
  const rows = Int32Array.from({ length: entriesOf(tensor) }, (_, i) => i)
  const { mean, variance } = predicted(tensor, rows, standard, posterior)
  return Array.from(mean, (value, i) => {
    const deviation = Math.sqrt(variance[i]!)
    return { value, deviation, low: value - band * deviation, high: value + band * deviation }
  })
}

type Standard = Kept['standard']

/** Means and variances of entries in the units of the target. */
function predicted(tensor: TensorEntries, rows: Int32Array, standard: Standard, posterior: Posterior): Predicted {
  const { mean, variance } = predictAt(posterior, positionsOf(tensor, rows))
  return {
    mean: mean.map(value => standard.mean + standard.deviation * value),
    variance: variance.map(value => standard.deviation ** 2 * value),
  }
}

/** Errors in units of the target, and the share of values within their 95% bands. */
function scoresOf(
  tensor: TensorEntries,
  rows: Int32Array,
  standard: Standard,
  posterior: Posterior,
): Record<string, number> {
  if (rows.length === 0) return {}
  const { mean, variance } = predicted(tensor, rows, standard, posterior)
  const values = Float64Array.from(rows, row => tensor.values!.data[row]!)
  const covered = values.filter((value, i) => Math.abs(value - mean[i]!) <= band * Math.sqrt(variance[i]!))
  return { rmse: rmse(values, mean).value, mae: mae(values, mean).value, covered: covered.length / rows.length }
}

function standardOf({ values }: TensorEntries, rows: Int32Array): Standard {
  const { name, data } = values!
  if (rows.length < 2) throw new InterplayError('data/empty', `${rows.length} entries are left to learn '${name}' from`)
  const mean = rows.reduce((sum, row) => sum + data[row]!, 0) / rows.length
  const deviation = Math.sqrt(rows.reduce((sum, row) => sum + (data[row]! - mean) ** 2, 0) / rows.length)
  if (deviation > 0) return { mean, deviation }
  throw new InterplayError('data/target-constant', `'${name}' is ${mean} in all ${rows.length} training entries`)
}

const entriesAt = (tensor: TensorEntries, rows: Int32Array, { mean, deviation }: Standard): Entries => ({
  positions: positionsOf(tensor, rows),
  values: Float64Array.from(rows, row => (tensor.values!.data[row]! - mean) / deviation),
})

const positionsOf = ({ modes, coordinates }: TensorEntries, rows: Int32Array): Float64Array[] =>
  modes.map((mode, k) => Float64Array.from(rows, row => scaled(mode, coordinates[row * modes.length + k]!)))

function keptOf(tensor: TensorEntries, standard: Standard, { modes: _, core: __, ...posterior }: Posterior): Kept {
  return { data: { target: tensor.values!.name, modes: tensor.modes }, standard, posterior }
}

function tensorsOf({ modes, core }: Posterior): Record<string, HostTensor> {
  const float64 = (data: Float64Array): HostTensor => ({ dtype: 'float64', dims: [data.length], data })
  return Object.fromEntries([
    ...modes.flatMap(({ positions, precision, shift }, k) => [
      [`modes.${k}.positions`, float64(positions)],
      [`modes.${k}.precision`, float64(precision)],
      [`modes.${k}.shift`, float64(shift)],
    ]),
    ['core.mean', float64(core.mean)],
    ['core.covariance', float64(core.covariance)],
  ])
}

function strongestOf(drawn: Parameters<typeof coreWeights>[0] & { modes: readonly TensorMode[] }): string[] {
  return coreWeights(drawn)
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
    .slice(0, 3)
    .map(({ functions, value, low, high }) => {
      const named = functions.map((r, mode) => `${drawn.modes[mode]!.name} ${r + 1}`).join(' × ')
      return `${named}: ${formatNumber(value)} [${formatNumber(low)}, ${formatNumber(high)}] ${drawn.target.name}`
    })
}
