import { formatCount, formatSet, formatShare } from '../../charts/format.ts'
import type { Style } from '../terminal/style.ts'
import { table, type Row } from '../terminal/table.ts'

export interface RankRow {
  set: string[]
  /** Nats. */
  gain: number | null
  /** What shuffled controls of the same shape reach. */
  noise: number | null
  values: number
  /** Share in [0, 1]. */
  missing: number
  flags: string[]
}

export interface RankDocument {
  /** Strongest first. */
  rows: RankRow[]
}

const four = (value: number | null) => (value === null ? '–' : value.toFixed(4))

const isNoise = ({ gain, noise }: RankRow) => gain !== null && noise !== null && gain <= noise

/** Fields or sets by what they tell of the target; a line parts those that controls do as well. */
export function renderRank({ rows }: RankDocument, style: Style): string[] {
  const columns = [
    { title: '#', align: 'right' as const, minWidth: 2 },
    { title: rows.some(({ set }) => set.length > 1) ? 'fields' : 'field', gap: 2, wrap: true, paint: style.strong },
    { title: 'gain (nats)', align: 'right' as const },
    { title: 'noise up to', align: 'right' as const },
    { title: 'values', align: 'right' as const },
    { title: 'missing', align: 'right' as const },
    { paint: style.warning },
  ]
  const lines: Row[] = rows.map(({ set, gain, noise, values, missing, flags }, index) => [
    String(index + 1),
    formatSet(set),
    four(gain),
    four(noise),
    formatCount(values),
    formatShare(missing),
    flags.join(', '),
  ])
  const controls = rows.findIndex((_, index) => rows.slice(index).every(isNoise))
  const text = '--  controls rank here: nothing below is told from noise --'
  if (controls >= 0) lines.splice(controls, 0, [{ text, span: columns.length, paint: style.muted }])
  return table(columns, lines, style)
}
