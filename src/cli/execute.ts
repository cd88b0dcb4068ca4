import type { Command } from 'commander'
import type { CommandDefinition, Outcome } from './command.ts'
import { commandLineSource } from './configuration/command-line.ts'
import { environmentSource } from './configuration/environment.ts'
import { readConfiguration } from './configuration/file.ts'
import { resolve } from './configuration/resolve.ts'
import type { Source } from './configuration/source.ts'
import { InterplayError } from '../errors/index.ts'
import { documentText } from './document.ts'
import { reportFailure } from './failure.ts'
import { globalFlags } from './flags/global.ts'
import type { Host } from './host.ts'
import { Interrupt } from './interrupt.ts'
import { resumes } from './resumes.ts'
import { Terminal } from './terminal/terminal.ts'

export interface Invocation {
  /** The words of the verb, `['bench', 'speed']`. */
  verb: string[]
  /** All verbs, which a configuration may have sections for. */
  verbs: string[]
  command: Command
  /** The command line after `interplay`. */
  words: readonly string[]
  host: Host
}

/** Reads the settings of one verb, runs it and prints what it gave. Resolves to the exit status. */
export async function execute(definition: CommandDefinition, invocation: Invocation): Promise<number> {
  const { verb, command, words, host } = invocation
  const { options, origins } = await settingsOf(definition, invocation)
  const terminal = new Terminal({ ...host, color: options.color, quiet: options.quiet })
  using interrupt = new Interrupt(() => terminal.progress(['stopping; once more leaves at once']), host.exit)
  const started = performance.now()
  try {
    const { signal } = interrupt
    if (options.dryRun && !definition.dryRun) throw noDryRun(verb)
    const outcome = await definition.run!({ operands: command.args, options, origins, signal, terminal, words })
    await print(outcome, terminal, options.json)
    return outcome.status ?? interrupt.status ?? 0
  } catch (thrown) {
    return await reportFailure(thrown, {
      ...options,
      terminal,
      words,
      stopped: interrupt.status,
      resumes: definition.flags?.resume && (begun => resumes(verb, { operands: command.args, options }, begun)),
      about: { command: verb.join(' '), seed: options.seed ?? 1, seconds: (performance.now() - started) / 1000 },
    })
  }
}

const noDryRun = (verb: readonly string[]): InterplayError =>
  new InterplayError('usage/dry-run', `${verb.join(' ')} has no dry run`, {
    where: '--dry-run',
    why: 'fit, search, explain, study and bench leaderboard say what they would do before they do it',
  })

async function settingsOf(definition: CommandDefinition, { verb, verbs, command, host }: Invocation) {
  const flags = { ...globalFlags, ...definition.flags }
  const near = [environmentSource(host.environment), commandLineSource(command, flags)]
  const { config } = resolve({ config: globalFlags.config }, near).options
  const file = await readConfiguration(host.folder, config)
  const far: Source[] = []
  if (file) {
    const { configurationSources } = await import('./configuration/section.ts')
    far.push(...configurationSources(file, verb, verbs, flags))
  }
  return resolve(flags, [...far, ...near])
}

async function print(outcome: Outcome, terminal: Terminal, json = false): Promise<void> {
  const { document, lines, warnings = [], closing } = outcome
  const page = !json || document === undefined
  if (page && lines) await terminal.result(lines(terminal.style))
  for (const warning of warnings) terminal.warning(warning)
  if (page && closing) await terminal.result(closing(terminal.style))
  if (json && document) await terminal.result([documentText(document)])
}
