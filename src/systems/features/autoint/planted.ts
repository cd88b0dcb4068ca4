import { attentionMap } from '../../../charts/attention.ts'
import { plantedPairs, prepareTable, sliceTable, type EncodedTable } from '../../../data/index.ts'
import { auc } from '../../../metrics/index.ts'
import type { TableModel } from '../../../nn/index.ts'
import { Random } from '../../../random/index.ts'
import type { Figure, StudyContext, StudyTable } from '../../../system/index.ts'
import { meansOf, TableLearner, trainingSettings, trainTable, type MeanCapture } from '../../../train/index.ts'
import { Logistic } from '../logistic/model.ts'
import { autoint } from './index.ts'
import { AutoInt } from './model.ts'
import { symmetric } from './view.ts'

/** One seed on the planted pairs. */
export interface PlantedRun {
  /** (AUC - 0.5) / (the best possible AUC - 0.5), on test rows. */
  gain: number
  /** AUC of a linear model. */
  linear: number
  mapFinds: boolean
  additivityFinds: boolean
  table: StudyTable
  figure: Figure
}

/** Rows that the non-additivity of pairs is measured on. */
const measuredRows = 4_000

export async function plantedPairsRun(
  seed: number,
  { threads, signal, progress }: Pick<StudyContext, 'threads' | 'signal' | 'progress'>,
): Promise<PlantedRun> {
  const { spec, train, valid, test } = await prepareTable('world:planted-pairs', { seed, signal })
  const truth = plantedPairs.make({ seed })
  const labels = test.targets[0]!
  const best = auc(
    labels,
    Float64Array.from(test.rowNumber, row => truth.logits[row - 1]!),
  )
  const learn = async (model: TableModel, learningRate: number) => {
    const settings = trainingSettings(train.rows, { epochs: 10, patience: 10, batch: 512, learningRate, seed, threads })
    const learner = new TableLearner(model, spec, settings, train)
    const onProgress = (event: { kind: string; epoch: number }) =>
      event.kind === 'epoch' && progress(`planted pairs, seed ${seed}: epoch ${event.epoch} of 10`)
    await trainTable(learner, { train, valid }, { settings, signal, onProgress })
    signal?.throwIfAborted()
    return learner
  }
  const linear = await learn(new Logistic(spec), 1e-2)
  const options = autoint.options.parse({ embeddingDimension: 10, layers: 2, attentionWidth: 32, heads: 2 })
  const learner = await learn(new AutoInt(spec, options), 2e-3)
  try {
    const answers = await learner.logits(test)
    const maps = await meansOf(learner, test, ['attention.0'])
    const names = spec.fields.map(({ name }) => name)
    const attention = symmetric(maps['attention.0']!)
    const additivity = await nonAdditivity(learner, sliceTable(test, 0, Math.min(measuredRows, test.rows)), seed)
    const pairs = names.flatMap((a, i) => names.slice(i + 1).map((b, k) => ({ set: [a, b], i, j: i + 1 + k })))
    const rows = pairs.map(({ set, i, j }) => ({
      set: set.join(' × '),
      attention: attention[i * names.length + j]!,
      additivity: additivity[i * names.length + j]!,
    }))
    const planted = truth.pairs.map(pair => pair.join(' × ')).sort()
    const finds = (by: 'attention' | 'additivity') => {
      const top = [...rows].sort((a, b) => b[by] - a[by]).slice(0, 2)
      return (
        top
          .map(({ set }) => set)
          .sort()
          .join() === planted.join()
      )
    }
    return {
      gain: (auc(labels, answers) - 0.5) / (best - 0.5),
      linear: auc(labels, await linear.logits(test)),
      mapFinds: finds('attention'),
      additivityFinds: finds('additivity'),
      table: {
        columns: ['pair', 'first attention map, both ways', 'non-additivity, log-odds'],
        rows: rows.map(({ set, ...values }) => [set, values.attention, values.additivity]),
      },
      figure: figureOf(names, maps['attention.0']!, test.rows),
    }
  } finally {
    await Promise.all([learner.close(), linear.close()])
  }
}

/** mean |f(x) - f(i shuffled) - f(j shuffled) + f(both shuffled)| of every pair, [fields, fields]; one shuffle a field. */
async function nonAdditivity(learner: TableLearner, table: EncodedTable, seed: number): Promise<Float64Array> {
  const fields = learner.spec.fields.length
  const orders = learner.spec.fields.map((_, f) => new Random(seed, 'non-additivity', f).permutation(table.rows))
  const shuffled = (chosen: readonly number[]) => {
    const categorical = Int32Array.from(table.categorical)
    for (const f of chosen)
      for (let row = 0; row < table.rows; row++)
        categorical[row * fields + f] = table.categorical[orders[f]![row]! * fields + f]!
    return learner.logits({ ...table, categorical })
  }
  const whole = await learner.logits(table)
  const alone: Float32Array[] = []
  for (let f = 0; f < fields; f++) alone.push(await shuffled([f]))
  const result = new Float64Array(fields * fields)
  for (let i = 0; i < fields; i++) {
    for (let j = i + 1; j < fields; j++) {
      const both = await shuffled([i, j])
      let sum = 0
      for (let row = 0; row < table.rows; row++)
        sum += Math.abs(whole[row]! - alone[i]![row]! - alone[j]![row]! + both[row]!)
      result[i * fields + j] = sum / table.rows
    }
  }
  return result
}

function figureOf(fields: string[], { dims, values }: MeanCapture, rows: number): Figure {
  const width = fields.length ** 2
  const maps = Array.from({ length: dims[0]! }, (_, h) => ({
    layer: 1,
    head: h + 1,
    weights: values.subarray(h * width, (h + 1) * width),
  }))
  const { title, description, spec } = attentionMap({ fields, maps, rows })
  return { title, description, spec }
}
