import type { Interactions } from '../../../../data/index.ts'
import type { CaseScorer } from '../rank.ts'

/** Choices that the whole population lends to a cell of few. */
const lent = 20

/** How often training events have each item, the same for everybody. */
export const popularity = (data: Interactions, train: Int32Array): CaseScorer => {
  const counts = countsOf(data, train)
  return async (cases, items) => Float64Array.from({ length: cases.length * items }, (_, at) => counts[at % items]!)
}

/** The same within each value of a user attribute, eked out by the whole population. */
export const popularityWithin = (data: Interactions, train: Int32Array, attribute: string): CaseScorer => {
  const values = data.users.attributes.find(({ name }) => name === attribute)!.values
  const cellOf = (user: number) => values[user]![0] ?? ''
  const all = countsOf(data, train)
  const cells = new Map<string, Float64Array>()
  for (const i of train) {
    const cell = cellOf(data.events!.user[i]!)
    const counts = cells.get(cell) ?? all.map(count => (count * lent) / train.length)
    counts[data.events!.item[i]!]!++
    cells.set(cell, counts)
  }
  return async (cases, items) =>
    Float64Array.from(
      { length: cases.length * items },
      (_, at) => (cells.get(cellOf(cases[Math.floor(at / items)]!.user)) ?? all)[at % items]!,
    )
}

function countsOf({ items, events }: Interactions, train: Int32Array): Float64Array {
  const counts = new Float64Array(items.names.length)
  for (const i of train) counts[events!.item[i]!]!++
  return counts
}
