import { holdOut, type EncodedTable, type HeldOut, type Interactions } from '../../../../data/index.ts'
import type { TableSpec } from '../../../../nn/index.ts'
import { Random } from '../../../../random/index.ts'
import type { RunContext } from '../../../../system/index.ts'
import { itemBatches, rowFeeds, TableLearner, trainEpochs, trainingSettings } from '../../../../train/index.ts'
import { boost } from '../../boosted-trees/boost.ts'
import { boostedTreesOptions } from '../../boosted-trees/options.ts'
import { deepfm } from '../../deepfm/index.ts'
import { DeepFactorizationMachine } from '../../deepfm/model.ts'
import type { RowWriter } from '../encoding.ts'
import { Teacher } from '../lessons.ts'
import type { ColdStartOptions } from '../options.ts'
import { byRows, scoreRanking, type CaseScorer } from '../rank.ts'
import { codingFrom, writerOf } from '../train.ts'

/** Rows of the same choices and negatives as the system learns from, ids never hidden. */
function rowsFor(data: Interactions, { train }: HeldOut, options: ColdStartOptions) {
  const writer = writerOf(data, codingFrom(data, train, options))
  return { writer, teacher: new Teacher(data, train, writer, { ...options, idDropout: 0 }) }
}

export type Baseline = (data: Interactions, options: ColdStartOptions, context: RunContext) => Promise<CaseScorer>

/** DeepFM on all fields; the id of a stranger is one that no row taught. Stopped by the same validation as the system. */
export const deepFm: Baseline = async (data, options, { seed, threads, signal, progress }) => {
  const held = holdOut(data, options.protocol, seed)
  const { writer, teacher } = rowsFor(data, held, options)
  const { spec } = writer
  const chosen = deepfm.options.parse({ embeddingDimension: options.embeddingDimension, hidden: options.hidden })
  const settings = trainingSettings(held.train.length, {
    learningRate: options.learningRate,
    embeddingRegularization: options.regularization,
    seed,
    threads,
  })
  const learner = new TableLearner(new DeepFactorizationMachine(spec, chosen), spec, settings)
  const shown = options.protocol === 'cold-user' ? 0 : Infinity
  const scorer = byRows(table => learner.logits(table), writer, shown)
  await trainEpochs({
    state: learner.state,
    epochs: options.epochs,
    patience: options.patience,
    better: 'higher',
    score: 'ndcg',
    context: { signal, progress },
    epoch: async epoch => {
      const random = new Random(seed, 'deepfm', epoch)
      const all = Int32Array.from({ length: teacher.size }, (_, i) => i)
      let [total, steps] = [0, 0]
      for (const batch of itemBatches(all, { size: options.batch, seed, epoch })) {
        const { rows, labels } = teacher.rows(batch, random)
        const feeds = { ...rowFeeds(spec, rows, 0, rows.rows), 'target.chosen': labels }
        total += await learner.step(feeds, options.learningRate)
        steps++
      }
      return total / steps
    },
    validate: async () => (await scoreRanking(held.valid, data.items.names.length, scorer)).ndcg,
  })
  return Object.assign(scorer, { close: () => learner.close() })
}

/** Boosted trees on attributes of user and item, values of lists as fields of their own, with the same negatives. */
export const boostedTrees: Baseline = async (data, options, { seed, threads, signal }) => {
  const held = holdOut(data, options.protocol, seed)
  const { writer, teacher } = rowsFor(data, held, options)
  const all = Int32Array.from({ length: teacher.size }, (_, i) => i)
  const { rows } = teacher.rows(all, new Random(seed, 'boosted trees'))
  const { spec, flat } = flattened(writer)
  const model = await boost(flat(rows), {
    spec,
    options: boostedTreesOptions.parse({ patience: 0 }),
    seed,
    threads,
    signal,
  })
  const shown = options.protocol === 'cold-user' ? 0 : Infinity
  return byRows(async table => model.scores(flat(table)), writer, shown)
}

/** Rows without ids and histories, each value of a list a field of two values. */
function flattened({ spec }: RowWriter): { spec: TableSpec; flat(table: EncodedTable): EncodedTable } {
  const categorical = spec.fields.filter(({ type }) => type === 'categorical')
  const plain = categorical.flatMap((field, column) => (field.name.endsWith('.id') ? [] : [{ field, column }]))
  const lists = spec.fields.filter(({ type, name }) => type === 'sequence' && name !== 'user.history')
  const values = lists.flatMap(({ name, size }) =>
    Array.from({ length: size - 2 }, (_, i) => ({ list: name, value: i + 1 })),
  )
  const starts: number[] = []
  categorical.reduce((start, { size }) => {
    starts.push(start)
    return start + size
  }, 0)
  const fields = [
    ...plain.map(({ field }) => field),
    ...values.map(({ list, value }) => ({ name: `${list} ${value}`, type: 'categorical' as const, size: 4 })),
  ]
  const own: number[] = []
  fields.reduce((start, { size }) => {
    own.push(start)
    return start + size
  }, 0)
  return {
    spec: { ...spec, fields },
    flat: table => {
      const ids = new Int32Array(table.rows * fields.length)
      for (let r = 0; r < table.rows; r++) {
        plain.forEach(({ column }, k) => {
          ids[r * fields.length + k] = own[k]! + table.categorical[r * categorical.length + column]! - starts[column]!
        })
        values.forEach(({ list, value }, v) => {
          const { ids: listed, length } = table.sequences.find(({ field }) => field === list)!
          const k = plain.length + v
          ids[r * fields.length + k] = own[k]! + (listed.subarray(r * length, (r + 1) * length).includes(value) ? 2 : 1)
        })
      }
      return { ...table, categorical: ids, sequences: [] }
    },
  }
}
