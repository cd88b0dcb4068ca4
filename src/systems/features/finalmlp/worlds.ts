import { prepareTable, sliceTable, type EncodedTable } from '../../../data/index.ts'
import type { TableSpec } from '../../../nn/index.ts'
import { Random } from '../../../random/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { TableLearner, trainingSettings, trainTable } from '../../../train/index.ts'
import { finalmlp } from './index.ts'
import { FinalMlp } from './model.ts'
import { meanGates } from './view.ts'

type Running = Pick<StudyContext, 'threads' | 'signal' | 'progress'>

const width = 20

/** Rows x ~ N(0, I) of 20 numbers with y = (a x)(b x) > 0, a and b normal: only a product of two projections tells it. */
export function productRows(seed: number, rows: number): { spec: TableSpec; table: EncodedTable } {
  const directions = new Random(seed, 'product.directions')
  const [a, b] = [0, 1].map(() => Float64Array.from({ length: width }, () => directions.normal()))
  const random = new Random(seed, 'product.rows')
  const numeric = Float32Array.from({ length: rows * width }, () => random.normal())
  const dot = (direction: Float64Array, row: number) =>
    direction.reduce((sum, weight, i) => sum + weight * numeric[row * width + i]!, 0)
  const labels = Float32Array.from({ length: rows }, (_, row) => Number(dot(a!, row) * dot(b!, row) > 0))
  return {
    spec: {
      fields: Array.from({ length: width }, (_, i) => ({ name: `x${i}`, type: 'numeric', size: 0 })),
      targets: [{ name: 'y', kind: 'binary', classes: ['no', 'yes'] }],
      rows,
    },
    table: {
      rows,
      categorical: new Int32Array(),
      numeric,
      sequences: [],
      targets: [labels],
      rowNumber: Int32Array.from({ length: rows }, (_, row) => row + 1),
    },
  }
}

/**
 * Test accuracy on the sign of a product, of streams that are single linear maps: no activation and no batch norm. Step size
 * and batch were chosen on the validation rows.
 */
export async function signOfProduct(
  fusion: 'bilinear' | 'sum',
  seed: number,
  { threads, signal, progress }: Running,
): Promise<number> {
  const [learned, valid, all] = [32_000, 4_000, 44_000]
  const { spec, table } = productRows(seed, all)
  const train = sliceTable(table, 0, learned)
  const test = sliceTable(table, learned + valid, all)
  const streams = {
    firstHidden: [32],
    secondHidden: [32],
    activation: 'identity',
    batchNorm: false,
    gating: false,
    heads: 4,
  }
  const options = finalmlp.options.parse({ ...streams, embeddingDimension: 1, fusion })
  const settings = trainingSettings(learned, { epochs: 8, patience: 8, batch: 256, learningRate: 1e-2, seed, threads })
  const learner = new TableLearner(new FinalMlp(spec, options), spec, settings, train)
  try {
    await trainTable(
      learner,
      { train, valid: sliceTable(table, learned, learned + valid) },
      {
        settings,
        signal,
        onProgress: event =>
          event.kind === 'epoch' && progress(`product of projections, ${fusion}: epoch ${event.epoch} of 8`),
      },
    )
    const logits = await learner.logits(test)
    return (
      logits.reduce((hits, logit, row) => hits + Number(logit > 0 === (test.targets[0]![row] === 1)), 0) / test.rows
    )
  } finally {
    await learner.close()
  }
}

/** Mean gate of every field, stream by stream, after training on the planted pairs; the other four fields are noise. */
export async function gatesOfNoise(
  seed: number,
  { threads, signal, progress }: Running,
): Promise<{ fields: string[]; useful: string[]; values: number[][]; rows: number }> {
  const { spec, train, valid, test } = await prepareTable('world:planted-pairs', { seed, signal })
  const dimension = 10
  const widths = { firstHidden: [64], secondHidden: [64], gateHidden: [64] }
  const options = finalmlp.options.parse({ ...widths, embeddingDimension: dimension, heads: 4 })
  const settings = trainingSettings(
    train.rows,
    { epochs: 10, patience: 10, batch: 512, learningRate: 2e-3, seed, threads },
    { embeddingRegularization: 0.01 },
  )
  const model = new FinalMlp(spec, options)
  const learner = new TableLearner(model, spec, settings, train)
  try {
    await trainTable(
      learner,
      { train, valid },
      {
        settings,
        signal,
        onProgress: event => event.kind === 'epoch' && progress(`gates of noise: epoch ${event.epoch} of 10`),
      },
    )
    const values = await meanGates({ model, spec, state: learner.state }, test)
    const fields = [...model.embedding.names]
    return { fields, useful: ['x0', 'x1', 'x2', 'x3'], values, rows: test.rows }
  } finally {
    await learner.close()
  }
}
