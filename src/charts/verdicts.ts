import type { Table } from './chart.ts'
import { formatCount, formatNumber, formatQuantity } from './format.ts'

/** One sentence of a study with what was expected of it and what was measured. */
export interface Claim {
  claim: string
  expected: string
  /** With its interval; absent where the claim was not run. */
  measured?: string | number | null
  /** null: not run, the reason in `note`. */
  holds: boolean | null
  seeds?: readonly number[]
  note?: string
}

export type Verdict = 'does not hold' | 'holds' | 'not run'

/** Mark beside the word, never colour alone. */
export const verdictMarks: Record<Verdict, string> = { 'does not hold': '✗', holds: '✓', 'not run': '–' }

export const verdictOf = ({ holds }: Pick<Claim, 'holds'>): Verdict =>
  holds === null ? 'not run' : holds ? 'holds' : 'does not hold'

const order: Verdict[] = ['does not hold', 'holds', 'not run']

/** Failures first, then what holds, then what was not run; within each as given. */
export function sortedClaims<T extends Pick<Claim, 'holds'>>(claims: readonly T[]): T[] {
  return [...claims].sort((a, b) => order.indexOf(verdictOf(a)) - order.indexOf(verdictOf(b)))
}

/** `1 holds, 1 does not, 1 not run` */
export function verdictSummary(claims: readonly Pick<Claim, 'holds'>[]): string {
  const count = (wanted: Verdict) => claims.filter(claim => verdictOf(claim) === wanted).length
  const [failed, held, left] = order.map(count) as [number, number, number]
  const parts = [
    held > 0 || failed + left === 0 ? `${held} ${held === 1 ? 'holds' : 'hold'}` : '',
    failed > 0 ? `${failed} ${failed === 1 ? 'does' : 'do'} not` : '',
    left > 0 ? `${left} not run` : '',
  ]
  return parts.filter(Boolean).join(', ')
}

/** The verdict table: mark and word, claim, expected, measured, seeds, note; failures first. */
export function verdictTable(claims: readonly Claim[]): Table {
  return {
    columns: ['verdict', 'claim', 'expected', 'measured', 'seeds', 'note'].map(title => ({
      title,
      format: title === 'seeds' ? 'count' : 'text',
    })),
    rows: sortedClaims(claims).map(claim => {
      const verdict = verdictOf(claim)
      return [
        `${verdictMarks[verdict]} ${verdict}`,
        claim.claim,
        claim.expected,
        measuredText(claim),
        claim.seeds?.length ?? null,
        claim.note ?? null,
      ]
    }),
  }
}

/** What was measured, as written; bare numbers get four significant digits. */
export function measuredText({ measured }: Pick<Claim, 'measured'>): string {
  if (typeof measured === 'string') return measured
  if (measured != null && Number.isInteger(measured)) return formatCount(measured)
  return formatNumber(measured, 4)
}

/** `does not hold: expected >= 8 of 13, measured 5 of 13 (3 seeds)` */
export function verdictSentence(claim: Claim): string {
  const verdict = verdictOf(claim)
  if (verdict === 'not run') return `not run: ${claim.note ?? 'no reason given'}`
  const seeds = claim.seeds === undefined ? '' : ` (${formatQuantity(claim.seeds.length, 'seed')})`
  return `${verdict}: expected ${claim.expected}, measured ${measuredText(claim)}${seeds}`
}
