import type { FitPlan } from '../../verbs/index.ts'
import type { Origins } from '../configuration/resolve.ts'
import { labelled } from '../terminal/labelled.ts'
import type { Style } from '../terminal/style.ts'
import { table } from '../terminal/table.ts'
import { renderFitHead } from './fit.ts'

/** What `--dry-run` says: the head of the run, then every setting with where it came from. */
export function renderPlan(plan: FitPlan, origins: Origins, style: Style): string[] {
  const { system, options, ...shared } = plan.settings
  const own = Object.entries(options).map(([key, value]) => [`set.${key}`, value] as const)
  const rows = [...Object.entries({ system, ...shared }), ...own]
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value), origins[key] ?? 'default'])
  const columns = [{ title: 'setting' }, { title: 'value', wrap: true }, { title: 'origin', paint: style.muted }]
  const notes = plan.notes.flatMap(note => labelled('note', note, style))
  return [...renderFitHead(plan, style), ...notes, '', ...table(columns, rows, style)]
}
