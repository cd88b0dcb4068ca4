import { rankedRowsFor, rankingCost, rowsIn } from '../../../lenses/index.ts'
import { parseOptions } from '../../../system/index.ts'
import { explanationOf } from '../../../systems/explain/blackbox-highdim/explanation.ts'
import { blackboxHighdim } from '../../../systems/explain/blackbox-highdim/index.ts'
import { localRules } from '../../../systems/explain/blackbox-highdim/local.ts'
import { measureRules, type RulesOptions } from '../../../systems/explain/blackbox-highdim/measure.ts'
import type { Finding } from '../../../system/index.ts'
import type { Lens, LensFinding, LensOptions } from '../lens.ts'
import { rowOf } from '../row.ts'
import type { Subject } from '../subject.ts'

/** Rules that answer as a model does, on the few columns that carry it; of a row the one it falls under, and what would turn it. */
export const rulesLens: Lens = {
  name: 'blackbox-highdim',
  alias: 'rules',
  summary: blackboxHighdim.summary,
  of: 'either',
  system: true,
  cost(subject, options) {
    const settings = settingsOf(options)
    const [columns, rows] = [subject.predictor.fields.length - subject.lists.size, rowsIn(subject.rows)]
    const ranked = rankedRowsFor(columns, rows, { ...settings, predictions: options.predictions })
    return rows + settings.made + rankingCost(columns, ranked, settings)
  },
  async run(subject, options) {
    const { predictor, rows, labels, lists, target, output } = subject
    const { row, constraints, seed, stop, onProgress, predictions } = options
    const signal = AbortSignal.any([options.signal, stop].filter(each => each !== undefined))
    const own = row === undefined ? undefined : rowOf(subject, row)
    const toUnit = (column: number, cell: number) => subject.toUnit(column, cell)
    const measured = await measureRules(predictor, rows, settingsOf(options), {
      labels,
      output,
      classes: target && target.kind !== 'regression' ? target.classes : undefined,
      without: lists,
      toUnit,
      word: (column, code) => subject.text(column, code),
      predictions,
      seed,
      signal,
      onProgress,
    })
    const fields = predictor.fields.map(({ name }) => name)
    const told = explanationOf(measured, fields)
    const common = {
      complete: true,
      rows: measured.rows,
      about: 'rules' as const,
      units: 'share',
    }
    if (own === undefined)
      return {
        ...common,
        results: told.results.map(each => found(each, subject)),
        predictions: measured.predictions,
        figures: told.figures,
        notes: told.notes,
        parts: { rules: told.document },
      }
    const local = await localRules(measured.surrogate, predictor, own, {
      number: row!,
      constraints,
      output,
      toUnit,
      fromUnit: (column, value) => subject.fromUnit(column, value),
      signal,
    })
    return {
      ...common,
      results: local.results.map(each => found(each, subject)),
      predictions: measured.predictions + local.row.counterfactuals.length,
      figures: [...local.figures, ...told.figures],
      notes: [...local.notes, ...told.notes],
      parts: { rules: { ...told.document, row: local.row } },
    }
  },
}

const settingsOf = ({ settings }: LensOptions): RulesOptions => parseOptions(blackboxHighdim, settings ?? {})

/** Units of the findings that are no shares. */
const unitsOf = (index: string, subject: Subject): string | undefined =>
  ({ FBII: subject.units, counterfactual: 'median deviations' })[index]

function found({ set, index, value, reason }: Finding, subject: Subject): LensFinding {
  const units = unitsOf(index, subject)
  return {
    set: [...set],
    index,
    order: set.length,
    value,
    low: null,
    high: null,
    exact: index !== 'FBII',
    imputer: index === 'FBII' ? 'baseline' : 'none',
    ...(units === undefined ? {} : { units }),
    ...(reason === undefined ? {} : { reason }),
  }
}
