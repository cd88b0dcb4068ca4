import type { EncodedTable } from '../../../data/index.ts'
import { evaluate } from '../../../metrics/index.ts'
import type { TableModel, TableSpec } from '../../../nn/index.ts'
import { answersOf, TableLearner, trainingSettings, trainTable, type TrainingSettings } from '../../../train/index.ts'

export interface TrialData {
  spec: TableSpec
  train: EncodedTable
  valid: EncodedTable
  test: EncodedTable
}

/** Trains a model for a study and scores it on the test rows; close the learner. */
export async function trial(
  model: TableModel,
  { spec, train, valid, test }: TrialData,
  training: Partial<TrainingSettings>,
  signal?: AbortSignal,
): Promise<{ learner: TableLearner; auc: number }> {
  const settings = trainingSettings(train.rows, { clipNorm: 0, ...training })
  const learner = new TableLearner(model, spec, settings, train)
  await trainTable(learner, { train, valid }, { settings, signal })
  const [answers] = await answersOf(learner, test, signal)
  return { learner, auc: evaluate(answers!, ['auc']).auc! }
}

/** Rows of categorical fields of one size: `draw` gives a row's local values from 0 and its label. */
export function categoricalRows(
  fields: number,
  values: number,
  rows: number,
  draw: (row: number) => { values: readonly number[]; label: number },
): EncodedTable {
  const table: EncodedTable = {
    rows,
    categorical: new Int32Array(rows * fields),
    numeric: new Float32Array(),
    sequences: [],
    targets: [new Float32Array(rows)],
    rowNumber: Int32Array.from({ length: rows }, (_, row) => row + 1),
  }
  for (let row = 0; row < rows; row++) {
    const { values: drawn, label } = draw(row)
    for (let f = 0; f < fields; f++) table.categorical[row * fields + f] = f * (values + 2) + 1 + drawn[f]!
    table.targets[0]![row] = label
  }
  return table
}

export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!
