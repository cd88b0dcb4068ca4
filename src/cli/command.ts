import type { Origins } from './configuration/resolve.ts'
import type { Flags, Values } from './flags/flag.ts'
import type { GlobalOptions } from './flags/global.ts'
import type { Style } from './terminal/style.ts'
import type { Terminal } from './terminal/terminal.ts'

/** A positional of a verb, as help writes it: `INPUT...` repeats, `[INPUT]` may be left out. */
export interface Operand {
  name: string
  describe: string
}

/** What a verb is called with, once flags, environment and configuration are read. */
export interface Call<F extends Flags = Flags> {
  /** The positionals in order. */
  operands: string[]
  options: Values<F> & GlobalOptions
  /** Where each given setting came from. */
  origins: Origins
  /** Aborted by the first Ctrl-C or SIGTERM. */
  signal: AbortSignal
  terminal: Terminal
  /** The command line after `interplay`. */
  words: readonly string[]
}

/** What a verb gives back to be printed. */
export interface Outcome {
  /** What `--json` prints; left out by a verb that has written its own stream. */
  document?: object
  lines?(style: Style): string[]
  /** Said on standard error after the lines: fact, count, consequence, and under it the flag that would change it. */
  warnings?: readonly { message: string; try?: string }[]
  /** The end of the page: what was written where, and one next step. */
  closing?(style: Style): string[]
  /** Exit status where it is not 0: 5 when a gate the person asked for said no. */
  status?: number
}

/** What a verb takes and does. The module stays light: `run` imports the verb itself. */
export interface CommandDefinition<F extends Flags = Flags> {
  operands?: Operand[]
  flags?: F
  examples?: string[]
  /** Whether `--dry-run` is heeded: the verb then says what it would do, or does nothing but tell anyway. */
  dryRun?: boolean
  /** The commands of a group, `bench speed`; a group does nothing by itself. */
  commands?: NamedCommand[]
  run?(call: Call<F>): Promise<Outcome>
}

export interface NamedCommand extends CommandDefinition {
  name: string
  /** One lower-case phrase: what it does. */
  summary: string
}

/** Types the call by the flags. */
export const defineCommand = <const F extends Flags>(definition: CommandDefinition<F>): CommandDefinition =>
  definition as unknown as CommandDefinition

/** As `defineCommand`, for a command inside a group. */
export const nameCommand = (name: string, summary: string, definition: CommandDefinition): NamedCommand => ({
  name,
  summary,
  ...definition,
})
