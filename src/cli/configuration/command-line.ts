import type { Command } from 'commander'
import { longName, type Flags } from '../flags/flag.ts'
import { quote } from '../shell.ts'
import type { Source } from './source.ts'

/** The flags written on the command line, of the command or before it. */
export const commandLineSource = (command: Command, flags: Flags): Source => ({
  find(key) {
    if (command.getOptionValueSourceWithGlobals(key) !== 'cli') return undefined
    const value: unknown = command.optsWithGlobals()[key]
    const name = flags[key]?.negated ? longName(key).replace('--', '--no-') : longName(key)
    const words = typeof value === 'boolean' ? [] : [value].flat().map(one => quote(String(one)))
    return { value, origin: `flag ${name}`, where: [name, ...words].join(' ') }
  },
})
