import { effectCurve } from '../../../charts/index.ts'
import { accumulatedEffects, endingOf, partialDependence, type Curve } from '../../../lenses/index.ts'
import type { Lens, LensFinding } from '../lens.ts'
import type { Subject } from '../subject.ts'

const points = 20
/** Fields whose curves are drawn, those with the greatest effect first. */
const drawnFields = 12

type Trace = (subject: Subject, field: number, rows: number, seed: number, signal?: AbortSignal) => Promise<Curve>

function lens(
  {
    name,
    summary,
    kind,
    index,
    rows,
    each,
    note,
  }: {
    name: string
    summary: string
    kind: string
    index: string
    rows: number
    /** Predictions a row. */
    each: number
    note: string
  },
  takes: (subject: Subject, field: number) => boolean,
  trace: Trace,
): Lens {
  const fieldsOf = (subject: Subject) =>
    subject.predictor.fields.map((_, f) => f).filter(f => !subject.lists.has(f) && takes(subject, f))
  const rowsOf = (subject: Subject, budget: number | undefined) =>
    Math.max(
      2,
      Math.min(
        subject.rows[0]!.length,
        rows,
        budget === undefined ? rows : Math.floor(budget / each / Math.max(1, fieldsOf(subject).length)),
      ),
    )
  return {
    name,
    summary,
    of: 'rows',
    cost: (subject, { predictions }) => fieldsOf(subject).length * each * rowsOf(subject, predictions),
    async run(subject, { predictions, seconds, seed, signal, stop, onProgress }) {
      const over = endingOf({ timeLimit: seconds, stop })
      const fields = fieldsOf(subject)
      const used = rowsOf(subject, predictions)
      const curves: { field: number; curve: Curve; size: number }[] = []
      for (const field of fields) {
        if (over()) break
        const curve = await trace(subject, field, used, seed, signal)
        curves.push({ field, curve, size: spread(curve) })
        onProgress({ done: curves.length, total: fields.length })
      }
      const results = curves.map(({ curve, size }): LensFinding => ({
        set: [curve.field],
        index,
        order: 1,
        value: size,
        low: null,
        high: null,
        exact: false,
        imputer: name === 'ale' ? 'none' : 'marginal',
      }))
      const figures = [...curves]
        .sort((a, b) => b.size - a.size)
        .slice(0, drawnFields)
        .map(({ field, curve }) =>
          effectCurve({
            field: curve.field,
            ...(curve.type === 'numeric' ? { at: Array.from(curve.at, value => subject.toUnit(field, value)) } : {}),
            labels: Array.from(curve.at, value => subject.text(field, value)),
            mean: [...curve.mean],
            standardError: [...curve.standardError],
            rows: curve.rows.map(row => [...row]),
            kind,
            units: subject.units,
            sampleSize: used,
          }),
        )
      const spent = curves.reduce((sum, { curve }) => sum + curve.predictions, 0)
      const left = subject.predictor.fields.length - fields.length
      const notes = [note, ...(left > 0 ? [`${left} fields have no such curve`] : [])]
      return { results, complete: curves.length === fields.length, rows: used, predictions: spent, figures, notes }
    },
  }
}

/** Standard deviation of the curve over its points. */
const spread = ({ mean }: Curve): number => Math.sqrt(mean.reduce((sum, value) => sum + value ** 2, 0) / mean.length)

export const partialDependenceLens = lens(
  {
    name: 'partial-dependence',
    summary: 'the mean answer along each field, with the curves of single rows (ICE)',
    kind: 'partial dependence',
    index: 'spread of the partial dependence',
    rows: 200,
    each: points,
    note: 'a curve leaves where the data are when fields go together: see --lens ale',
  },
  () => true,
  ({ predictor, rows, output }, field, count, seed, signal) =>
    partialDependence(predictor, rows, field, { points, rows: count, output, seed, signal }),
)

export const aleLens = lens(
  {
    name: 'ale',
    summary: 'accumulated local effects of numeric fields',
    kind: 'accumulated local effect',
    index: 'spread of the accumulated effect',
    rows: 2000,
    each: 2,
    note: 'differences across small intervals, over the rows inside each, added up',
  },
  ({ predictor }, f) => predictor.fields[f]!.type === 'numeric',
  ({ predictor, rows, output }, field, count, seed, signal) =>
    accumulatedEffects(predictor, rows, field, { points, rows: count, output, seed, signal }),
)
