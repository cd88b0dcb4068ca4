import type { Command, Option } from 'commander'
import type { CommandDefinition } from './command.ts'
import type { CommandEntry } from './commands/index.ts'
import { createProgram, define } from './program.ts'

const intro = `# Command line

Generated from the commands themselves by \`node scripts/write-cli-reference.js\`; do not edit.

Results are written to standard output; progress, warnings and errors to standard error. \`--json\` prints one document,
a result or \`interplay.error/1\`. Each flag is also an environment variable (\`--time-limit\` is \`INTERPLAY_TIME_LIMIT\`)
and a camelCase key of \`interplay.config.yaml\` or \`interplay.config.ts\` under its verb (\`fit: { timeLimit: 10m }\`). A flag
wins over the environment, that over the configuration, that over a dataset's recipe, that over the system's default.

| exit | meaning |
| --- | --- |
| 0 | done; a claim that failed or a partial result too |
| 1 | a fault of Interplay |
| 2 | wrong usage or option |
| 3 | bad or missing input |
| 4 | the machine: device, disk, memory, port, network |
| 5 | a gate that was asked for said no |
| 130, 143 | stopped by Ctrl-C, by SIGTERM |
`

/** `docs/cli.md`: every verb with its inputs and flags, drawn from the commander definitions. */
export async function referencePage(entries: readonly CommandEntry[]): Promise<string> {
  const program = createProgram({ entries, version: '', run: async () => {} })
  const sections = [intro, '## every verb', flagTable(program.options)]
  for (const [index, entry] of entries.entries()) {
    const command = program.commands[index]!
    const definition = await entry.load()
    define(command, definition, [entry.name], async () => {})
    sections.push(...section(command, definition, [entry.name]))
  }
  return `${sections.join('\n\n')}\n`
}

function section(command: Command, { examples = [], commands = [] }: CommandDefinition, verb: string[]): string[] {
  const help = command.createHelp()
  const inputs = help.visibleArguments(command)
  return [
    `${'#'.repeat(verb.length + 1)} ${verb.join(' ')}`,
    sentence(command.description()),
    ['```text', help.commandUsage(command), ...examples, '```'].join('\n'),
    ...(inputs.length > 0
      ? [
          table(
            ['input', 'what it is'],
            inputs.map(one => [one.name(), one.description]),
          ),
        ]
      : []),
    ...(command.options.length > 0 ? [flagTable(command.options)] : []),
    ...commands.flatMap((inner, index) => section(command.commands[index]!, inner, [...verb, inner.name])),
  ]
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

const flagTable = (options: readonly Option[]) =>
  table(
    ['flag', 'what it does'],
    options.map(one => [`\`${one.flags.replace(/[<>]/g, '')}\``, one.description]),
  )

function table(titles: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n')
}
