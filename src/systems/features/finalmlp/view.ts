import { gateBars, logitParts, type ChartSpec } from '../../../charts/index.ts'
import { sliceTable, type EncodedTable } from '../../../data/index.ts'
import { compile, concat, constant, jvp, namedTensors, type Tensor } from '../../../engine/index.ts'
import { batchInputs, batchOf, Mode } from '../../../nn/index.ts'
import type { OwnView, OwnViewOptions, TrainedTable } from '../../../system/index.ts'
import { meansOf, rowFeeds } from '../../../train/index.ts'
import type { FinalMlp } from './model.ts'

/** Rows that the bilinear weights average over, and whose parts are drawn. */
const weighedRows = 128
const drawnRows = 8

/** What scales the fields, what joins the streams, and which part of the logit each gives. */
export async function streamsView(
  trained: TrainedTable<FinalMlp>,
  rows: EncodedTable,
  options: OwnViewOptions,
): Promise<OwnView> {
  const { model } = trained
  const joined = model.fusion !== undefined || model.product !== undefined
  const gates = await gatesOf(trained, rows)
  return {
    weight: 'bilinear weight',
    pairs: joined ? await bilinearWeights(trained, rows, options) : [],
    figures: [...gates, await partsOf(trained, sliceTable(rows, 0, Math.min(drawnRows, rows.rows)), options)],
    notes: [
      joined
        ? 'bilinear weight: mean size of the term that joins one field in the first stream with the other in the second, linearised at each row; what the streams do inside is not in it'
        : 'no term joins the streams of this model',
      ...(gates.length > 0 ? ['a gate scales what a stream reads, not what it uses'] : []),
    ],
  }
}

/** Mean gate of every field, [stream][field]; none without gates. */
export async function meanGates(trained: TrainedTable<FinalMlp>, rows: EncodedTable): Promise<number[][]> {
  const { gates, embedding } = trained.model
  const { dimension, names } = embedding
  const means = await meansOf(
    trained,
    rows,
    gates.map((_, s) => `gate.${s}`),
  )
  return gates.map((_, s) =>
    names.map((_, f) => {
      const own = means[`gate.${s}`]!.values.subarray(f * dimension, (f + 1) * dimension)
      return own.reduce((sum, value) => sum + value / dimension, 0)
    }),
  )
}

async function gatesOf(trained: TrainedTable<FinalMlp>, rows: EncodedTable): Promise<ChartSpec[]> {
  if (trained.model.gates.length === 0) return []
  const gates = (await meanGates(trained, rows)).map((values, s) => ({ name: `stream ${s + 1}`, values }))
  return [gateBars({ fields: [...trained.model.embedding.names], gates, neutral: 1, rows: rows.rows })]
}

async function partsOf(
  { model, spec, state }: TrainedTable<FinalMlp>,
  rows: EncodedTable,
  { output }: OwnViewOptions,
): Promise<ChartSpec> {
  const names = { 'stream.0': 'stream 1', 'stream.1': 'stream 2', interaction: 'interaction' }
  await using program = compile({
    inputs: batchInputs(spec),
    state,
    trace: leaves => ({ outputs: namedTensors(model.forward(batchOf(spec, leaves), Mode.evaluation()), names) }),
  })
  const answers = await program.run(rowFeeds(spec, rows, 0, rows.rows))
  return logitParts(
    Array.from(rows.rowNumber, (number, r) => ({
      label: `row ${number}`,
      parts: Object.entries(answers).map(([name, { dims, data }]) => ({
        name,
        value: Number(data[r * dims[1]! + output]),
      })),
    })),
  )
}

/**
 * Of each pair of fields, the mean over rows of |J1_a W J2_b + J1_b W J2_a|: W joins the streams, J1_a is how the first
 * stream's last layer moves along a's embedding. Where the streams are linear it is the second difference of the logit.
 */
async function bilinearWeights(
  { model, spec, state }: TrainedTable<FinalMlp>,
  rows: EncodedTable,
  { output }: OwnViewOptions,
): Promise<OwnView['pairs']> {
  const { names, dimension } = model.embedding
  const fields = names.length
  const mode = Mode.evaluation()
  const masks = names.map((_, f) => {
    const mask = new Float32Array(fields * dimension).fill(1, f * dimension, (f + 1) * dimension)
    return constant(mask, [1, fields * dimension])
  })
  /** [fields, B, width]: how a stream's last layer moves along each field, every row by itself. */
  const moves = (view: Tensor, s: number): Tensor => {
    const repeated = concat(
      names.map(() => view),
      0,
    )
    const tangents = concat(
      masks.map(mask => view.mul(mask)),
      0,
    )
    const [moved] = jvp([model.streams[s]!.hidden(repeated, mode)], [repeated], [tangents])
    return moved!.reshape([fields, -1, moved!.shape[1]!])
  }
  await using program = compile({
    inputs: batchInputs(spec),
    state,
    trace: leaves => {
      const [first, second] = model.views(batchOf(spec, leaves), mode).map(moves) as [Tensor, Tensor]
      const others = second.reshape([-1, second.shape[2]!])
      const joint = names.map((_, f) => {
        const own = first.slice(0, f, f + 1).squeeze(0)
        const repeated = concat(
          names.map(() => own),
          0,
        )
        const term = model.joined(repeated, others).slice(1, output, output + 1)
        return term.reshape([1, fields, -1])
      })
      const both = concat(joint, 0)
      return {
        outputs: {
          sizes: both
            .add(both.transpose([1, 0, 2]))
            .abs()
            .mean(2),
        },
      }
    },
  })
  const { sizes } = await program.run(rowFeeds(spec, rows, 0, Math.min(weighedRows, rows.rows)))
  return names.flatMap((a, i) =>
    names.slice(i + 1).map((b, k) => {
      const j = i + 1 + k
      return { set: [a, b] as [string, string], value: Number(sizes!.data[i * fields + j]) }
    }),
  )
}
