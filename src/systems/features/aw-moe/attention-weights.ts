import { sliceTable, type EncodedTable } from '../../../data/index.ts'
import { compile, namedTensors, type Tensor } from '../../../engine/index.ts'
import { batchInputs, batchOf, Mode } from '../../../nn/index.ts'
import type { OwnView, TrainedTable } from '../../../system/index.ts'
import { rowFeeds } from '../../../train/index.ts'
import type { AwMoe } from './model.ts'

/** Rows that weights are means of, at most. */
const weighedRows = 256

/**
 * Of each field of the history with each of candidate and query, the mean over rows of sum_i |a_i| ||W e_i|| ||V e||: the
 * attention of a behaviour times the size of what either field gives the hidden vectors that meet in it. None where
 * behaviours are pooled without attention.
 */
export async function attentionWeights(
  { model, spec, state }: TrainedTable<AwMoe>,
  rows: EncodedTable,
): Promise<OwnView['pairs']> {
  if (!model.attention) return []
  const few = sliceTable(rows, 0, Math.min(weighedRows, rows.rows))
  const met: [string, string][] = []
  await using program = compile({
    inputs: batchInputs(spec),
    state,
    trace: leaves => {
      const batch = batchOf(spec, leaves)
      const { targetAttention } = namedTensors(model.forward(batch, Mode.evaluation()), {
        targetAttention: 'targetAttention',
      })
      const { behaviours, others } = model.reader.shares(batch)
      const outputs: Record<string, Tensor> = {}
      for (const [history, size] of Object.entries(behaviours)) {
        const attended = size.mul(targetAttention!.abs()).sum(1)
        for (const [other, own] of Object.entries(others)) {
          outputs[`weight.${met.length}`] = attended.mul(own).mean()
          met.push([history, other])
        }
      }
      return { outputs }
    },
  })
  const weights = await program.run(rowFeeds(spec, few, 0, few.rows))
  return met.map((set, i) => ({ set, value: Number(weights[`weight.${i}`]!.data[0]) }))
}
