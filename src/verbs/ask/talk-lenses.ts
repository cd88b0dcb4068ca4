import { takeRows } from '../../lenses/index.ts'
import { causalDeFinetti } from '../../systems/explain/causal-de-finetti/index.ts'
import type { LensAsked, LensShown, LensWords, TalkLens } from '../../systems/explain/dialogue-explain/api.ts'
import { multimodalInteractions } from '../../systems/explain/multimodal-interactions/index.ts'
import { systems } from '../../systems/index.ts'
import type { AnySystem } from '../../system/index.ts'
import { InterplayError } from '../../errors/index.ts'
import { explainData } from '../explain/explain-system.ts'
import type { Lens } from '../explain/lens.ts'
import { lenses } from '../explain/lenses.ts'
import type { Subject } from '../explain/subject.ts'

/** Where the rows come from, for lenses that read a table by themselves. */
export interface TalkTable {
  input: string
  target?: string
  threads?: number
}

/** Every lens that looks at this subject: those of predictors, a run's view of itself, those of its table. */
export function talkLenses(subject: Subject, system: string | undefined, table: TalkTable | undefined): TalkLens[] {
  const views = new Set(systems.filter(each => each.view ?? each.viewKept).map(({ name }) => name))
  const own = lenses.filter(lens => !views.has(lens.name) || lens.name === system)
  return [...own.map(lens => ofPredictor(lens, subject)), ...(table ? ofTables(table) : [])]
}

const ofPredictor = (lens: Lens, subject: Subject): TalkLens => ({
  name: lens.name,
  alias: lens.alias,
  summary: lens.summary,
  of: lens.of,
  fields: 0,
  async look({ row, group, top, budget, seed, signal }: LensAsked): Promise<LensShown> {
    const { results, rows, predictions, units, figures, notes, complete } = await lens.run(
      group ? onlyRows(subject, group) : subject,
      { row, order: 2, predictions: budget, imputer: 'marginal', constraints: [], top, seed, signal, onProgress() {} },
    )
    return { results, rows, predictions, units: units ?? subject.units, figures: figures ?? [], notes, complete }
  },
})

/** The subject with only some of its rows, by their numbers. */
function onlyRows(subject: Subject, numbers: readonly number[]): Subject {
  const wanted = new Set(numbers)
  const places = Int32Array.from(subject.rowNumbers.keys()).filter(at => wanted.has(subject.rowNumbers[at]!))
  const { labels } = subject
  return {
    ...subject,
    rows: takeRows(subject.rows, places),
    rowNumbers: Int32Array.from(places, at => subject.rowNumbers[at]!),
    labels: labels && { ...labels, values: Float64Array.from(places, at => labels.values[at]!) },
  }
}

const ofTables = (table: TalkTable): TalkLens[] => [
  ofTable(causalDeFinetti, { alias: 'causal', fields: 1, role: 'environments' }, { ...table, target: undefined }),
  ofTable(multimodalInteractions, { alias: 'modalities', fields: 2, role: 'modality' }, table),
]

const ofTable = (
  system: AnySystem,
  { role, ...words }: Omit<LensWords, 'name' | 'of'> & { role: string },
  { input, target, threads }: TalkTable,
): TalkLens => ({
  name: system.name,
  ...words,
  summary: system.summary,
  of: 'rows',
  async look({ group, fields, seed, signal }: LensAsked): Promise<LensShown> {
    if (group)
      throw new InterplayError('ask/needs', `${system.name} reads the whole table, not a group of its rows`, {
        try: `lens ${words.alias} of ${fields.map(name => JSON.stringify(name)).join(', ')}`,
      })
    const document = await explainData(system, input, { target, roles: { [role]: fields }, seed, threads, signal })
    const { results, rows, units, notes, complete } = document
    return { results, rows, predictions: 0, units, figures: [], notes, complete }
  },
})
