import { hashedVocabulary, idFinder } from '../../../data/index.ts'
import type { TableSpec } from '../../../nn/index.ts'
import { Random } from '../../../random/index.ts'
import { categoricalSpec } from '../../../study/index.ts'
import { categoricalRows, trial, type TrialData } from '../shared/trial.ts'
import { SingleLayer } from './single-layer.ts'

const [fields, values, dimension] = [4, 1500, 8]
/** Values of a field that are new each day, in place of the oldest; days that are learned from. */
const [fresh, days] = [0.2, 5]

export interface DriftRun {
  seed: number
  threads: number
  rowsADay: number
  epochs: number
  signal?: AbortSignal
}

/**
 * Test AUC of the day after the last that was learned from, of one memory: rows of their own for the values of the first day,
 * later ones being unknown; and values hashed as they come, without a vocabulary.
 */
export async function drift({
  seed,
  threads,
  rowsADay,
  epochs,
  signal,
}: DriftRun): Promise<{ kept: number; hashed: number }> {
  const random = new Random(seed, 'unified.drift')
  const tokens = values + Math.round(fresh * values) * days
  const effects = Array.from({ length: fields }, () => Float64Array.from({ length: tokens }, () => random.normal()))
  const drawn = (count: number, day: (row: number) => number) => {
    const list = Array.from({ length: count }, (_, row) => {
      const oldest = Math.round(fresh * values) * day(row)
      const x = Array.from({ length: fields }, () => oldest + random.integer(values))
      const score = 0.7 * x.reduce((sum, token, f) => sum + effects[f]![token]!, 0)
      return { x, label: Number(random.uniform() < 1 / (1 + Math.exp(-score))) }
    })
    return list
  }
  const parts = {
    train: drawn(rowsADay * days, row => Math.floor(row / rowsADay)),
    valid: drawn(rowsADay >> 2, () => days - 1),
    test: drawn(rowsADay, () => days),
  }
  const auc = async (
    size: number,
    idOf: (token: number, field: number) => number,
    embedding?: TableSpec['embedding'],
  ) => {
    const coded = (rows: typeof parts.train) =>
      categoricalRows(fields, size, rows.length, row => ({
        values: rows[row]!.x.map((token, f) => idOf(token, f) - 1),
        label: rows[row]!.label,
      }))
    const spec = { ...categoricalSpec(new Array<number>(fields).fill(size + 2)), rows: parts.train.length, embedding }
    const data: TrialData = { spec, train: coded(parts.train), valid: coded(parts.valid), test: coded(parts.test) }
    const training = { learningRate: 5e-3, batch: 1024, epochs, patience: epochs, seed, threads }
    const { learner, auc: own } = await trial(new SingleLayer(spec, dimension), data, training, signal)
    await learner.close()
    return own
  }
  const codes = 16 * values
  const finders = Array.from({ length: fields }, (_, f) => idFinder(hashedVocabulary(`f${f}`, codes)))
  return {
    kept: await auc(values, token => (token < values ? token + 1 : values + 1)),
    hashed: await auc(codes, (token, f) => finders[f]!(String(token))!, {
      kind: 'unified',
      rows: fields * (values + 2),
      chunks: 1,
    }),
  }
}
