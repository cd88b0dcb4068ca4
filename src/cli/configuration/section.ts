import { InterplayError, suggest } from '../../errors/index.ts'
import type { Flags } from '../flags/flag.ts'
import { globalFlags } from '../flags/global.ts'
import type { ConfigurationFile } from './file.ts'
import type { Source } from './source.ts'

/** Settings for every verb, which a file may hold at its top beside the sections of the verbs. */
const shared = Object.keys(globalFlags).filter(key => key !== 'config')

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * What a configuration says for one verb: its section (`fit:`, or `bench: speed:`) over the shared keys at the top.
 * @param verb the words of the verb, `['bench', 'speed']`
 * @param verbs the names of all verbs
 * @throws InterplayError `option/unknown` for every key that is no verb, or no flag of this verb, with file and line.
 */
export function configurationSources(file: ConfigurationFile, verb: string[], verbs: string[], flags: Flags): Source[] {
  const faults = unknownKeys(file, [], [...verbs, ...shared, 'systems'], 'a configuration')
  let section: unknown = file.content
  for (const [depth, word] of verb.entries()) {
    section = isMapping(section) ? section[word] : undefined
    if (depth < verb.length - 1 || section == null || (word === 'systems' && Array.isArray(section))) continue
    if (isMapping(section)) faults.push(...unknownKeys(file, verb, [...Object.keys(flags), ...shared], verb.join(' ')))
    else throw new InterplayError('usage/config', `'${verb.join('.')}' is not a mapping of flags`, place(file, verb))
  }
  if (faults.length > 0) throw unknown(faults)
  return [from(file, []), from(file, verb)]
}

function from(file: ConfigurationFile, path: string[]): Source {
  const section = path.reduce<unknown>((inside, key) => (isMapping(inside) ? inside[key] : undefined), file.content)
  return {
    find(key) {
      if (!isMapping(section) || section[key] == null || (path.length === 0 && !shared.includes(key))) return undefined
      const { where } = place(file, [...path, key])
      return { value: section[key], origin: where, where }
    },
  }
}

interface Fault {
  message: string
  where: string
  nearest: string[]
}

function unknownKeys(file: ConfigurationFile, path: string[], valid: string[], owner: string): Fault[] {
  const section = path.reduce<unknown>((inside, key) => (inside as Record<string, unknown>)[key], file.content)
  return Object.keys(section as object)
    .filter(key => !valid.includes(key))
    .map(key => ({
      message: `${owner} has no ${path.length === 0 ? 'key' : 'flag'} '${key}'`,
      nearest: suggest(key, valid),
      ...place(file, [...path, key]),
    }))
}

function place(file: ConfigurationFile, path: string[]): { where: string } {
  const line = file.line(path)
  return { where: line === undefined ? `${file.name}: ${path.join('.')}` : `${file.name} line ${line}` }
}

function unknown(faults: Fault[]): InterplayError {
  const nearest = (fault: Fault) => (fault.nearest.length > 0 ? `nearest: ${fault.nearest.join(', ')}` : undefined)
  if (faults.length === 1) {
    const [fault] = faults as [Fault]
    return new InterplayError('option/unknown', fault.message, { where: fault.where, why: nearest(fault) })
  }
  return new InterplayError('option/unknown', `${faults.length} keys of the configuration are not known`, {
    why: faults
      .map(fault => [`${fault.message} (${fault.where})`, nearest(fault)].filter(Boolean).join('; '))
      .join('\n'),
    details: { faults },
  })
}
