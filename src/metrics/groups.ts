import { checkAnswers } from './check.ts'

/** Rows of one group ranked by score, highest first, and cut into blocks of equal score. */
export interface RankedGroup {
  /** [size] targets in rank order. */
  relevance: Float64Array
  /** End (exclusive) of each block of tied scores. */
  blockEnds: number[]
}

/** Splits rows by their group and ranks each by score. Groups come in order of their first row. */
export function rankGroups(
  targets: ArrayLike<number>,
  scores: ArrayLike<number>,
  group: ArrayLike<number>,
): RankedGroup[] {
  checkAnswers(targets, scores)
  checkAnswers(targets, group)
  return rowsByGroup(group).map(rows => {
    rows.sort((a, b) => scores[b]! - scores[a]! || a - b)
    const blockEnds: number[] = []
    for (let i = 1; i <= rows.length; i++) {
      if (i === rows.length || scores[rows[i]!] !== scores[rows[i - 1]!]) blockEnds.push(i)
    }
    return { relevance: Float64Array.from(rows, row => targets[row]!), blockEnds }
  })
}

function rowsByGroup(group: ArrayLike<number>): Int32Array[] {
  const places = new Map<number, number>()
  const sizes: number[] = []
  const placeOfRow = new Int32Array(group.length)
  for (let i = 0; i < group.length; i++) {
    let place = places.get(group[i]!)
    if (place === undefined) {
      place = sizes.length
      places.set(group[i]!, place)
      sizes.push(0)
    }
    placeOfRow[i] = place
    sizes[place]!++
  }
  const rows = sizes.map(size => new Int32Array(size))
  const filled = new Int32Array(sizes.length)
  for (let i = 0; i < group.length; i++) rows[placeOfRow[i]!]![filled[placeOfRow[i]!]!++] = i
  return rows
}

/** Per-group values of one metric; groups where it is undefined are left out and counted. */
export interface GroupValues {
  values: Float64Array
  /** Rows of each group kept. */
  sizes: Float64Array
  dropped: number
}

export function valuesByGroup(groups: RankedGroup[], value: (group: RankedGroup) => number): GroupValues {
  const kept = groups
    .map(group => ({ value: value(group), size: group.relevance.length }))
    .filter(entry => !Number.isNaN(entry.value))
  return {
    values: Float64Array.from(kept, entry => entry.value),
    sizes: Float64Array.from(kept, entry => entry.size),
    dropped: groups.length - kept.length,
  }
}

/** AUC within one group, ties half; NaN when a class is missing. */
export function aucOfGroup({ relevance, blockEnds }: RankedGroup): number {
  let positivesAbove = 0
  let negativesInAll = 0
  let wins = 0
  let start = 0
  for (const end of blockEnds) {
    let positives = 0
    for (let i = start; i < end; i++) if (relevance[i]! > 0) positives++
    const negatives = end - start - positives
    wins += negatives * (positivesAbove + positives / 2)
    positivesAbove += positives
    negativesInAll += negatives
    start = end
  }
  return wins / (positivesAbove * negativesInAll)
}
