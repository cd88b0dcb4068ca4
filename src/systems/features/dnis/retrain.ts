import type { PreparedTable } from '../../../data/index.ts'
import type { LearnContext } from '../../../system/index.ts'
import { TableLearner, trainTable, type Snapshot, type TrainingSettings } from '../../../train/index.ts'
import { PrunedModel } from './model.ts'
import type { DnisOptions } from './options.ts'

/** What the table of a `UniformModel` is called in a snapshot. */
export const tableName = 'model.embedding.weight'

/**
 * The model of a pruned table trained on from where it stands, at the pass that validated best; numbers that were dropped
 * stay zero (the authors do so above 98 % pruned). As it was where there is no table.
 */
export async function retrained(
  values: Snapshot,
  { spec, train, valid }: Pick<PreparedTable, 'spec' | 'train' | 'valid'>,
  options: DnisOptions,
  settings: TrainingSettings,
  { signal, onSearch }: Pick<LearnContext, 'signal' | 'onSearch'>,
): Promise<Snapshot> {
  const table = values.get(tableName)
  if (!table) return values
  const epochs = options.retrainEpochs
  const own = { ...settings, epochs }
  const learner = new TableLearner(new PrunedModel(spec, options, table), spec, own, train)
  try {
    learner.restore(values)
    await trainTable(
      learner,
      { train, valid },
      {
        settings: own,
        signal,
        onProgress: progress => {
          if (progress.kind === 'epoch') onSearch?.({ stage: 'retraining, epoch', done: progress.epoch, total: epochs })
        },
      },
    )
    return learner.snapshot()
  } finally {
    await learner.close()
  }
}
