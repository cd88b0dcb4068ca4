import { createStyle, type Style } from './style.ts'

/** What a stream tells of itself. */
export interface StreamLike {
  isTTY?: boolean
  columns?: number
}

type Environment = Record<string, string | undefined>

/** The widest a page is laid out, however wide the window. */
const widest = 100

/** `NO_COLOR` and `--no-color` win, then `FORCE_COLOR`; else colour on a terminal that is not `TERM=dumb`. */
export function hasColor(stream: StreamLike, environment: Environment, wanted = true): boolean {
  if (!wanted || environment.NO_COLOR) return false
  if (environment.FORCE_COLOR) return environment.FORCE_COLOR !== '0' && environment.FORCE_COLOR !== 'false'
  return isLive(stream, environment)
}

/** Whether a line may be drawn over: a terminal that is not `TERM=dumb`. */
export const isLive = (stream: StreamLike, environment: Environment): boolean =>
  stream.isTTY === true && environment.TERM !== 'dumb'

/** The locale's character set is UTF-8; on Windows, a terminal known to show it. */
export function hasUnicode(environment: Environment, platform: string = process.platform): boolean {
  if (platform === 'win32') return Boolean(environment.WT_SESSION || environment.TERM_PROGRAM)
  const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || ''
  return /utf-?8/i.test(locale)
}

export function styleOf(stream: StreamLike, environment: Environment, color = true): Style {
  return createStyle({
    columns: stream.isTTY ? Math.min(stream.columns || 80, widest) : Infinity,
    color: hasColor(stream, environment, color),
    unicode: hasUnicode(environment),
  })
}
