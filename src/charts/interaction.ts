import type { Table } from './chart.ts'
import { formatCount, formatEffect, formatQuantity, formatSet, type Measured } from './format.ts'
import { overZero } from './importance.ts'

export interface Interaction extends Measured {
  set: string[]
  value: number
  /** Whether the labels of the rows bear it out; undefined where that was not tested. */
  confirmed?: boolean
}

/** With its place by |value|, from 1. */
export type RankedInteraction = Interaction & { rank: number }

/** Strongest first, numbered from 1. */
export function ranked<T extends Interaction>(interactions: T[]): (T & { rank: number })[] {
  return [...interactions]
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
    .map((entry, i) => ({ ...entry, rank: i + 1 }))
}

/** Whether nothing says that it is there: its interval covers zero, or the labels do not bear it out. */
export const unconfirmed = (pair: Interaction): boolean => overZero(pair) || pair.confirmed === false

/** Which set interacts most, and how many are told from noise or, where that was tested, borne out by the labels. */
export function interactionFinding(pairs: RankedInteraction[], units: string): string {
  const sure = pairs.filter(pair => !overZero(pair))
  const first = sure[0]
  if (pairs.length === 0) return 'No interactions were measured'
  const kind = pairs.every(pair => pair.set.length === 2) ? 'pair' : 'set'
  if (!first) return `No ${kind} is told from noise: all ${formatQuantity(pairs.length, 'interval')} cover zero`
  const strongest = `${formatEffect({ value: first.value })} ${units}`
  const tested = pairs.filter(pair => pair.confirmed !== undefined)
  if (tested.length > 0) {
    const confirmed = formatCount(tested.filter(pair => pair.confirmed).length)
    return `${formatSet(first.set)} interact most in the model: ${strongest}; the labels confirm ${confirmed} of ${formatQuantity(tested.length, kind)}`
  }
  const finding = `${formatSet(first.set)} interact most: ${strongest}`
  if (pairs.every(({ low }) => low == null)) return finding
  return `${finding}; ${sure.length} of ${formatQuantity(pairs.length, kind)} stand out from noise`
}

/** How the strongest stand to the next. */
export function strongestFinding(pairs: RankedInteraction[], units: string): string {
  const [first, second] = pairs.filter(pair => !overZero(pair))
  if (!first || !second) return interactionFinding(pairs, units)
  const values = [first, second].map(({ value }) => formatEffect({ value }))
  return `${formatSet(first.set)} before ${formatSet(second.set)}: ${values.join(' against ')} ${units}`
}

/** One interaction as a sentence: fields, value with interval, rank. */
export function describeInteraction(pair: RankedInteraction, units: string): string {
  const noise = overZero(pair) ? ', within noise' : pair.confirmed === false ? ', not confirmed by the labels' : ''
  return `${formatSet(pair.set)}: ${formatEffect(pair)} ${units}, rank ${pair.rank}${noise}`
}

export function interactionTable(pairs: RankedInteraction[], units: string): Table {
  return {
    columns: [
      { title: 'rank', format: 'count' },
      { title: 'fields', format: 'field' },
      { title: units, format: 'number' },
      { title: 'low', format: 'number' },
      { title: 'high', format: 'number' },
    ],
    rows: pairs.map(({ rank, set, value, low, high }) => [rank, formatSet(set), value, low ?? null, high ?? null]),
  }
}
