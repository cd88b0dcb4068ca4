import { formatCount, formatDuration, formatQuantity, formatSet, formatShare } from '../../charts/format.ts'
import { quote } from '../shell.ts'
import { labelled, named } from '../terminal/labelled.ts'
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
  /** Of the system: its `score` names the column. */
  options?: Record<string, unknown>
}

/** What is said before the ranking, and after it. */
export interface RankAbout extends RankDocument {
  data: string
  target: string
  /** Rows it rests on. */
  ranked: number
  run: string
  files: string[]
  notes: string[]
  seconds: number
}

const four = (value: number | null) => (value === null ? '–' : value.toFixed(4))

const isNoise = ({ gain, noise }: RankRow) => gain !== null && noise !== null && gain <= noise

const units: Record<string, string> = { adjusted: 'adjusted', coverage: 'coverage' }

/** What is ranked, and by what. */
export const renderRankHead = ({ data, target, ranked, rows }: RankAbout, style: Style): string[] => [
  ...labelled(
    'data',
    named(data, `${formatQuantity(ranked, 'row')} ranked, ${formatQuantity(rows.length, 'set')}`),
    style,
  ),
  ...labelled('target', target, style),
  '',
]

/** Where it was written, and one next step. */
export function renderRankClosing(
  { run, files, notes, seconds, options }: RankAbout,
  given: readonly string[],
  style: Style,
): string[] {
  const table = given.map(quote).join(' ')
  const next = options?.['order'] === 1 ? `interplay rank ${table} --order 2` : `interplay fit ${table}`
  return [
    '',
    ...notes.flatMap(note => labelled('note', note, style)),
    ...labelled('wrote', `${run}   ${files.join(', ')}, in ${formatDuration(seconds)}`, style),
    ...labelled('next', next, style, { whole: true }),
  ]
}

/** Fields or sets by what they tell of the target; a line parts those that controls do as well. */
export function renderRank({ rows, options }: RankDocument, style: Style): string[] {
  const columns = [
    { title: '#', align: 'right' as const, minWidth: 2 },
    { title: rows.some(({ set }) => set.length > 1) ? 'fields' : 'field', gap: 2, wrap: true, paint: style.strong },
    { title: units[String(options?.['score'])] ?? 'gain (nats)', align: 'right' as const },
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
