import { Command, Option } from 'commander'
import type { CommandDefinition } from './command.ts'
import type { CommandEntry } from './commands/index.ts'
import { longName, type Flags } from './flags/flag.ts'
import { globalFlags } from './flags/global.ts'
import { formatHelp } from './help.ts'

/** Called when the words parse: runs the verb they name. */
export type Runner = (definition: CommandDefinition, verb: string[], command: Command) => Promise<void>

export interface ProgramOptions {
  entries: readonly CommandEntry[]
  version: string
  run: Runner
  /** Takes help and the version. */
  write?(text: string): void
}

/**
 * The command line as commander sees it. A verb's module is imported when its name is met, so that help over all verbs
 * loads none of them.
 */
export function createProgram({ entries, version, run, write }: ProgramOptions): Command {
  const program = new Command('interplay')
    .description('Learn, find, measure, explain and control interactions. Every model is an ONNX file.')
    .version(version, '-V, --version', 'the version')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true, formatHelp })
    .usage('VERB [...]')
    .addHelpText('after', '\ninterplay VERB --help explains one verb.')
  if (write) program.configureOutput({ writeOut: write })
  addFlags(quieten(program), globalFlags)
  const byName = new Map(entries.map(entry => [entry.name, entry]))
  for (const { name, summary } of entries) quieten(program.command(name).description(summary))
  program.hook('preSubcommand', async (_program, command) => {
    define(command, await byName.get(command.name())!.load(), [command.name()], run)
  })
  return program
}

/** Adds what a definition says to its command. */
export function define(command: Command, definition: CommandDefinition, verb: string[], run: Runner): void {
  const { operands = [], flags = {}, examples = [], commands = [] } = definition
  for (const { name, describe } of operands) command.argument(syntax(name), describe)
  addFlags(command, flags)
  command.usage([...operands.map(operand => operand.name), commands.length > 0 ? 'COMMAND [...]' : '[flags]'].join(' '))
  if (examples.length > 0) command.addHelpText('after', `\nexamples\n${examples.map(one => `  ${one}`).join('\n')}`)
  for (const inner of commands) {
    define(quieten(command.command(inner.name).description(inner.summary)), inner, [...verb, inner.name], run)
  }
  if (definition.run) command.action(() => run(definition, verb, command))
}

/** `INPUT...` -> `<INPUT...>`, what commander reads; `[INPUT]` stays. */
const syntax = (name: string) => (name.startsWith('[') ? name : `<${name}>`)

/** Faults are thrown, not printed; a group inside a verb takes no help command of its own. */
const quieten = (command: Command): Command =>
  command
    .helpCommand(false)
    .helpOption('-h, --help', 'this help')
    .showSuggestionAfterError(false)
    .configureOutput({ writeErr: () => {} })
    .exitOverride(error => {
      throw Object.assign(error, { command })
    })

function addFlags(command: Command, flags: Flags): void {
  for (const [key, flag] of Object.entries(flags)) {
    const { short, value, negated, repeat, describe } = flag
    const long = negated ? longName(key).replace('--', '--no-') : longName(key)
    const shown = value === undefined ? '' : value.startsWith('[') ? ` ${value}` : ` <${value}>`
    const words = `${short ? `-${short}, ` : ''}${long}${shown}`
    const option = new Option(words, flag.default === undefined ? describe : `${describe} (default: ${flag.default})`)
    if (repeat) option.argParser((text: string, texts: string[] | undefined) => [...(texts ?? []), text])
    command.addOption(option)
  }
}
