import type { EncodedTable, PreparedTable } from '../data/index.ts'
import { measureInteractions, type InteractionMeasurement, type Metric } from '../lenses/index.ts'
import { auc, rmse } from '../metrics/index.ts'
import type { TargetSpec } from '../nn/index.ts'
import type { TableAnswerer } from '../system/index.ts'

/** Log-odds, or values in the target's unit, of the first target. */
export const predictFirst =
  (learner: TableAnswerer, target: TargetSpec) =>
  async (table: EncodedTable): Promise<Float32Array> => {
    const logits = await learner.logits(table)
    const width = logits.length / table.rows
    const first = width === 1 ? logits : Float32Array.from({ length: table.rows }, (_, row) => logits[row * width]!)
    return target.kind === 'regression' ? first.map(value => value * target.deviation + target.mean) : first
  }

/** The rows that interactions are measured on. */
export const measuredTable = ({ test, valid }: PreparedTable): EncodedTable => (test.rows >= 200 ? test : valid)

/** Field importances and pairwise interactions on the test rows; undefined for a multiclass target or a single field. */
export async function interactionsOf(
  learner: TableAnswerer,
  prepared: PreparedTable,
  { budget = 200_000, seed, signal }: { budget?: number; seed: number; signal?: AbortSignal },
): Promise<InteractionMeasurement | undefined> {
  const { spec } = prepared
  const [target] = spec.targets
  const table = measuredTable(prepared)
  if (target!.kind === 'multiclass' || spec.fields.length < 2 || table.rows < 2) return undefined
  const metric = metricOf(target!, table.targets[0]!)
  return measureInteractions(predictFirst(learner, target!), table, spec, { metric, budget, seed, signal })
}

/** What importances are the fall of: AUC, or minus the RMSE. Rows of one class have no AUC. */
function metricOf(target: TargetSpec, labels: Float32Array): Metric | undefined {
  if (target.kind === 'binary' && labels.every(label => label === labels[0])) return undefined
  return (scores, rows) => {
    const own = Float32Array.from(rows, row => labels[row]!)
    return target.kind === 'binary' ? auc(own, scores) : -rmse(own, scores).value
  }
}
