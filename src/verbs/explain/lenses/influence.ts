import { formatCount, formatEffect, formatQuantity } from '../../../charts/index.ts'
import type { EncodedTable } from '../../../data/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { gather, Influence, type RowInfluence } from '../../../lenses/index.ts'
import { Random } from '../../../random/index.ts'
import { parseOptions, z } from '../../../system/index.ts'
import { loneRows, toldOf, type Told } from '../../../systems/explain/influence-ekfac/explanation.ts'
import { influenceEkfac } from '../../../systems/explain/influence-ekfac/index.ts'
import type { Lens, LensFinding, LensOptions, LensReport } from '../lens.ts'
import { rowOf } from '../row.ts'
import type { Subject, TrainingRows } from '../subject.ts'

/** Training rows taken part, at most: what a linear layer read in each is held in memory. */
const mostRows = 20_000

const settingsSchema = influenceEkfac.options.extend({
  retrain: z.number().int().min(0).default(0).describe('rows left out of a second training that checks the influences'),
})

/** The training rows behind the answer of a row; of no row, those that stand alone: where wrong labels are found. */
export const influenceLens: Lens = {
  name: 'influence-ekfac',
  alias: 'influence',
  summary: influenceEkfac.summary,
  of: 'either',
  system: true,
  cost: ({ total }) => Math.min(total, mostRows),
  async run(subject, options) {
    const { row, seed, signal, top } = options
    const { retrain, ...settings } = parseOptions(
      { ...influenceEkfac, options: settingsSchema },
      options.settings ?? {},
    )
    if (!subject.open || !subject.training)
      throw new InterplayError('lens/needs', `influence looks inside a run, '${subject.name}' answers only`, {
        try: 'interplay fit ROWS, then interplay explain RUN --influence',
      })
    if (row !== undefined) rowOf(subject, row)
    const { trained, rows: query } = await subject.open(row)
    const training = await subject.training()
    const taken = rowsOf(training.train, seed)
    await using influence = await Influence.of(trained, taken, { ...settings, seed, signal })
    const words = { number: (at: number) => taken.rowNumber[at]!, says: (at: number) => training.says(taken, at) }
    const units = row === undefined ? 'log-likelihood' : subject.units
    const some =
      taken.rows < training.train.rows
        ? [`${formatCount(taken.rows)} of ${formatQuantity(training.train.rows, 'training row')}, drawn by the seed`]
        : []
    if (row === undefined) return report(loneRows(influence, { top, words, units }), taken.rows, units, some)
    const [found] = await influence.on(query, signal)
    const scale = subject.toAnswer(1) - subject.toAnswer(0)
    const own = scaled(found!, scale)
    const told = toldOf(influence, own, `the answer of row ${row}`, { top, words, units })
    const checked = retrain > 0 ? await check(subject, training, taken, query, own, retrain, options) : undefined
    return report(told, taken.rows, units, [...some, ...(checked?.notes ?? [])], checked?.results)
  },
}

const rowsOf = (train: EncodedTable, seed: number): EncodedTable =>
  train.rows <= mostRows
    ? train
    : gather(train, new Random(seed, 'influence.rows').permutation(train.rows).slice(0, mostRows))

/** Influences on the answer in the units it is told in. */
const scaled = ({ values, layers }: RowInfluence, by: number): RowInfluence => ({
  values: values.map(value => value * by),
  layers: layers.map(layer => ({ ...layer, values: layer.values.map(value => value * by) })),
})

/** Trains again without the rows that raise the answer most, and without as many drawn by the seed. */
async function check(
  subject: Subject,
  training: TrainingRows,
  taken: EncodedTable,
  query: EncodedTable,
  { values }: RowInfluence,
  count: number,
  { seed, signal, row }: LensOptions,
): Promise<{ results: LensFinding[]; notes: string[] }> {
  const place = new Map(Array.from(training.train.rowNumber, (number, at) => [number, at]))
  const order = [...values.keys()].sort((a, b) => values[b]! - values[a]!)
  const lots: [string, number[]][] = [
    ['that raise it most', order.slice(0, count)],
    ['drawn by the seed', [...new Random(seed, 'influence.left').permutation(taken.rows).subarray(0, count)]],
  ]
  const [before] = await training.retrained(new Set(), query, signal)
  const results: LensFinding[] = []
  for (const [words, left] of lots) {
    const [after] = await training.retrained(new Set(left.map(at => place.get(taken.rowNumber[at]!)!)), query, signal)
    const expected = -left.reduce((sum, at) => sum + values[at]!, 0)
    results.push({
      set: [`without ${formatCount(count)} rows ${words}`],
      index: 'change by retraining',
      order: 1,
      value: subject.toAnswer(after!) - subject.toAnswer(before!),
      low: null,
      high: null,
      exact: true,
      imputer: 'none',
      reason: `influences expect ${formatEffect({ value: expected })} ${subject.units}`,
    })
  }
  const [most, drawn] = results
  return {
    results,
    notes: [
      `trained again without the ${formatCount(count)} rows that raise row ${row} most its answer moves by ${formatEffect(most!)}, without as many drawn ones by ${formatEffect(drawn!)}: one training each, so the chance of training is in both`,
    ],
  }
}

function report(
  { results, figures, notes }: Told,
  rows: number,
  units: string,
  more: readonly string[],
  checked: readonly LensFinding[] = [],
): LensReport {
  const found = results.map((each): LensFinding => ({
    set: [...each.set],
    index: each.index,
    order: 1,
    value: each.value,
    low: null,
    high: null,
    exact: true,
    imputer: 'none',
    reason: each.reason,
  }))
  return {
    results: [...found, ...checked],
    complete: true,
    rows,
    predictions: rows,
    units,
    about: 'training rows',
    figures,
    notes: [...notes, ...more],
  }
}
