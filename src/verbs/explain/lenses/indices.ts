import { Random } from '../../../random/index.ts'
import { explainRows, indices, previewRows, rowsIn, takeRows, type Columns } from '../../../lenses/index.ts'
import type { Lens, LensFinding, LensOptions } from '../lens.ts'
import { rowOf } from '../row.ts'
import type { Subject } from '../subject.ts'

/** Rows whose values are averaged where no row is named, and the background rows of each. */
const averagedRows = 50
const backgroundEach = 4

const spending = (subject: Subject, { row, predictions, imputer }: LensOptions) =>
  row === undefined
    ? { rows: Math.min(averagedRows, rowsIn(subject.rows)), budget: predictions, background: backgroundEach, imputer }
    : { rows: 1, budget: predictions, background: 100, imputer }

/** An interaction index of one row, or averaged over rows; single effects always stand beside it. */
export const indicesLens: Lens = {
  name: 'indices',
  summary: 'Shapley, Banzhaf and other interaction indices: what sets of fields add to the answer of a row',
  of: 'either',
  cost(subject, options) {
    const { rows, ...spend } = spending(subject, options)
    return previewRows(subject.predictor.fields.length, rows, spend).predictions
  },
  async run(subject, options) {
    const { predictor, rows, output } = subject
    const { index = 'SII', order, seed, signal, stop, seconds, imputer, onProgress, row } = options
    const spend = spending(subject, options)
    const explained: Columns =
      row === undefined
        ? takeRows(rows, new Random(seed, 'explained').permutation(rowsIn(rows)).subarray(0, spend.rows))
        : Array.from(rowOf(subject, row), value => Float64Array.of(value))
    const common = { ...spend, order, output, seed, signal, stop, timeLimit: seconds, onProgress }
    const result = await explainRows(predictor, explained, rows, { ...common, index })
    const name = indices[index].title
    const results = result.sets.map(({ set, order: size, value, low, high }): LensFinding => ({
      set,
      index,
      order: size,
      value,
      low,
      high,
      exact: result.exact,
      imputer,
    }))
    const about =
      row === undefined
        ? `${name}, mean over ${result.rows} rows, each against ${result.background} background rows`
        : `${name} of row ${row} against ${result.background} background rows: answer ${short(result.full)}, without its fields ${short(result.baseline)}`
    const sizes =
      row === undefined
        ? result.sets.map(({ set, order: size, magnitude }): LensFinding => ({
            set,
            index: `mean |${index}|`,
            order: size,
            value: magnitude,
            low: null,
            high: null,
            exact: false,
            imputer,
          }))
        : []
    const notes = [
      about,
      ...(row === undefined
        ? [`mean |${index}| takes in the chance of the background rows: compare it between sets only`]
        : []),
      ...(row !== undefined && imputer === 'marginal'
        ? ['values and intervals are given these background rows: other ones would move them']
        : []),
      ...(imputer === 'marginal' ? ['absent fields are drawn independently of the present ones'] : []),
    ]
    return {
      results: [...sizes, ...results],
      complete: result.complete,
      rows: result.rows,
      predictions: result.predictions,
      notes,
    }
  },
}

const short = (value: number) => String(Number(value.toPrecision(3)))
