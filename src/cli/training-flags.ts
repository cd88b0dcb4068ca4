import { InterplayError } from '../errors/index.ts'
import type { AnySystem } from '../system/index.ts'
import type { Origins } from './configuration/resolve.ts'
import { longName } from './flags/flag.ts'
import type { Settings } from './flags/settings.ts'

/** What any system that trains may be told by a flag, where it has an option of the same name. */
const training = ['epochs', 'batch', 'learningRate', 'patience'] as const
/** What the shared training of tables alone heeds. */
const ofTables = ['metric', 'split', 'type', 'ignore', 'where', 'embedding', 'timeLimit'] as const

type Training = (typeof training)[number]

/** Flags of `fit` that a system with a fit of its own may be given. */
export type TrainingFlags = Partial<Record<Training, number | 'auto'> & Record<(typeof ofTables)[number], unknown>>

/**
 * The settings of a system with a fit of its own, shared training flags among them, and where each came from. A flag goes
 * before a configuration; a configuration may hold what is meant for other systems.
 *
 * @throws InterplayError `option/conflict` for flags that the system does not heed, and for one that `--set` contradicts
 */
export function ownSettings(
  system: AnySystem,
  options: TrainingFlags & { set?: Settings },
  origins: Origins,
): { set: Settings; origins: Origins } {
  const byFlag = (key: string) =>
    Object.entries(origins).some(
      ([path, origin]) => (path === key || path.startsWith(`${key}.`)) && origin.startsWith('flag '),
    )
  refuseStrange(system, [...ofTables, ...training.filter(key => !(key in system.options.shape))].filter(byFlag))
  const set = { ...options.set }
  const traced = { ...origins }
  for (const key of training) {
    const value = options[key]
    if (value === undefined || value === 'auto' || !(key in system.options.shape)) continue
    const own = `set.${key}`
    if (byFlag(key) && byFlag(own) && set[key] !== value) throw contradiction(key, value, set[key])
    if (key in set && (byFlag(own) || !byFlag(key))) continue
    set[key] = value
    traced[own] = origins[key] ?? 'default'
  }
  return { set, origins: traced }
}

function refuseStrange({ name, options }: AnySystem, keys: readonly string[]): void {
  if (keys.length === 0) return
  const flags = keys.map(longName)
  const own = training.filter(key => key in options.shape).map(longName)
  throw new InterplayError(
    'option/conflict',
    `${listed(flags)}: for the shared training, ${name} has a fit of its own`,
    {
      where: flags.join(' '),
      why: own.length > 0 ? `of these flags it heeds ${listed(own)}` : `it heeds none of these flags`,
      try: `interplay systems ${name}`,
    },
  )
}

const contradiction = (key: Training, value: number, set: unknown) =>
  new InterplayError('option/conflict', `${key} is ${value} by its flag and ${String(set)} by --set`, {
    where: `${longName(key)} ${value} --set ${key}=${String(set)}`,
    try: `${longName(key)} ${value}`,
  })

const listed = (words: readonly string[]): string =>
  words.length === 1 ? words[0]! : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
