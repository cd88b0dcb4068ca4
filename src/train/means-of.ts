import type { EncodedTable } from '../data/index.ts'
import { compile, namedTensors } from '../engine/index.ts'
import { batchInputs, batchOf, Mode } from '../nn/index.ts'
import type { TrainedTable } from '../system/index.ts'
import { rowFeeds } from './row-logits.ts'

export interface MeanCapture {
  /** Extents behind the rows: [heads, fields, fields] of an attention map. */
  dims: number[]
  values: Float64Array
}

/** Rows of one run. */
const chunk = 4096

/** Means over rows of what a trained model names on the way to its answer: attention maps, gates. */
export async function meansOf(
  { model, spec, state }: TrainedTable,
  table: EncodedTable,
  names: readonly string[],
): Promise<Record<string, MeanCapture>> {
  const wanted = Object.fromEntries(names.map(name => [name, name]))
  await using program = compile({
    inputs: batchInputs(spec),
    state,
    trace: leaves => ({ outputs: namedTensors(model.forward(batchOf(spec, leaves), Mode.evaluation()), wanted) }),
  })
  const means: Record<string, MeanCapture> = {}
  for (let start = 0; start < table.rows; start += chunk) {
    const end = Math.min(start + chunk, table.rows)
    const answers = await program.run(rowFeeds(spec, table, start, end))
    for (const [name, { dims, data }] of Object.entries(answers)) {
      const own = dims.slice(1)
      const width = own.reduce((product, extent) => product * extent, 1)
      const mean = (means[name] ??= { dims: own, values: new Float64Array(width) })
      const weight = (end - start) / table.rows / dims[0]!
      for (let i = 0; i < data.length; i++) mean.values[i % width]! += Number(data[i]) * weight
    }
  }
  return means
}
