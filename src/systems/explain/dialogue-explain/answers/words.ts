import { formatEffect, formatMeasured, formatNumber, formatShare } from '../../../../charts/index.ts'
import type { Estimate } from '../../../../metrics/index.ts'
import type { Bench, Group } from './bench.ts'

/** `10.3% [9.1, 11.6]` of a share. */
export const shareWords = ({ value, low, high }: Estimate): string =>
  Number.isFinite(value)
    ? `${formatShare(value)} [${(100 * low).toFixed(1)}, ${(100 * high).toFixed(1)}]`
    : 'not defined'

export const measureWords = ({ value, low, high }: Estimate): string =>
  Number.isFinite(value) ? formatMeasured({ value, low, high }) : 'not defined'

export const effectWords = (measured: { value: number; low?: number | null; high?: number | null }): string =>
  formatEffect(measured)

/** A difference with its sign. */
export const signed = (value: number): string => `${value >= 0 ? '+' : ''}${formatNumber(value)}`

/** What the model says of the first row of a group: `10.3% yes, so no`, or a number. */
export function saysOf(bench: Bench, { answers }: Pick<Group, 'answers'>, row = 0): string {
  const chance = answers.probabilities?.[row]
  if (chance === undefined) return `${formatNumber(answers.values[row], 4)} ${bench.subject.units}`
  const [, positive] = bench.classes
  return `${formatShare(chance)} ${positive}, so ${bench.classes[answers.called![row]!]}`
}

/** What the target was in a row. */
export const truthOf = (bench: Bench, label: number | undefined): string | undefined =>
  label === undefined ? undefined : bench.binary ? bench.classes[label] : formatNumber(label, 4)

export const listed = (names: readonly string[]): string =>
  names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : (names[0] ?? '')
