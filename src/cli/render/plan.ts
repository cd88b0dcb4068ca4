import { formatBytes, formatCount, formatQuantity } from '../../charts/format.ts'
import type { FitPlan, LeaderboardPlan, SearchPlan, StudyPlan, SystemPlan } from '../../verbs/index.ts'
import type { Origins } from '../configuration/resolve.ts'
import { labelled } from '../terminal/labelled.ts'
import type { Style } from '../terminal/style.ts'
import { table } from '../terminal/table.ts'
import { renderDataHead, renderFitHead } from './fit.ts'

/** What `--dry-run` says: the head of the run, then every setting with where it came from. */
export const renderPlan = (plan: FitPlan, origins: Origins, style: Style): string[] => [
  ...renderFitHead(plan, style),
  ...notesOf(plan.notes, style),
  '',
  ...settingsOf(plan.settings, origins, style),
]

/** Of a search over systems or settings: every candidate with what it takes, and the settings that they share. */
export function renderSearchPlan({ plan, candidates }: SearchPlan, origins: Origins, style: Style): string[] {
  if (candidates.length === 0) return renderPlan(plan, origins, style)
  const columns = [
    { title: 'candidate', paint: style.strong, wrap: true },
    { title: 'parameters', align: 'right' as const },
    { title: 'memory', align: 'right' as const },
  ]
  const rows = candidates.map(({ name, parameters, memoryBytes }) => [
    name,
    formatCount(parameters),
    formatBytes(memoryBytes),
  ])
  return [
    ...renderDataHead(plan, style),
    ...notesOf(plan.notes, style),
    '',
    ...table(columns, rows, style),
    '',
    ...settingsOf(plan.settings, origins, style),
  ]
}

/** Of a system with a fit of its own. */
export const renderSystemPlan = ({ plan }: SystemPlan, origins: Origins, style: Style): string[] => [
  ...labelled('data', plan.data.name, style),
  ...labelled('system', plan.system.name, style),
  '',
  ...settingsOf(plan.settings, origins, style),
]

/** Every claim that a study would check, system by system. */
export const renderStudyPlan = ({ size, seeds, studies }: StudyPlan, style: Style): string[] =>
  studies.flatMap(({ system, claims }, i) => [
    ...(i > 0 ? [''] : []),
    ...labelled(
      'study',
      `${system}   ${formatQuantity(claims.length, 'claim')}, ${size}, seeds ${seeds.join(', ')}`,
      style,
    ),
    ...table(
      [{ title: 'claim', wrap: true }, { title: 'expected' }],
      claims.map(({ claim, expected }) => [claim, String(expected)]),
      style,
    ),
  ])

/** Every row of a board by its seeds: kept, or to be trained. */
export function renderLeaderboardPlan({ dataset, protocol, notes, rows }: LeaderboardPlan, style: Style): string[] {
  const names = [...new Set(rows.map(({ row }) => row))]
  const seedsOf = (name: string, kept: boolean) =>
    rows.flatMap(each => (each.row === name && each.kept === kept ? [each.seed] : [])).join(', ')
  const systemOf = new Map(rows.map(({ row, system }) => [row, system]))
  const columns = [{ title: 'row', paint: style.strong }, { title: 'system' }, { title: 'kept' }, { title: 'to train' }]
  return [
    `${dataset}, ${protocol}`,
    ...notesOf(notes, style),
    '',
    ...table(
      columns,
      names.map(name => [name, systemOf.get(name)!, seedsOf(name, true), seedsOf(name, false)]),
      style,
    ),
  ]
}

const notesOf = (notes: readonly string[], style: Style) => notes.flatMap(note => labelled('note', note, style))

/** Every setting with its value and where it came from; options of the system behind the others. */
function settingsOf(settings: Readonly<Record<string, unknown>>, origins: Origins, style: Style): string[] {
  const { options = {}, ...shared } = settings
  const own = Object.entries(options as Record<string, unknown>).map(([key, value]) => [`set.${key}`, value] as const)
  const rows = [...Object.entries(shared), ...own]
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value), origins[key] ?? 'default'])
  const columns = [{ title: 'setting' }, { title: 'value', wrap: true }, { title: 'origin', paint: style.muted }]
  return table(columns, rows, style)
}
