import type { TableInput, Warning } from '../data/index.ts'
import { isInterplayError } from '../errors/index.ts'
import { parseOptions } from '../system/index.ts'
import { fitTable, type FitOutcome } from './fit.ts'
import { learningOf } from './learning.ts'
import { planOf, type FitPlan } from './plan.ts'
import { choosing, type SearchOptions } from './search.ts'
import { tableFor } from './table-for.ts'
import { choicesOf, flagNotes, nothingTried, type TrialOptions } from './trials.ts'
import { version } from './version.ts'

/** What would be tried, with what it would take. */
export interface PlannedCandidate {
  name: string
  options: Record<string, unknown>
  parameters: number
  memoryBytes: number
}

/** The document of `search --dry-run`. */
export interface SearchPlan {
  schema: 'interplay.plan/1'
  interplay: string
  command: 'search'
  for: SearchOptions['for']
  /** Of the system that chooses; of candidates, the first one's with the settings that all share which learn as asked. */
  plan: FitPlan
  /** Systems or settings in the order they would be tried; none where a system chooses parts of its own model. */
  candidates: PlannedCandidate[]
  warnings: Warning[]
}

/**
 * What `search` would try: the table is read, every candidate checked and counted, nothing trained or written.
 * @throws what `search` throws before it trains
 */
export async function planSearch(input: TableInput, options: SearchOptions): Promise<SearchPlan> {
  const { for: what, trade, over, budget, ...rest } = options
  const common = { schema: 'interplay.plan/1', interplay: version, command: 'search', for: what } as const
  if (what === 'system' || what === 'settings')
    return { ...common, ...(await planTrials(input, { ...rest, for: what, over, budget })) }
  const system = choosing(what, options.system, trade).name
  const { plan, warnings } = (await fitTable(input, { ...rest, system, dryRun: true })) as Extract<
    FitOutcome,
    { schema: 'interplay.plan/1' }
  >
  return { ...common, plan, candidates: [], warnings }
}

async function planTrials(
  input: TableInput,
  options: TrialOptions,
): Promise<Pick<SearchPlan, 'plan' | 'candidates' | 'warnings'>> {
  const { budget } = options
  const choices = choicesOf(options)
  const prepared = await tableFor(input, options)
  const [candidates, plans, asAsked]: [PlannedCandidate[], FitPlan[], FitPlan[]] = [[], [], []]
  const notes = flagNotes(choices, options)
  for (const { name, system, set, asked } of choices) {
    try {
      const chosen = parseOptions(system, set)
      const { for: _, over: __, budget: ___, resume: ____, ...own } = asked
      const learning = learningOf(system, chosen, prepared, { ...own, set })
      plans.push(planOf(prepared, system.name, false, learning, chosen))
      if (asked === options) asAsked.push(plans.at(-1)!)
      const { parameters, memoryBytes } = learning
      candidates.push({ name, options: { system: system.name, ...set }, parameters, memoryBytes })
    } catch (error) {
      if (!isInterplayError(error) || options.signal?.aborted) throw error
      notes.push(`${name} would not be tried: ${error.message}`)
    }
  }
  const [plan] = plans
  if (!plan) throw nothingTried(notes)
  if (budget && 'runs' in budget && budget.runs < choices.length)
    notes.push(`the budget would end after ${budget.runs} of ${choices.length} trials`)
  const settings = shared((asAsked.length > 0 ? asAsked : plans).map(each => each.settings))
  return { plan: { ...plan, settings, notes: [...plan.notes, ...notes] }, candidates, warnings: prepared.warnings }
}

/** What is the same in all of them. */
function shared<Settings extends object>([first, ...others]: readonly Settings[]): Settings {
  const spelled = (settings: Settings, key: string) => JSON.stringify(settings[key as keyof Settings])
  const same = Object.entries(first!).filter(([key]) =>
    others.every(other => spelled(other, key) === spelled(first!, key)),
  )
  return Object.fromEntries(same) as Settings
}
