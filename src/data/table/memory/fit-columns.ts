import { InterplayError } from '../../../errors/index.ts'
import { hashedAsAsked, minCountOf, tooMany, type FitOptions } from '../categories.ts'
import { isMissing, listOf, momentOf, numberOf, tokenOf } from '../encode-rows.ts'
import { vocabulary, type CategoricalEncoding, type FieldEncoding, type SequenceEncoding } from '../encoding.ts'
import { fitNumbers, type NumberPlan } from '../number-fit.ts'
import type { InputPlan } from '../plan.ts'
import { byCount, tally } from './tally.ts'

/** An input after the fit, as `FittedField` has it. */
export interface FittedColumn {
  plan: InputPlan
  encoding: FieldEncoding | undefined
  trainValues: number
  rare: number
}

/**
 * Fits one input on the training rows, the first `train` of `cells`; `rowNumber` has the numbers of all rows from 1.
 * @throws InterplayError `data/not-finite`, `data/type`, `data/too-many-values`
 */
export function fitColumn(
  plan: InputPlan,
  cells: readonly unknown[],
  rowNumber: Int32Array,
  train: number,
  options: FitOptions,
): FittedColumn {
  if (plan.kind === 'numeric' || plan.kind === 'timestamp') {
    const numbers = Float64Array.from(cells, (cell, i) => readNumber(plan, cell, rowNumber[i]!))
    return { plan, ...fitNumbers(plan, numbers.subarray(0, train), minCountOf(options, plan.name)) }
  }
  return fitCategories(plan, cells.slice(0, train), options)
}

function readNumber(plan: NumberPlan, cell: unknown, row: number): number {
  const value = plan.kind === 'numeric' ? numberOf(cell) : momentOf(cell, plan)
  if (typeof value !== 'string') return value ?? NaN
  throw new InterplayError(
    value === 'must be finite' ? 'data/not-finite' : 'data/type',
    `row ${row}, '${plan.name}' ${value}`,
  )
}

function fitCategories(
  plan: Extract<InputPlan, { kind: 'categorical' | 'sequence' }>,
  cells: readonly unknown[],
  options: FitOptions,
): FittedColumn {
  const { name, required } = plan
  const minCount = minCountOf(options, name)
  const lists =
    plan.kind === 'sequence' ? cells.map(cell => (isMissing(cell) ? [] : (listOf(cell, plan.separator) ?? []))) : []
  const tokens =
    plan.kind === 'sequence'
      ? lists.flat()
      : cells.map(cell => tokenOf(cell, plan.cells)).filter(token => token !== undefined)
  const met = tally<string | number>(
    plan.kind === 'categorical' && plan.cells === 'number' ? tokens.map(ordered) : tokens,
  )
  const hashed = hashedAsAsked(plan, options)
  const kept = byCount(met).filter(([, count]) => hashed !== undefined || count >= minCount)
  if (!hashed && kept.length >= options.maxValues) throw tooMany(name, kept.length)
  const found = { plan, trainValues: Math.min(met.size, 2), rare: met.size - kept.length }
  if (found.trainValues < 2) return { ...found, encoding: undefined, rare: 0 }
  const values = hashed ?? vocabulary(kept.map(([value]) => String(value)))
  const encoding: CategoricalEncoding | SequenceEncoding =
    plan.kind === 'categorical'
      ? { name, type: 'categorical', required, cells: plan.cells, ...values }
      : {
          name,
          type: 'sequence',
          required,
          separator: plan.separator,
          length: Math.max(1, Math.min(longest(lists), options.maxSequenceLength)),
          ...values,
        }
  return { ...found, encoding }
}

/** Codes that are numbers are ordered as numbers. */
const ordered = (token: string): string | number => (Number.isNaN(Number(token)) ? token : Number(token))

const longest = (lists: readonly string[][]): number => lists.reduce((most, list) => Math.max(most, list.length), 0)
