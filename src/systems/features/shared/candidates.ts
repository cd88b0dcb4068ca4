import { takeRows, type EncodedTable } from '../../../data/index.ts'
import type { State } from '../../../engine/index.ts'
import type { TableModel, TableSpec } from '../../../nn/index.ts'
import { Random } from '../../../random/index.ts'
import type { LearnContext, TrainingDefaults } from '../../../system/index.ts'
import {
  TableLearner,
  trainingSettings,
  trainTable,
  type TrainingResult,
  type TrainingSettings,
} from '../../../train/index.ts'

export interface SplitRows {
  spec: TableSpec
  train: EncodedTable
  valid: EncodedTable
}

/** What was asked of training, over what the system wants. */
export const settingsOf = (
  { train }: Pick<SplitRows, 'train'>,
  { seed, threads, training }: LearnContext,
  own: TrainingDefaults,
): TrainingSettings => trainingSettings(train.rows, { ...training, seed, threads }, own)

/** Trains a table model as one candidate of a search; close the learner. `begin` changes the weights it starts with. */
export async function trainCandidate(
  name: string,
  model: TableModel,
  { spec, train, valid }: SplitRows,
  settings: TrainingSettings,
  { signal, onSearch }: Pick<LearnContext, 'signal' | 'onSearch'>,
  begin?: (state: State) => void,
): Promise<{ learner: TableLearner; training: TrainingResult }> {
  const learner = new TableLearner(model, spec, settings, train)
  try {
    begin?.(learner.state)
    const training = await trainTable(
      learner,
      { train, valid },
      {
        settings,
        signal,
        onProgress: progress => {
          if (progress.kind !== 'epoch') return
          onSearch?.({ stage: `train ${name}, epoch`, done: progress.epoch, total: settings.epochs })
        },
      },
    )
    signal?.throwIfAborted()
    return { learner, training }
  } catch (error) {
    await learner.close()
    throw error
  }
}

/** The validation metrics of the epoch whose weights were kept. */
export const bestScores = ({ history, bestEpoch }: TrainingResult): Record<string, number> => ({
  ...history.find(({ best, epoch }) => best && epoch === bestEpoch)?.valid,
})

/** The epochs of the model that was chosen, as rounds. */
export function replay({ history }: TrainingResult, { onRound }: LearnContext): void {
  let seconds = 0
  for (const { epoch, trainLoss, valid, best, seconds: own } of history) {
    seconds += own
    onRound?.({ round: epoch, trainLoss, valid, best, seconds }, history.length)
  }
}

/** The training rows in two parts, drawn by the seed; nothing is held out at a share of 0. */
export function heldOut(
  train: EncodedTable,
  share: number,
  seed: number,
  stream: string,
): { learn: EncodedTable; hold?: EncodedTable } {
  if (share === 0) return { learn: train }
  const order = new Random(seed, stream).permutation(train.rows)
  const held = Math.max(1, Math.round(share * train.rows))
  return { learn: takeRows(train, order.subarray(held)), hold: takeRows(train, order.subarray(0, held)) }
}
