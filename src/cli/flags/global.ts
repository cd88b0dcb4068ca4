import { integer, text, toggle } from './kind.ts'
import { flag, type Values } from './flag.ts'

/** The flags every verb takes. */
export const globalFlags = {
  quiet: flag(toggle, 'results and errors only', { short: 'q' }),
  verbose: flag(toggle, 'more of what happens, and the stack of an error', { short: 'v' }),
  json: flag(toggle, 'one JSON document on standard output'),
  color: flag(toggle, 'no colour', { negated: true }),
  out: flag(text, 'where the result is written', { short: 'o', value: 'PATH' }),
  config: flag(text, 'configuration file (interplay.config.yaml or .ts in this folder)', { short: 'c', value: 'FILE' }),
  seed: flag(integer({ min: 0 }), 'seed of everything random', { value: 'N', default: '1' }),
  threads: flag(integer({ min: 1 }), 'cores this process may use', { value: 'N', default: 'all' }),
  dryRun: flag(toggle, 'schema, parameters, memory, time and the origin of each setting; then stop'),
}

export type GlobalOptions = Values<typeof globalFlags>
