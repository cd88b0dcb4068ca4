import type { Command, Help, Option } from 'commander'
import { createStyle } from './terminal/style.ts'
import { table } from './terminal/table.ts'

/** The help of a command: its usage, what it does, then lists of what it takes; those of every verb last. */
export function formatHelp(command: Command, help: Help): string {
  const style = createStyle({ columns: help.helpWidth ?? 80 })
  const list = (title: string, rows: [string, string][]) =>
    rows.length === 0
      ? []
      : [
          '',
          title,
          ...table(
            [
              { gap: 2, minWidth: 22 },
              { gap: 2, wrap: true },
            ],
            rows,
            style,
          ),
        ]
  const options = (shown: Option[]) => shown.map((one): [string, string] => [term(one), one.description])
  const top = command.parent === null
  const own = options(help.visibleOptions(command))
  return [
    `usage: ${help.commandUsage(command)}`,
    '',
    ...table([{ wrap: true }], [[help.commandDescription(command)]], style),
    ...list(
      top ? 'verbs' : 'commands',
      help.visibleCommands(command).map(one => [one.name(), one.description()]),
    ),
    ...list(
      'inputs',
      help.visibleArguments(command).map(one => [one.name(), one.description]),
    ),
    ...list(top ? 'flags of every verb' : 'flags', own),
    ...list('flags of every verb', options(help.visibleGlobalOptions(command))),
    '',
  ].join('\n')
}

/** `-t, --target FIELD,...`; a long flag without a short one stands under the others. */
const term = (option: Option) => `${option.short ? '' : '    '}${option.flags.replace(/[<>]/g, '')}`
