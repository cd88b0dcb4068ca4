import type { LoggerInterface } from 'vega'
import type { TopLevelSpec } from 'vega-lite'
import { chartConfig, fonts, type Theme } from './theme.ts'

export interface SvgOptions {
  /** Put before the ids of gradients and clips, so that several drawings can stand in one document. */
  idPrefix?: string
}

/** Draws a spec as an `<svg>` element, without a browser and without the network. */
export async function renderSvg(
  spec: TopLevelSpec,
  theme: Theme,
  { idPrefix = 'drawing-' }: SvgOptions = {},
): Promise<string> {
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')])
  measureText(vega as unknown as TextMetrics)
  const logger = strictLogger()
  const { spec: compiled } = compile(structuredClone(spec), { config: chartConfig(theme), logger })
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', loader: noLoader, logger })
  const svg = await view.toSVG()
  view.finalize()
  return numberIds(svg, idPrefix)
}

/** Vega numbers gradients and clips through the life of the process; here each drawing counts its own, from 0. */
function numberIds(svg: string, prefix: string): string {
  const places = new Map<string, number>()
  return svg.replace(/(id="|url\(#)((?:clip|gradient)[^")]*)/g, (_, before: string, id: string) => {
    if (!places.has(id)) places.set(id, places.size)
    return `${before}${prefix}${places.get(id)}`
  })
}

/** Vega logs its faults and draws on; a drawing that lacks something is worse than none. */
function strictLogger(): LoggerInterface {
  const fail = (...words: readonly unknown[]): never => {
    throw new Error(`a chart cannot be drawn: ${words.join(' ')}`)
  }
  const logger = { level: () => logger, error: fail, warn: fail, info: () => logger, debug: () => logger }
  return logger as unknown as LoggerInterface
}

const refuse = () => Promise.reject(new Error('a chart loads nothing: its data is in its spec'))
const noLoader = { load: refuse, sanitize: refuse, http: refuse, file: refuse } as never

interface TextMetrics {
  textMetrics: { width: (item: { font?: string; fontSize?: number; limit?: number }, text: string) => number }
}

/**
 * Vega without a canvas takes 0.8 em a letter, which leaves wide margins. Monospaced letters are 0.6 em; for the rest
 * the advance widths of Arial by kind of letter come within a few percent.
 */
function measureText({ textMetrics }: TextMetrics): void {
  textMetrics.width = ({ font, fontSize = 11, limit }, text) => {
    let width = 0
    for (const letter of String(text ?? '')) width += font === fonts.mono ? 0.6 : advance(letter)
    return limit ? Math.min(limit, width * fontSize) : width * fontSize
  }
}

function advance(letter: string): number {
  if (/[ijl.,:;'|!ft()[\] -]/.test(letter)) return 0.3
  if (/[mwMW@%—×]/.test(letter)) return 0.86
  if (/[A-Z]/.test(letter)) return 0.68
  return letter > '\u2e80' ? 1 : 0.56
}
