import { commands, type CommandEntry } from './commands/index.ts'
import { processHost, type Host } from './host.ts'
import { createProgram } from './program.ts'
import type { ParseFault } from './usage-error.ts'
import { version } from '../verbs/version.ts'

/** The command line of Interplay, for `bin/interplay.js`: sets the exit status of the process. */
export async function main(argv: readonly string[]): Promise<void> {
  endQuietly(process.stdout)
  endQuietly(process.stderr)
  process.exitCode = await runCommandLine(argv.slice(2))
}

/** A reader that closes its end of the pipe wants no more: that is no fault. */
function endQuietly(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
}

/** Runs the words after `interplay`. Resolves to the exit status. */
export async function runCommandLine(
  words: readonly string[],
  host: Host = processHost(),
  entries: readonly CommandEntry[] = commands,
): Promise<number> {
  let status = 0
  const program = createProgram({
    entries,
    version,
    write: text => void host.stdout.write(text),
    async run(definition, verb, command) {
      const { execute } = await import('./execute.ts')
      const verbs = entries.map(entry => entry.name)
      status = await execute(definition, { verb, verbs, command, words, host })
    },
  })
  try {
    await program.parseAsync(rewriteHelp(words), { from: 'user' })
    return status
  } catch (thrown) {
    if (isParseFault(thrown) && thrown.exitCode === 0) return 0
    return await reportUsage(thrown, words, host)
  }
}

const isParseFault = (thrown: unknown): thrown is ParseFault =>
  thrown instanceof Error && 'command' in thrown && String((thrown as ParseFault).code).startsWith('commander.')

/** `interplay help fit` is `interplay fit --help`, and no words at all ask for help too. */
function rewriteHelp(words: readonly string[]): string[] {
  if (words.length === 0) return ['--help']
  return words[0] === 'help' ? [...words.slice(1), '--help'] : [...words]
}

/** A fault met before any verb ran: only the words themselves say how to print it. */
async function reportUsage(thrown: unknown, words: readonly string[], host: Host): Promise<number> {
  const [{ Terminal }, { reportFailure }, { usageError }] = await Promise.all([
    import('./terminal/terminal.ts'),
    import('./failure.ts'),
    import('./usage-error.ts'),
  ])
  const terminal = new Terminal({ ...host, color: !words.includes('--no-color') })
  const error = isParseFault(thrown) ? usageError(thrown, words) : thrown
  const json = words.includes('--json') || Boolean(host.environment.INTERPLAY_JSON)
  const verbose = words.includes('--verbose') || words.includes('-v')
  return reportFailure(error, { terminal, words, json, verbose, about: { command: words[0] ?? '', seconds: 0 } })
}
