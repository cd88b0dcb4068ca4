import { evaluate } from '../../../metrics/index.ts'
import { aucText, meanAuc } from '../../../study/index.ts'
import type { StudyContext, StudyResult, StudyTable } from '../../../system/index.ts'
import { answersOf, TableLearner, trainingSettings, type Snapshot } from '../../../train/index.ts'
import { paritySettled, settleProtocol } from '../shared/table-study.ts'
import { folding, sparse, start } from './closed-forms.ts'
import { dnis } from './index.ts'
import { pruned, searchDimensions, trainingOf } from './learn.ts'
import { UniformModel } from './model.ts'
import { dnisOptions } from './options.ts'
import { parities } from './parity.ts'
import { plantedRanks } from './planted.ts'
import { widthsOf } from './report.ts'
import { retrained } from './retrain.ts'

export async function run(context: StudyContext): Promise<StudyResult> {
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
  const table = full && open(...claims) ? await planted(context) : undefined
  await settleProtocol(context, 'frappe', 'frappe', ['dnis', 'dnis-uniform'], [dnis], rows => {
    const [own, uniform] = [rows.dnis!, rows['dnis-uniform']!]
    const gain = meanAuc(own) - meanAuc(uniform)
    return {
      measured: `${gain.toFixed(4)} (${aucText(own)} of ${own[0]!.parameters} parameters against ${aucText(uniform)} of ${uniform[0]!.parameters})`,
      holds: gain >= -0.002,
    }
  })
  return table ? { table } : {}
}

const mostPruned = 0.9
const rates = [0, 0.3, 0.5, 0.7, mostPruned]

/** Mean squared error on test rows by pruning rate, of the searched table and of the uniform one pruned by size alone. */
async function planted({ seeds, threads, signal, settle, progress }: StudyContext): Promise<StudyTable> {
  const rows: (string | number | null)[][] = []
  const half: {
    seed: number
    searched: number
    uniform: number
    magnitude: number
    stair: number
    retrained: number
  }[] = []
  for (const seed of seeds) {
    progress(`seed ${seed}`)
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
    const { warm, folded } = await searchDimensions(learner, data, options, settings, { signal })
    const error = async (values: Snapshot, rate: number) => {
      learner.restore(pruned(values, rate))
      const [answers] = await answersOf(learner, data.test, signal)
      return evaluate(answers!, ['rmse']).rmse! ** 2
    }
    const trained = await error(await retrained(pruned(folded, mostPruned), data, options, settings, { signal }), 0)
    rows.push([seed, `${mostPruned}, retrained`, trained, null])
    const byRate = new Map<string, number>()
    for (const rate of rates) {
      const [searched, magnitude] = [await error(folded, rate), await error(warm, rate)]
      rows.push([seed, rate, searched, magnitude])
      byRate.set(`searched ${rate}`, searched).set(`magnitude ${rate}`, magnitude)
    }
    learner.restore(pruned(folded, 0.5))
    const widths = widthsOf(learner.snapshot().get('model.embedding.weight')!, 16).subarray(1, 401)
    await learner.close()
    const mean = (from: number, to: number) =>
      widths.subarray(from, to).reduce((sum, width) => sum + width, 0) / (to - from)
    half.push({
      seed,
      searched: byRate.get('searched 0.5')!,
      uniform: byRate.get('magnitude 0')!,
      magnitude: byRate.get('magnitude 0.5')!,
      stair: mean(0, 80) - mean(320, 400),
      retrained: trained - byRate.get(`searched ${mostPruned}`)!,
    })
  }
  const average = (of: (each: (typeof half)[number]) => number) =>
    half.reduce((sum, each) => sum + of(each), 0) / half.length
  const stair = Math.min(...half.map(each => each.stair))
  const excess = average(each => each.searched) / average(each => each.uniform) - 1
  const against = average(each => each.searched - each.magnitude)
  settle('staircase', { measured: stair, holds: stair >= 3, seeds })
  settle('error', { measured: `${(100 * excess).toFixed(1)} %`, holds: excess <= 0.05, seeds })
  settle('magnitude', { measured: against, holds: against < 0, seeds })
  const after = average(each => each.retrained)
  settle('retrained', { measured: after, holds: after < 0, seeds })
  return { columns: ['seed', 'pruned', 'test MSE, searched', 'test MSE, by size alone'], rows }
}
