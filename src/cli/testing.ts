import { Writable } from 'node:stream'
import type { CommandEntry } from './commands/index.ts'
import { runCommandLine } from './main.ts'

/** A command line's exit status and what it wrote. */
export interface Captured {
  status: number
  out: string
  err: string
}

/** Runs a command line of this process, without a terminal, in `folder`, with nothing of this process's environment. */
export async function capture(
  words: readonly string[],
  folder: string,
  environment: NodeJS.ProcessEnv = { LANG: 'C.UTF-8' },
  entries?: readonly CommandEntry[],
): Promise<Captured> {
  const [stdout, stderr] = [new Sink(), new Sink()]
  const host = { stdout, stderr, environment, folder, exit: () => {} }
  const status = await runCommandLine(words, host, entries)
  return { status, out: stdout.text, err: stderr.text }
}

class Sink extends Writable {
  text = ''
  override _write(chunk: Buffer, _encoding: string, done: () => void) {
    this.text += chunk
    done()
  }
}
