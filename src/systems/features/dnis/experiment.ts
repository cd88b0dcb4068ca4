import { evaluate } from '../../../metrics/index.ts'
import { aucText, meanAuc, stagedResult } from '../../../study/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import {
  answersOf,
  TableLearner,
  trainingSettings,
  type Snapshot,
  type TrainingSettings,
} from '../../../train/index.ts'
import { paritySettled, settleProtocol } from '../shared/table-study.ts'
import type { TrialData } from '../shared/trial.ts'
import { folding, sparse, start } from './closed-forms.ts'
import { dnis } from './index.ts'
import { pruned, searchDimensions, trainingOf } from './learn.ts'
import { UniformModel } from './model.ts'
import { dnisOptions, type DnisOptions } from './options.ts'
import { parities } from './parity.ts'
import { plantedRanks } from './planted.ts'
import { widthsOf } from './report.ts'
import { retrained } from './retrain.ts'

export async function run(context: StudyContext): Promise<void> {
  const { settle, skip, open } = context
  const cases = await parities()
  if (cases) settle('parity', paritySettled(cases))
  else skip('parity', 'fixtures are not here')
  for (const [claim, measure] of [
    ['start', start],
    ['folding', folding],
    ['sparse', sparse],
  ] as const) {
    const error = await measure()
    settle(claim, { measured: error, holds: error <= 1e-6 })
  }
  const claims = ['staircase', 'error', 'magnitude', 'retrained'] as const
  const full = context.size === 'full'
  if (!full) for (const claim of claims) skip(claim, 'full size only')
  if (full && open(...claims)) await planted(context)
  await settleProtocol(context, 'frappe', 'frappe', ['dnis', 'dnis-uniform'], [dnis], rows => {
    const [own, uniform] = [rows.dnis!, rows['dnis-uniform']!]
    const gain = meanAuc(own) - meanAuc(uniform)
    return {
      measured: `${gain.toFixed(4)} (${aucText(own)} of ${own[0]!.parameters} parameters against ${aucText(uniform)} of ${uniform[0]!.parameters})`,
      holds: gain >= -0.002,
    }
  })
}

const mostPruned = 0.9
const rates = [0, 0.3, 0.5, 0.7, mostPruned]

/** What one seed's table, searched, and the uniform one answer when they are pruned. */
interface PlantedRanks {
  /** Of each rate: test MSE of the searched table, and of the uniform one pruned by size alone. */
  errors: { rate: number; searched: number; magnitude: number }[]
  /** Test MSE after training on with a tenth of the searched table. */
  retrained: number
  /** Dimensions of the most frequent fifth of the users above the rarest, half pruned. */
  stair: number
}

async function plantedSeed(seed: number, { threads, signal }: StudyContext): Promise<PlantedRanks> {
  const data = plantedRanks(60_000, seed)
  const options = dnisOptions.parse({
    model: 'mf',
    embeddingDimension: 16,
    warmEpochs: 25,
    searchEpochs: 25,
    prune: 0.5,
    retrainEpochs: 25,
  })
  const settings = trainingSettings(
    data.train.rows,
    { seed, threads, batch: 512, learningRate: 5e-3, patience: 25 },
    trainingOf(options),
  )
  const learner = new TableLearner(new UniformModel(data.spec, options), data.spec, settings, data.train)
  try {
    const { folded } = await searchDimensions(learner, data, options, settings, { signal })
    const uniform = await uniformWeights(data, options, settings, signal)
    const error = async (values: Snapshot, rate: number) => {
      learner.restore(pruned(values, rate))
      const [answers] = await answersOf(learner, data.test, signal)
      return evaluate(answers!, ['rmse']).rmse! ** 2
    }
    const trained = await error(await retrained(pruned(folded, mostPruned), data, options, settings, { signal }), 0)
    const errors: PlantedRanks['errors'] = []
    for (const rate of rates)
      errors.push({ rate, searched: await error(folded, rate), magnitude: await error(uniform, rate) })
    learner.restore(pruned(folded, 0.5))
    const widths = widthsOf(learner.snapshot().get('model.embedding.weight')!, 16).subarray(1, 401)
    const mean = (from: number, to: number) =>
      widths.subarray(from, to).reduce((sum, width) => sum + width, 0) / (to - from)
    return { errors, retrained: trained, stair: mean(0, 80) - mean(320, 400) }
  } finally {
    await learner.close()
  }
}

/** The model of one width, on all training rows for as many passes as warm start and search take together. */
async function uniformWeights(
  data: TrialData,
  options: DnisOptions,
  settings: TrainingSettings,
  signal?: AbortSignal,
): Promise<Snapshot> {
  const own = { ...settings, epochs: settings.epochs + options.searchEpochs }
  const learner = new TableLearner(new UniformModel(data.spec, options), data.spec, own, data.train)
  try {
    return (await searchDimensions(learner, data, { ...options, searchEpochs: 0 }, own, { signal })).warm
  } finally {
    await learner.close()
  }
}

/** Mean squared error on test rows by pruning rate, of the searched table and of the uniform one pruned by size alone. */
async function planted(context: StudyContext): Promise<void> {
  const { seeds, settle, show, progress } = context
  const found: PlantedRanks[] = []
  for (const seed of seeds) {
    found.push(
      await stagedResult(context, `${seed} planted ranks`, () => {
        progress(`seed ${seed}`)
        return plantedSeed(seed, context)
      }),
    )
  }
  const average = (of: (each: PlantedRanks) => number) => found.reduce((sum, each) => sum + of(each), 0) / found.length
  const at = ({ errors }: PlantedRanks, rate: number) => errors.find(each => each.rate === rate)!
  const stair = Math.min(...found.map(each => each.stair))
  const excess = average(each => at(each, 0.5).searched) / average(each => at(each, 0).magnitude) - 1
  const against = average(each => at(each, 0.5).searched - at(each, 0.5).magnitude)
  const after = average(each => each.retrained - at(each, mostPruned).searched)
  show({
    table: {
      columns: ['seed', 'pruned', 'test MSE, searched', 'test MSE, by size alone'],
      rows: seeds.flatMap((seed, s) => [
        [seed, `${mostPruned}, retrained`, found[s]!.retrained, null],
        ...found[s]!.errors.map(({ rate, searched, magnitude }) => [seed, rate, searched, magnitude]),
      ]),
    },
  })
  settle('staircase', { measured: stair, holds: stair >= 3, seeds })
  settle('error', { measured: `${(100 * excess).toFixed(1)} %`, holds: excess <= 0.05, seeds })
  settle('magnitude', { measured: against, holds: against < 0, seeds })
  settle('retrained', { measured: after, holds: after < 0, seeds })
}
