import { formatDuration, formatNumber } from '../../charts/format.ts'
import type { Style } from '../terminal/style.ts'
import { table, type Row } from '../terminal/table.ts'

export interface Claim {
  claim: string
  expected: string | number
  measured: string | number | null
  /** Null where the claim was not run. */
  holds: boolean | null
  /** Why it was not run. */
  note?: string
}

export interface StudyDocument {
  claims: Claim[]
  seconds: number
  /** The page drawn from it, where one was written. */
  page?: string
}

/** Failures first, then what holds, then what was not run; the order of the study within each. */
const order = (holds: boolean | null) => (holds === null ? 2 : holds ? 1 : 0)

export const valueText = (value: string | number | null) =>
  typeof value === 'number' ? formatNumber(value) : (value ?? '–')

/** One claim as it is settled. */
export const renderSettled = (system: string, { claim, measured, holds }: Claim, style: Style): string => {
  const { text: sign, paint } = mark(holds, style)
  return `${paint(sign)} ${system}: ${claim}: ${valueText(measured)}`
}

const columns = [
  {},
  { title: 'claim', gap: 4, wrap: true },
  { title: 'expected', gap: 4, wrap: true },
  { title: 'measured', wrap: true },
]

const rowsOf = (claims: readonly Claim[], style: Style): Row[] =>
  [...claims]
    .sort((a, b) => order(a.holds) - order(b.holds))
    .map(claim => [
      mark(claim.holds, style),
      claim.claim,
      valueText(claim.expected),
      claim.holds === null ? `not run${claim.note ? `: ${claim.note}` : ''}` : valueText(claim.measured),
    ])

/** The verdicts alone. */
export const renderClaims = (claims: readonly Claim[], style: Style): string[] =>
  table(columns, rowsOf(claims, style), style)

/** The verdicts of a study under its columns, and their count. */
export function renderStudy({ claims, seconds, page }: StudyDocument, style: Style): string[] {
  const summary = [{ text: verdict(claims), span: 2, paint: style.strong }, formatDuration(seconds), page ?? '']
  return table(columns, [...rowsOf(claims, style), summary], style)
}

function mark(holds: boolean | null, style: Style) {
  if (holds === null) return { text: '–', paint: style.muted }
  return holds ? { text: '✓', paint: style.good } : { text: '✗', paint: style.bad }
}

const counted = (count: number, one: string, more: string) =>
  count === 0 ? [] : [`${count} ${count === 1 ? one : more}`]

function verdict(claims: Claim[]): string {
  const count = (holds: boolean | null) => claims.filter(claim => claim.holds === holds).length
  return [
    ...counted(count(true), 'holds', 'hold'),
    ...counted(count(false), 'does not', 'do not'),
    ...counted(count(null), 'not run', 'not run'),
  ].join(', ')
}
