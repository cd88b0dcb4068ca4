import { formatShare } from '../../../charts/format.ts'
import { auc, averagePrecision, tallyScores } from '../../../metrics/index.ts'
import { fieldsOf, stacked } from '../../../nn/index.ts'
import { Random } from '../../../random/index.ts'
import { aucText, meanAuc, stagedResult } from '../../../study/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { answersOf, trainingSettings, type Snapshot } from '../../../train/index.ts'
import { benchmarkSpec, paritySettled, settleProtocol } from '../shared/table-study.ts'
import { hardening, product, pruned, start } from './closed-forms.ts'
import { optfs } from './index.ts'
import { retrain, search, trainingOf } from './learn.ts'
import { optfsOptions, type OptfsOptions } from './options.ts'
import { parities } from './parity.ts'
import { plantedValues, type PlantedValues } from './planted.ts'
import { everything, prunedRows } from './pruned.ts'
import { keptShare, type Selection } from './selection.ts'

export async function run(context: StudyContext): Promise<void> {
  const { settle, skip, open } = context
  const cases = await parities()
  if (cases) settle('parity', paritySettled(cases))
  else skip('parity', 'fixtures are not here')
  for (const [claim, measure, most] of [
    ['product', product, 1e-5],
    ['start', start, 1e-6],
    ['hardening', hardening, 1e-6],
    ['pruned', pruned, 1e-6],
  ] as const) {
    const error = await measure()
    settle(claim, { measured: error, holds: error <= most })
  }
  const claims = ['noise', 'precision', 'random'] as const
  const full = context.size === 'full'
  if (!full) for (const claim of claims) skip(claim, 'full size only')
  if (full && open(...claims)) await planted(context)
  await settleProtocol(context, 'frappe', 'frappe', ['optfs', 'optfs-backbone'], [optfs], rows => {
    const [own, plain] = [rows.optfs!, rows['optfs-backbone']!]
    const gain = meanAuc(own) - meanAuc(plain)
    const dropped = Math.min(...own.map((row, i) => (plain[i]!.parameters - row.parameters) / frappeEmbedding))
    return {
      measured: `${gain.toFixed(4)} (${aucText(own)} against ${aucText(plain)}), ${formatShare(dropped)} dropped at least`,
      holds: gain >= -0.002 && dropped >= 0.3,
    }
  })
}

/** Parameters of the Frappe rows' embedding: ten a value. */
const frappeEmbedding = 10 * benchmarkSpec('frappe', 1).fields.reduce((sum, { size }) => sum + size, 0)

/** The setting of the planted data: small enough for a minute a search. */
const setting = { backbone: 'deepfm', hidden: [64, 32], embeddingRegularization: 1e-6, networkRegularization: 1e-6 }
const penalty = 0.15

interface Row {
  seed: number
  way: string
  kept: number
  auc: number
  precision: number | null
}

async function planted(context: StudyContext): Promise<void> {
  const { seeds, settle, show } = context
  const rows: Row[] = []
  for (const seed of seeds)
    rows.push(...(await stagedResult(context, `${seed} planted values`, () => plantedSeed(seed, context))))
  show({
    table: {
      columns: ['seed', 'way', 'share kept', 'test AUC', 'average precision of the gates'],
      rows: rows.map(row => [row.seed, row.way, row.kept, row.auc, row.precision]),
    },
  })
  const of = (way: string) => rows.filter(row => row.way === way)
  const mean = (way: string) => of(way).reduce((sum, row) => sum + row.auc, 0) / of(way).length
  const gain = mean('optfs') - mean('backbone')
  const precision = Math.min(...of('optfs').map(row => row.precision!))
  const overRandom = mean('optfs') - mean('random selection')
  settle('noise', { measured: gain, holds: gain >= -0.002, seeds })
  settle('precision', { measured: precision, holds: precision >= 0.9, seeds })
  settle('random', { measured: overRandom, holds: overRandom >= 0.05, seeds })
}

/** One seed: the backbone, the search with its ablations, a random selection of equal size, and whole fields. */
async function plantedSeed(seed: number, context: StudyContext): Promise<Row[]> {
  const { threads, signal, progress } = context
  const data = plantedValues(60_000, seed)
  const base = { ...setting, searchEpochs: 10, rewind: 1 }
  const settings = trainingSettings(
    data.train.rows,
    { batch: 512, seed, threads },
    trainingOf(optfsOptions.parse(base)),
  )
  const searched = (options: OptfsOptions) => {
    progress(`seed ${seed}: search up to temperature ${options.finalTemperature}`)
    return search(penalty, data, options, settings, { signal })
  }
  const scored = async (way: string, selection: Selection, from: Snapshot | undefined): Promise<Row> => {
    progress(`seed ${seed}: ${way}`)
    const options = optfsOptions.parse(base)
    const { learner, pruning } = await retrain(way, selection, penalty, from, data, options, settings, { signal })
    const [answers] = await answersOf(learner, prunedRows(data.test, pruning), signal)
    await learner.close()
    const own = auc(answers!.targets, answers!.predictions)
    return { seed, way, kept: keptShare(data.spec, selection), auc: own, precision: precisionOf(selection, data) }
  }
  const own = await searched(optfsOptions.parse(base))
  const steady = await searched(optfsOptions.parse({ ...base, finalTemperature: 1.0001 }))
  const { selection, rewound } = own
  return [
    { ...(await scored('backbone', everything(data.spec), undefined)), precision: null },
    await scored('optfs', selection, rewound),
    await scored('no continuation', steady.selection, steady.rewound),
    await scored('no rewind', selection, own.last),
    await scored('random start', selection, undefined),
    await scored('random selection', randomSelection(selection, data, seed), rewound),
    await scored('whole useful fields', usefulFields(data), rewound),
  ]
}

/** How well the gates' scores order informative values before all others. */
function precisionOf({ scores }: Selection, { spec, informative }: PlantedValues): number {
  const paddings = new Set(stacked(fieldsOf(spec, 'categorical')).starts)
  const places = Array.from(scores.keys()).filter(row => !paddings.has(row))
  const labels = places.map(row => informative[row]!)
  return averagePrecision(
    tallyScores(
      labels,
      places.map(row => scores[row]!),
    ),
  )
}

/** As many values as a selection keeps, at random. */
function randomSelection({ scores, fieldScores }: Selection, { spec }: PlantedValues, seed: number): Selection {
  const paddings = new Set(stacked(fieldsOf(spec, 'categorical')).starts)
  const places = Int32Array.from(scores.keys()).filter(row => !paddings.has(row))
  const count = places.filter(row => scores[row]! > 0).length
  const chosen = new Random(seed, 'optfs.random').shuffle(places).subarray(0, count)
  const random = new Float32Array(scores.length).fill(-1)
  for (const row of chosen) random[row] = 1
  return { scores: random, fieldScores }
}

/** The four useful fields whole, as a selection by fields would have it: it cannot tell their values apart. */
const usefulFields = ({ spec, informative }: PlantedValues): Selection => ({
  scores: Float32Array.from(informative, (_, row) => (row < 4 * spec.fields[0]!.size ? 1 : -1)),
  fieldScores: new Float32Array(),
})
