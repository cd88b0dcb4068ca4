import { compile, float32, watching, type Tensor } from '../../engine/index.ts'
import type { Columns, MaskedModel, Predictor } from '../../lenses/index.ts'
import { batchInputs, batchOf, fieldsOf, Mode } from '../../nn/index.ts'
import type { EncodedTable } from '../../data/index.ts'
import type { TrainedTable } from '../../system/index.ts'
import { rowFeeds } from '../../train/index.ts'

/** Rows of one request. */
const chunk = 4096

export interface MaskedRunParts {
  trained: TrainedTable
  predictor: Predictor
  /** Columns as the network's rows. */
  table(columns: Columns): Omit<EncodedTable, 'targets' | 'rowNumber'>
  /** [rows] the answers looked at, of logits [rows, outputs]. */
  answers(logits: Float32Array, rows: number): Float64Array
}

/**
 * A run's network with dials on the embeddings of its fields: a dial multiplies all vectors of a field, so that the model
 * stays in its class whatever the field holds. Close it.
 */
export function maskedRun({ trained, predictor, table, answers }: MaskedRunParts): MaskedModel & AsyncDisposable {
  const { model, spec, state } = trained
  const order = [...fieldsOf(spec, 'categorical'), ...fieldsOf(spec, 'numeric'), ...fieldsOf(spec, 'sequence')]
  const places = order.map(({ name }) => predictor.fields.findIndex(field => field.name === name))
  const count = order.length
  const program = compile({
    inputs: { ...batchInputs(spec), dials: float32(['batch', count]) },
    state,
    trace: leaves => {
      const { dials, ...inputs } = leaves as Record<string, Tensor>
      const watch = {
        wants: (name: string) => name === 'embeddings',
        // A gate's context is an embedding of fewer fields; it has no dials.
        replace: (x: Tensor) => (x.shape[1] === count ? x.mul(dials!.unsqueeze(2)) : x),
        saw: () => {},
      }
      const logits = watching(watch, () => model.forward(batchOf(spec, inputs), Mode.evaluation()))
      return { outputs: { logits } }
    },
  })
  return {
    name: predictor.name,
    fields: predictor.fields,
    output: predictor.output.kind,
    dial: "a dial multiplies the embeddings of its field's values",
    async predict(columns, mask, signal) {
      const rows = columns[0]!.length
      const encoded: EncodedTable = { ...table(columns), targets: [], rowNumber: new Int32Array(rows) }
      const result = new Float64Array(rows)
      for (let start = 0; start < rows; start += chunk) {
        signal?.throwIfAborted()
        await new Promise(resolve => setImmediate(resolve))
        const end = Math.min(rows, start + chunk)
        const dials = new Float32Array((end - start) * count).map((_, i) => mask[places[i % count]!]!)
        const { logits } = await program.run({ ...rowFeeds(spec, encoded, start, end), dials })
        result.set(answers(logits!.data as Float32Array, end - start), start)
      }
      return result
    },
    [Symbol.asyncDispose]: () => program.close(),
  }
}
