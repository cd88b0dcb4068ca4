import { InterplayError, isInterplayError } from '../errors/index.ts'
import { documentText } from './document.ts'
import { renderError } from './render/error.ts'
import { commandLine, resumeLine } from './shell.ts'
import type { Terminal } from './terminal/terminal.ts'
import { version } from '../verbs/version.ts'

/** What the operating system says that a person can act on. */
const system: Record<string, SystemFault> = {
  ENOENT: { code: 'data/not-found', what: path => path && `no file or folder '${path}'` },
  EISDIR: {
    code: 'data/not-found',
    what: path => (path ? `'${path}' is a folder, not a file` : 'a folder was given where a file is read'),
  },
  ENOTDIR: { code: 'data/not-found', what: path => path && `'${path}' would lie inside a file` },
  EEXIST: { code: 'run/exists', what: path => path && `'${path}' is there already`, try: 'another --out' },
  EACCES: { code: 'machine/permission', what: noPermission },
  EPERM: { code: 'machine/permission', what: noPermission },
  EROFS: {
    code: 'machine/read-only',
    what: path => (path ? `'${path}' is on a read-only disk` : 'the disk is read-only'),
    try: 'another --out',
  },
  EMFILE: { code: 'machine/open-files', what: () => 'too many files are open', try: 'ulimit -n 4096' },
  ENOSPC: {
    code: 'run/disk-full',
    what: path => (path ? `no space left on the disk for '${path}'` : 'no space left on the disk'),
    try: 'free some space, then run it again',
  },
  EADDRINUSE: { code: 'server/port', what: () => 'the port is in use by another program', try: '--port 8081' },
}

interface SystemFault {
  code: string
  /** What happened to the file of this path; undefined where, without a path, it is nothing that a person did. */
  what(path: string | undefined): string | undefined
  try?: string
}

function noPermission(path: string | undefined): string {
  return path ? `no permission for '${path}'` : 'no permission'
}

/** A fault of the system in our words; undefined for others. */
function systemFault(error: NodeJS.ErrnoException): InterplayError | undefined {
  const known = system[error.code ?? '']
  const what = known?.what(error.path)
  if (!known || !what) return undefined
  const why = known.code.startsWith('machine/') ? error.message : undefined
  return new InterplayError(known.code, what, { why, try: known.try, cause: error })
}

/** Any fault as an InterplayError; one that is not already one, nor the system's, is ours: `internal/unexpected`. */
export function failureOf(thrown: unknown, words: readonly string[]): InterplayError {
  if (isInterplayError(thrown)) return thrown
  const error: NodeJS.ErrnoException = thrown instanceof Error ? thrown : new Error(String(thrown))
  const known = systemFault(error)
  if (known) return known
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
  /** Whether `--resume` would go on; `begun` is the run that the failure names. */
  resumes?: (begun?: string) => Promise<boolean>
}

/** Says what went wrong, on standard error and with `--json` as a document on standard output. Resolves to the exit status. */
export async function reportFailure(thrown: unknown, context: FailureContext): Promise<number> {
  const { terminal, about, json, verbose = false, stopped } = context
  const error = await toldOf(thrown, context)
  const interruption = error.code === 'run/interrupted'
  const exit = interruption ? (stopped ?? 130) : error.exitCode
  if (json) await terminal.result([documentText(errorDocument(error, about, exit))])
  const { code, message, where, why, try: remedy } = error
  const page = { code, message, where, why, try: remedy, stack: interruption ? undefined : stackOf(error, verbose) }
  terminal.error(renderError(page, terminal.progressStyle))
  return exit
}

/** A failure as it is told: `--resume` is advised only where it would go on. */
async function toldOf(thrown: unknown, { words, stopped, resumes }: FailureContext): Promise<InterplayError> {
  if (stopped !== undefined && thrown instanceof Error && thrown.name === 'AbortError') {
    return interrupted(undefined, (await resumes?.()) ? resumeLine(words) : undefined)
  }
  const error = failureOf(thrown, words)
  if (error.code !== 'run/interrupted' || error.try === undefined || !resumes) return error
  return (await resumes(error.where)) ? error : interrupted(error.where)
}

const interrupted = (where?: string, remedy?: string) =>
  new InterplayError('run/interrupted', 'stopped at your request', { where, try: remedy })
