import { InterplayError } from '../../../errors/index.ts'
import type { TableSystem } from '../../../system/index.ts'
import { besideAblation, viewedOf } from '../../own-view.ts'
import type { Lens, LensFinding } from '../lens.ts'
import { indicesLens } from './indices.ts'
import { pairsLens } from './pairs.ts'

/** Of all rows, the ablation is the non-additivity of each pair; of one row, its interaction index. */
const ablationOf = (row: number | undefined): { lens: Lens; index: string } =>
  row === undefined ? { lens: pairsLens, index: 'non-additivity' } : { lens: indicesLens, index: 'SII' }

/** What runs of a system show of themselves, every pair beside its ablation. */
export const ownViewLens = ({ name, view, viewKept }: TableSystem): Lens => ({
  name,
  summary: `what ${name} shows of itself, beside an ablation of every pair`,
  of: 'either',
  cost: (subject, options) => ablationOf(options.row).lens.cost(subject, pairwise(options)),
  async run(subject, options) {
    const { row, seed, signal } = options
    if (!subject.run || !subject.open)
      throw new InterplayError('lens/needs', `${name} looks inside its own runs, '${subject.name}' answers only`, {
        try: `interplay fit ROWS -s ${name}`,
      })
    const { system, kept } = await subject.run()
    if (system.name !== name)
      throw new InterplayError(
        'lens/needs',
        `${name} looks inside its own runs, '${subject.name}' is a run of ${system.name}`,
        {
          try: system.view || system.viewKept ? `--lens ${system.name}` : '--lens pairs',
        },
      )
    const { lens, index } = ablationOf(row)
    const opened = view && (await subject.open(row))
    const measured = await lens.run(subject, pairwise(options))
    const own = opened
      ? await view(opened.trained, viewedOf(opened.rows, seed), {
          output: subject.output,
          nameOf: opened.nameOf,
          signal,
        })
      : await viewKept!(kept)
    const pairs = measured.results.filter(each => each.index === index && each.order === 2)
    const { figures, finding } = besideAblation(own, {
      name: index,
      pairs,
      units: subject.units,
      rows: measured.rows,
    })
    const weights = own.pairs.map(({ set, value }): LensFinding => ({
      set: [...set],
      index: own.weight,
      order: 2,
      value,
      low: null,
      high: null,
      exact: true,
      imputer: 'none',
      units: 'weight',
      reason: 'a weight inside the model, not an effect on its answer',
    }))
    return {
      ...measured,
      results: [...measured.results, ...weights],
      figures: [...figures, ...(measured.figures ?? [])],
      notes: [...(finding === undefined ? [] : [finding]), ...own.notes, ...measured.notes],
    }
  },
})

const pairwise = <O extends { order: number; index?: unknown }>(options: O): O => ({
  ...options,
  order: 2,
  index: undefined,
})
