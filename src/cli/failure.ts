import { InterplayError, isInterplayError } from '../errors/index.ts'
import { documentText } from './document.ts'
import { renderError } from './render/error.ts'
import { commandLine, resumeLine } from './shell.ts'
import type { Terminal } from './terminal/terminal.ts'
import { version } from '../verbs/version.ts'

/** What the operating system says that a person can act on. */
const system: Record<string, { code: string; what: (error: NodeJS.ErrnoException) => string; try?: string }> = {
  ENOENT: { code: 'data/not-found', what: error => `no file or folder '${error.path}'` },
  ENOSPC: { code: 'run/disk-full', what: () => 'no space left on the disk', try: 'free some space, then --resume' },
  EADDRINUSE: { code: 'server/port', what: () => 'the port is in use by another program', try: '--port 8081' },
}

/** Any fault as an InterplayError; one that is not already one, nor the system's, is ours: `internal/unexpected`. */
export function failureOf(thrown: unknown, words: readonly string[]): InterplayError {
  if (isInterplayError(thrown)) return thrown
  const error: NodeJS.ErrnoException = thrown instanceof Error ? thrown : new Error(String(thrown))
  const known = error.code === undefined || (error.code === 'ENOENT' && !error.path) ? undefined : system[error.code]
  if (known) return new InterplayError(known.code, known.what(error), { try: known.try, cause: error })
  return new InterplayError('internal/unexpected', error.message.split('\n', 1)[0] || error.name, {
    why: 'a fault of Interplay, not of your input',
    try: [
      'report these lines:',
      `interplay ${version}, node ${process.version}, ${process.platform} ${process.arch}`,
      commandLine(words),
    ].join('\n'),
    cause: error,
  })
}

/** The stack to show: always for a fault of ours, else when asked. */
function stackOf(error: InterplayError, verbose: boolean): string | undefined {
  if (!verbose && !error.code.startsWith('internal/')) return undefined
  const { cause } = error as Error
  return cause instanceof Error ? cause.stack : error.stack
}

/** `interplay.error/1`: what `--json` prints in place of a result. */
function errorDocument(error: InterplayError, about: FailureContext['about'], exit: number) {
  const { code, message, where, why, details, status } = error
  return {
    schema: 'interplay.error/1',
    interplay: version,
    ...about,
    warnings: [],
    code,
    message,
    where,
    why,
    try: error.try,
    details,
    exitCode: exit,
    status,
  }
}

export interface FailureContext {
  terminal: Terminal
  /** The command line after `interplay`. */
  words: readonly string[]
  about: { command: string; seed?: number; seconds: number }
  json?: boolean
  verbose?: boolean
  /** 130 or 143 where a signal stopped the work. */
  stopped?: number
  resumable?: boolean
}

/** Says what went wrong, on standard error and with `--json` as a document on standard output. Resolves to the exit status. */
export async function reportFailure(thrown: unknown, context: FailureContext): Promise<number> {
  const { terminal, words, about, json, verbose = false, stopped } = context
  const aborted = thrown instanceof Error && thrown.name === 'AbortError'
  const error = stopped !== undefined && aborted ? interrupted(context) : failureOf(thrown, words)
  const interruption = error.code === 'run/interrupted'
  const exit = interruption ? (stopped ?? 130) : error.exitCode
  if (json) await terminal.result([documentText(errorDocument(error, about, exit))])
  const { code, message, where, why, try: remedy } = error
  const page = { code, message, where, why, try: remedy, stack: interruption ? undefined : stackOf(error, verbose) }
  terminal.error(renderError(page, terminal.progressStyle))
  return exit
}

function interrupted({ words, resumable }: FailureContext): InterplayError {
  return new InterplayError('run/interrupted', 'stopped at your request', {
    try: resumable ? resumeLine(words) : undefined,
  })
}
