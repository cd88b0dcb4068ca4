import type { EncodedTable } from '../../../data/index.ts'
import { Random } from '../../../random/index.ts'
import { aucText, categoricalSpec, meanAuc, stagedResult } from '../../../study/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { fm } from '../fm/index.ts'
import { paritySettled, settleProtocol } from '../shared/table-study.ts'
import { categoricalRows, trial, type TrialData } from '../shared/trial.ts'
import { fgcnn } from './index.ts'
import { parities } from './parity.ts'
import { Fgcnn, type FgcnnOptions } from './model.ts'

export async function run(context: StudyContext): Promise<void> {
  const cases = await parities()
  if (cases) context.settle('parity', paritySettled(cases))
  else context.skip('parity', 'fixtures are not here')
  await settleProtocol(context, 'mini', 'frappe-mini', ['fgcnn-fm', 'fm'], [fgcnn, fm], rows => {
    const [own, plain] = [rows['fgcnn-fm']!, rows.fm!]
    const gain = meanAuc(own) - meanAuc(plain)
    return { measured: `${gain.toFixed(4)} (${aucText(own)} against ${aucText(plain)})`, holds: gain >= 0.005 }
  })
  if (context.size === 'small') {
    for (const claim of ['raw', 'generated']) context.skip(claim, 'full size only')
    return
  }
  if (context.open('raw', 'generated')) await planted(context)
}

const fields = 12
const values = 5

/** Planted partners stand side by side, or far apart. */
const orders = {
  adjacent: Array.from({ length: fields }, (_, f) => f),
  scattered: [0, 3, 8, 6, 9, 1, 4, 10, 2, 5, 11, 7],
}

const options: FgcnnOptions = {
  classifier: 'linear',
  embeddingDimension: 10,
  channels: [8, 10, 12],
  heights: [5, 5, 5],
  pooling: 2,
  recombined: 3,
  convolutionBatchNorm: true,
  shareEmbedding: false,
  hidden: [],
  activation: 'relu',
  batchNorm: false,
  dropout: 0,
}

/** Log-odds 2 T[x0, x1, x2] + 2 T'[x6, x7], standard normal tables that no fewer of their fields tell anything of. */
function plantedRows(rows: number, seed: number, part: string, order: readonly number[]): EncodedTable {
  const three = centred(3, new Random(seed, 'fgcnn.planted.three'))
  const two = centred(2, new Random(seed, 'fgcnn.planted.two'))
  const random = new Random(seed, `fgcnn.planted.${part}`)
  return categoricalRows(fields, values, rows, () => {
    const x = Array.from({ length: fields }, () => random.integer(values))
    const score = 2 * three[(x[0]! * values + x[1]!) * values + x[2]!]! + 2 * two[x[6]! * values + x[7]!]!
    return { values: order.map(f => x[f]!), label: random.uniform() < 1 / (1 + Math.exp(-score)) ? 1 : 0 }
  })
}

/** A standard normal table less its means along every axis. */
function centred(axes: number, random: Random): Float64Array {
  const table = Float64Array.from({ length: values ** axes }, () => random.normal())
  for (let axis = 0; axis < axes; axis++) {
    const step = values ** axis
    for (let start = 0; start < table.length; start++) {
      if (Math.floor(start / step) % values !== 0) continue
      let mean = 0
      for (let k = 0; k < values; k++) mean += table[start + k * step]! / values
      for (let k = 0; k < values; k++) table[start + k * step]! -= mean
    }
  }
  return table
}

async function planted(context: StudyContext): Promise<void> {
  const { seeds, threads, signal, settle, show, progress } = context
  const [seed] = seeds
  const rows = 60_000
  const epochs = 8
  const score = async (order: keyof typeof orders, channels: number[]) => {
    progress(`${order} fields, ${channels.length} layers of generation`)
    const part = (name: string, count: number) => plantedRows(count, seed!, name, orders[order])
    const data: TrialData = {
      spec: { ...categoricalSpec(new Array<number>(fields).fill(values + 2)), rows },
      train: part('train', rows),
      valid: part('valid', rows / 10),
      test: part('test', rows / 4),
    }
    const model = new Fgcnn(data.spec, { ...options, channels, heights: channels.map(() => 5) })
    const training = { learningRate: 2e-3, batch: 512, epochs, patience: epochs, seed: seed!, threads }
    const { learner, auc } = await trial(model, data, training, signal)
    await learner.close()
    return auc
  }
  const staged = (order: keyof typeof orders, channels: number[]) =>
    stagedResult(context, `${seed} ${order} ${channels.length}`, () => score(order, channels))
  const raw = await staged('adjacent', [])
  const generated = await staged('adjacent', options.channels)
  const scattered = await staged('scattered', options.channels)
  show({
    table: {
      columns: ['fields', 'classifier', 'test AUC'],
      rows: [
        ['adjacent', 'linear', raw],
        ['adjacent', 'linear with generated features', generated],
        ['scattered', 'linear with generated features', scattered],
      ],
    },
  })
  settle('raw', { measured: raw, holds: raw <= 0.55, seeds: [seed!] })
  settle('generated', { measured: generated - raw, holds: generated - raw >= 0.2, seeds: [seed!] })
}
