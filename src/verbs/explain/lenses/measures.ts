import { InterplayError } from '../../../errors/index.ts'
import { partialMeasures, rowsFor, rowsIn, type SetMeasures } from '../../../lenses/index.ts'
import type { Lens, LensFinding } from '../lens.ts'
import type { Subject } from '../subject.ts'

const usualBudget = 500_000

type Measure = 'h' | 'sobol' | 'total' | 'fis' | 'strength'

interface Shown {
  name: string
  summary: string
  needs?: 'labels'
  units(subject: Subject): string
  /** The measures of single fields and of pairs, with their names. */
  singles: readonly (readonly [Measure, string])[]
  pairs: readonly (readonly [Measure, string])[]
  notes: string[]
}

const lens = ({ name, summary, needs, units, singles, pairs, notes }: Shown): Lens => ({
  name,
  summary,
  of: 'rows',
  needs,
  cost({ predictor, rows }, { predictions = usualBudget }) {
    const sets = predictor.fields.length * (1 + (predictor.fields.length - 1) / 2)
    return sets * Math.min(rowsIn(rows), rowsFor(predictor.fields.length, predictions)) ** 2
  },
  async run(subject, { predictions = usualBudget, seconds, seed, signal, stop, onProgress }) {
    const { predictor, rows, output } = subject
    const labels = needs === 'labels' ? subject.labels : undefined
    if (needs === 'labels' && !labels)
      throw new InterplayError('lens/needs', `${name} needs labels of the rows, '${subject.data}' has none here`, {
        try: '--lens h-statistic',
      })
    const result = await partialMeasures(predictor, rows, {
      budget: predictions,
      timeLimit: seconds,
      labels,
      output,
      seed,
      signal,
      stop,
      onProgress,
    })
    const found = (sets: SetMeasures[], shown: Shown['singles']) =>
      shown.flatMap(([measure, index]) =>
        sets.map(({ set, ...measures }): LensFinding => ({
          set,
          index,
          order: set.length,
          ...measures[measure]!,
          exact: false,
          imputer: 'marginal',
        })),
      )
    return {
      results: [...found(result.singles, singles), ...found(result.pairs, pairs)],
      complete: result.complete,
      rows: result.rows,
      predictions: result.predictions,
      units: units(subject),
      notes: [...notes, 'fields are taken as independent of each other'],
    }
  },
})

export const hLens = lens({
  name: 'h-statistic',
  summary: "Friedman and Popescu's H: the share of a joint effect that is interaction",
  units: () => 'of the joint variance',
  singles: [['h', 'H']],
  pairs: [['h', 'H']],
  notes: [
    'H is squared: a share of variance. It is large also where a joint effect is small: see non-additivity beside it',
  ],
})

export const sobolLens = lens({
  name: 'sobol',
  summary: 'functional analysis of variance: the share of the variance of the answers',
  units: () => 'of the variance',
  singles: [
    ['sobol', 'Sobol'],
    ['total', 'Sobol total'],
  ],
  pairs: [['sobol', 'Sobol']],
  notes: ['Sobol total: the share that a field has anything to do with'],
})

export const fisLens = lens({
  name: 'fis',
  summary: 'feature interaction score: what shuffling two fields costs beyond shuffling each',
  needs: 'labels',
  units: ({ labels }) => (labels?.kind === 'binary' ? 'log loss' : 'squared error'),
  singles: [['fis', 'rise of the loss']],
  pairs: [['fis', 'FIS']],
  notes: ['FIS below zero: either field alone already destroys what both know together'],
})
