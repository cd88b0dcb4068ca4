import { readableRows, type PairGrid } from '../../../charts/index.ts'
import { columnsTable, measureInteractions, pairEffect, type PairEffect } from '../../../lenses/index.ts'
import { pairGrid } from '../../pair-grid.ts'
import type { Lens, LensFinding } from '../lens.ts'
import type { Subject } from '../subject.ts'

/** Pairs whose effect is drawn, and predictions spent on each. */
const drawnPairs = 4
const drawnBudget = 20_000
const usualBudget = 200_000

/** How far every pair of fields acts together over all rows, and what labels confirm of it. */
export const pairsLens: Lens = {
  name: 'pairs',
  summary: 'non-additivity of every pair of fields, with what the labels confirm',
  of: 'rows',
  cost: (_, { predictions = usualBudget }) => predictions + drawnPairs * drawnBudget,
  async run(subject, { predictions = usualBudget, seconds, seed, signal, stop, onProgress }) {
    const { predictor, rows, labels, output } = subject
    const { table, spec, predict } = columnsTable(predictor, rows, { labels, output })
    const measured = await measureInteractions(predict, table, spec, {
      budget: predictions,
      timeLimit: seconds,
      name: subject.name,
      seed,
      signal,
      stop,
      onProgress,
    })
    const common = { exact: false, imputer: 'other rows' }
    const singles = measured.importances.map(({ field, effect }): LensFinding => ({
      set: [field],
      index: 'mean change',
      order: 1,
      ...effect,
      ...common,
    }))
    const pairs = measured.pairs.map(({ fields, value, low, high, verdict }): LensFinding => ({
      set: fields,
      index: 'non-additivity',
      order: 2,
      value,
      low,
      high,
      ...common,
      ...(verdict === 'supported' ? {} : { reason: reasons[verdict] }),
    }))
    const drawn: PairGrid[] = []
    let spent = measured.cost.predictions
    for (const { fields } of measured.pairs.filter(pair => pair.refined).slice(0, drawnPairs)) {
      if (stop?.aborted) break
      if (fields.some(name => subject.lists.has(predictor.fields.findIndex(field => field.name === name)))) continue
      const effect = await pairEffect(predict, table, spec, fields, { budget: drawnBudget, bins: 10, seed, signal })
      spent += effect.predictions
      if (effect.counts.some(count => count >= readableRows)) drawn.push(gridOf(subject, effect))
    }
    return {
      results: [...singles, ...pairs],
      complete: measured.complete,
      rows: measured.plan.rows,
      predictions: spent,
      pairs: drawn,
      notes: [
        'mean change: how far the answer moves when a field is replaced by that of another row',
        'non-additivity: how far it moves when two are, beyond what each does alone',
      ],
    }
  },
}

const reasons = { 'within noise': 'not confirmed by the labels', 'not tested': 'not tested' }

function gridOf({ predictor, text, units }: Subject, effect: PairEffect): PairGrid {
  const place = (name: string) => predictor.fields.findIndex(field => field.name === name)
  return pairGrid(
    effect,
    units,
    name => predictor.fields[place(name)]!.type,
    (name, levels) =>
      levels.map(level => {
        if (level.kind === 'other') return 'other values'
        if (level.kind === 'value') return text(place(name), level.id)
        return `${text(place(name), level.low)} to ${text(place(name), level.high)}`
      }),
  )
}
