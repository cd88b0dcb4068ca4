import { formatCount, formatShare, influenceBars, type ChartSpec } from '../../../charts/index.ts'
import type { Influence, RowInfluence } from '../../../lenses/index.ts'
import type { Finding } from '../../../system/index.ts'

/** What a training row is called and says. */
export interface RowWords {
  number(row: number): number
  says(row: number): string
}

export interface Told {
  results: Finding[]
  figures: ChartSpec[]
  notes: string[]
}

export interface TellOptions {
  /** Rows told, of either sign. */
  top: number
  words: RowWords
  units: string
}

/** The training rows with the most influence on an answer, those that raise it before those that lower it. */
export function toldOf(influence: Influence, found: RowInfluence, on: string, options: TellOptions): Told {
  const { values, layers } = found
  const order = [...values.keys()].sort((a, b) => Math.abs(values[b]!) - Math.abs(values[a]!)).slice(0, options.top)
  order.sort((a, b) => values[b]! - values[a]!)
  const sizes = layers.map(layer => layer.values.reduce((sum, value) => sum + Math.abs(value), 0))
  const total = sizes.reduce((sum, size) => sum + size, 0) || 1
  const shares = layers.map(({ name }, l) => `${name} ${formatShare(sizes[l]! / total)}`)
  return {
    ...tell(order, values, 'influence', on, options),
    notes: [
      `how far one more copy of a training row would move ${on}; its removal moves it the other way`,
      `by layer: ${shares.join(', ')}`,
      ...notesOf(influence),
    ],
  }
}

/** The training rows that stand most alone: where labels are wrong, they come first. */
export function loneRows(influence: Influence, options: TellOptions): Told {
  const values = influence.self()
  const order = [...values.keys()].sort((a, b) => values[b]! - values[a]!).slice(0, options.top)
  return {
    ...tell(order, values, 'self-influence', 'each row itself', options),
    notes: [
      'how far one more copy of a row would raise its own log-likelihood: large where no other row says the same, so look here for wrong labels first',
      ...notesOf(influence),
    ],
  }
}

function tell(
  order: readonly number[],
  values: Float64Array,
  index: string,
  on: string,
  { words, units }: TellOptions,
): Omit<Told, 'notes'> {
  const rows = order.map(row => ({ number: words.number(row), says: words.says(row), value: values[row]! }))
  return {
    results: rows.map(({ number, says, value }) => ({ set: [`row ${number}`], index, value, reason: says })),
    figures: [influenceBars({ rows, on, units, of: values.length })],
  }
}

function notesOf({ tracked, untracked }: Influence): string[] {
  const layers = tracked.map(
    ({ name, inputs, outputs }) => `${name} (${formatCount(inputs)} to ${formatCount(outputs)})`,
  )
  return [
    `through ${layers.join(', ')}${untracked.length > 0 ? `; not through ${untracked.join(', ')}` : ''}`,
    'to first order, about the final weights: no claim of what retraining would give; near-duplicates share the credit',
  ]
}
