import { InterplayError } from '../../errors/index.ts'
import type { Flags, Values } from '../flags/flag.ts'
import type { Given, Source } from './source.ts'

/** Where each setting came from, by dotted path; what no source gave is the recipe's or the system's to add. */
export type Origins = Record<string, string>

export interface Resolved<F extends Flags> {
  options: Values<F>
  origins: Origins
}

interface Fault {
  message: string
  where: string
}

/**
 * Reads every flag from the sources, lowest precedence first, and keeps the origin of each setting.
 * @throws InterplayError `option/invalid`, naming every value that is not of its flag's kind.
 */
export function resolve<F extends Flags>(flags: F, sources: Source[]): Resolved<F> {
  const options: Record<string, unknown> = {}
  const origins: Origins = {}
  const faults: Fault[] = []
  for (const [key, { kind }] of Object.entries(flags)) {
    for (const source of sources) {
      const given = source.find(key)
      if (!given) continue
      const value = kind.read(given.value)
      if (value === undefined) {
        faults.push({ message: `${key} must be ${kind.expected}, got '${shown(given.value)}'`, where: given.where })
        continue
      }
      const joined = kind.merge !== undefined && options[key] !== undefined
      options[key] = joined ? kind.merge!(options[key], value) : value
      for (const path of kind.paths?.(value) ?? ['']) origins[path === '' ? key : `${key}.${path}`] = given.origin
    }
  }
  if (faults.length > 0) throw invalid(faults)
  return { options: options as Values<F>, origins }
}

function invalid(faults: Fault[]): InterplayError {
  if (faults.length === 1) return new InterplayError('option/invalid', faults[0]!.message, { where: faults[0]!.where })
  return new InterplayError('option/invalid', `${faults.length} settings cannot be read`, {
    why: faults.map(fault => `${fault.message} (${fault.where})`).join('\n'),
    details: { faults },
  })
}

const shown = (value: Given['value']) =>
  Array.isArray(value) ? value.map(String).join(' ') : typeof value === 'string' ? value : JSON.stringify(value)
