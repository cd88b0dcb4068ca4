import { formatEffect } from '../../../charts/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { counterfactuals, type Constraint } from '../../../lenses/index.ts'
import type { Lens, LensFinding } from '../lens.ts'
import { rowOf } from '../row.ts'

const points = 15
const beam = 24

/** What would have to be otherwise in one row for its answer to change sides. */
export const counterfactualLens: Lens = {
  name: 'counterfactual',
  summary: 'the fewest and smallest changes of one row that turn its answer',
  of: 'row',
  cost: ({ predictor }) => predictor.fields.length * points * (1 + 2 * beam),
  async run(subject, { row, constraints, top, signal }) {
    const { predictor, rows, output, units } = subject
    if (row === undefined)
      throw new InterplayError('usage/missing-value', 'counterfactual looks at one row', { try: '--row 1' })
    const threshold =
      predictor.output.kind === 'value'
        ? median(await predictor.predict(rows, signal), output, predictor.output.names.length)
        : 0
    const place = (name: string) => predictor.fields.findIndex(field => field.name === name)
    const seen = constraints.map(({ range, ...constraint }): Constraint => {
      const f = place(constraint.field)
      if (!range || f < 0) return { ...constraint, range }
      return { ...constraint, range: [subject.fromUnit(f, range[0]), subject.fromUnit(f, range[1])] }
    })
    const fixed = [...subject.lists].map(f => ({ field: predictor.fields[f]!.name, immutable: true }))
    const result = await counterfactuals(predictor, rowOf(subject, row), rows, {
      threshold,
      constraints: [...seen, ...fixed],
      points,
      top,
      output,
      signal,
    })
    const words = (name: string, value: number) => subject.text(place(name), value)
    const results = result.found.map(({ changes, answer }): LensFinding => ({
      set: changes.map(({ field }) => field),
      index: 'counterfactual',
      order: changes.length,
      value: answer,
      low: null,
      high: null,
      exact: true,
      imputer: 'none',
      reason: changes.map(({ field, from, to }) => `${field}: ${words(field, from)} to ${words(field, to)}`).join('; '),
    }))
    const now = `row ${row} answers ${formatEffect({ value: result.answer })} ${units}; values are the answers after the changes`
    const none = results.length === 0 ? ['no change of up to three fields within the constraints turns it'] : []
    return { results, complete: true, rows: 1, predictions: result.predictions, notes: [now, ...none] }
  },
}

function median(answers: Float64Array, output: number, outputs: number): number {
  const own = Float64Array.from({ length: answers.length / outputs }, (_, r) => answers[r * outputs + output]!).sort()
  return own[(own.length - 1) >> 1]!
}
