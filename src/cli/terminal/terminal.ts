import type { Writable } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { isLive, styleOf } from './capabilities.ts'
import { labelled } from './labelled.ts'
import type { Style } from './style.ts'
import { widthOf } from './text.ts'

export type Output = Writable & { isTTY?: boolean; columns?: number }

export interface TerminalOptions {
  stdout: Output
  stderr: Output
  environment: NodeJS.ProcessEnv
  color?: boolean
  quiet?: boolean
}

/** The two streams of a command: results on standard output; progress, warnings and errors on standard error. */
export class Terminal {
  /** Of standard output. */
  readonly style: Style
  /** Of standard error. */
  readonly progressStyle: Style
  /** Whether a progress line is drawn over; else it is said now and then. */
  readonly live: boolean
  readonly quiet: boolean
  private drawn = false

  constructor(private readonly options: TerminalOptions) {
    const { stdout, stderr, environment, color = true, quiet = false } = options
    this.style = styleOf(stdout, environment, color)
    this.progressStyle = styleOf(stderr, environment, color)
    this.live = isLive(stderr, environment)
    this.quiet = quiet
  }

  /** Writes lines of the result; waits where the reader is slower. */
  async result(lines: readonly string[]): Promise<void> {
    this.clear()
    const { stdout } = this.options
    if (lines.length === 0 || stdout.write(`${lines.join('\n')}\n`)) return
    await new Promise<void>(resolve => {
      stdout.once('drain', resolve)
      stdout.once('close', resolve)
    })
  }

  progress(lines: readonly string[]): void {
    if (!this.quiet) this.say(lines)
  }

  warning({ message, try: remedy }: { message: string; try?: string }): void {
    const { progressStyle: style } = this
    const text = remedy === undefined ? message : `${message}\n${remedy}`
    this.progress(labelled('warning', text, style, { paint: style.warning }))
  }

  error(lines: readonly string[]): void {
    this.say(lines)
  }

  /** Draws a line over the last one drawn; nothing where lines cannot be drawn over, or when quiet. */
  draw(line: string): void {
    if (!this.live || this.quiet) return
    const { stderr } = this.options
    const room = (stderr.columns || 80) - 1
    stderr.write(`\r\u001b[2K${widthOf(stripVTControlCharacters(line)) <= room ? line : ''}`)
    this.drawn = true
  }

  clear(): void {
    if (this.drawn) this.options.stderr.write('\r\u001b[2K')
    this.drawn = false
  }

  private say(lines: readonly string[]): void {
    this.clear()
    if (lines.length > 0) this.options.stderr.write(`${lines.join('\n')}\n`)
  }
}
