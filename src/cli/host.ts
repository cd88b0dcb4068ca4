import type { Output } from './terminal/terminal.ts'

/** What a command line touches of its process. */
export interface Host {
  stdout: Output
  stderr: Output
  environment: NodeJS.ProcessEnv
  /** The working folder. */
  folder: string
  /** Leaves at once. */
  exit(status: number): void
}

export const processHost = (): Host => ({
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  folder: process.cwd(),
  exit: status => process.exit(status),
})
