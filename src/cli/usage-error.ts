import type { Command, CommanderError } from 'commander'
import { InterplayError, suggest, type ErrorFields } from '../errors/index.ts'
import { commandLine } from './shell.ts'

/** A commander fault as thrown by our program: with the command it was met in. */
export type ParseFault = CommanderError & { command: Command }

/** The words of a command after `interplay`: `bench speed`. */
function verbOf(command: Command): string {
  return command.parent ? `${verbOf(command.parent)} ${command.name()}`.trim() : ''
}

/** What commander refused, in our words: the nearest valid names, and a command that would run. */
export function usageError(fault: ParseFault, words: readonly string[]): InterplayError {
  const { command, code, message } = fault
  const verb = verbOf(command)
  const quoted = /'(.*)'/s.exec(message)?.[1] ?? ''
  const help = commandLine([...verb.split(' ').filter(Boolean), '--help'])
  const usage = `interplay ${verb} ${command.usage()}`.replace('  ', ' ')
  const fail = (name: string, what: string, fields: ErrorFields = {}) =>
    new InterplayError(`usage/${name}`, what, { try: help, ...fields })
  switch (code) {
    case 'commander.unknownOption': {
      const given = quoted.split('=', 1)[0]!
      return fail(
        'unknown-flag',
        `${verb || 'interplay'} has no flag '${given}'`,
        nearest(given, flagNames(command), words),
      )
    }
    case 'commander.unknownCommand': {
      const names = namesOf(command)
      const what = verb === '' ? `no verb '${quoted}'` : `${verb} has no command '${quoted}'`
      return fail('unknown-verb', what, nearest(quoted, names, words, `one of ${names.join(', ')}`))
    }
    case 'commander.help':
      return fail('missing-command', `${verb} needs a command`, { why: `one of ${namesOf(command).join(', ')}` })
    case 'commander.missingArgument':
      return fail('missing-input', `${verb} needs ${quoted.replace('...', '')}`, { why: `usage: ${usage}` })
    case 'commander.excessArguments':
      return fail('too-many-inputs', `${verb} takes fewer inputs than were given`, {
        where: command.args.join(' '),
        why: `usage: ${usage}`,
      })
    case 'commander.optionMissingArgument':
      return fail('missing-value', `${quoted.replace(/[<>]/g, '')} is without its value`)
    default:
      return fail('invalid', message.replace(/^error: /, ''))
  }
}

const namesOf = (command: Command) => command.commands.map(one => one.name())

function flagNames(command: Command): string[] {
  const own = [...command.options.map(option => option.long!), '--help']
  return command.parent ? [...own, ...flagNames(command.parent)] : own
}

/** Suggestions, and the command line with the first of them in place of the wrong word. */
function nearest(given: string, valid: string[], words: readonly string[], otherwise?: string): ErrorFields {
  const names = suggest(given, valid)
  if (names.length === 0) return { why: otherwise }
  const corrected = words.map(word =>
    word === given ? names[0]! : word.startsWith(`${given}=`) ? word.replace(given, names[0]!) : word,
  )
  return { why: `nearest: ${names.join(', ')}`, try: commandLine(corrected) }
}
