import { fonts, renderSvg, type ChartSpec } from '../charts/index.ts'
import { markup, raw, type Markup } from './markup.ts'

/** Drawings are made for 320 px and grow by a quarter at most, so that labels stay near the size of the text. */
const growth = 1.25

/**
 * A chart as inline SVG that follows the reader's theme: drawn in both, it keeps each pair of colours as one variable
 * (`themeColours` defines them). Marks carry what they say in `data-say`, for pointing and for the arrow keys; assistive
 * technology reads the finding and the table instead of every mark.
 */
export async function drawing(
  chart: Pick<ChartSpec, 'spec' | 'description'>,
  id: string,
): Promise<{ svg: Markup; width: number }> {
  const [light, dark] = await Promise.all([
    renderSvg(chart.spec, 'light', { idPrefix: `${id}-` }),
    renderSvg(chart.spec, 'dark', { idPrefix: `${id}-` }),
  ])
  const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(light)!
  const themed = slim(bothThemes(light, dark))
  const body = themed.slice(themed.indexOf('>') + 1, themed.lastIndexOf('</svg>'))
  const widest = Math.round(Number(width) * growth)
  const svg = markup`<div class="drawing" style="max-width:${widest}px">
    <svg role="img" aria-label="${chart.description}" viewBox="0 0 ${width} ${height}">${raw(body)}</svg>
  </div>`
  return { svg, width: Number(width) }
}

const colour = /(?<= (?:fill|stroke|stop-color)=")(?:#[0-9a-fA-F]{6}|rgb\([^)]*\))(?=")/g

/** The light drawing with every colour that the dark one has otherwise replaced by the variable of the pair. */
function bothThemes(light: string, dark: string): string {
  const others = dark.match(colour) ?? []
  if (light.replace(colour, '') !== dark.replace(colour, '')) {
    throw new Error('the themes of a chart differ in more than colours')
  }
  let at = 0
  return light.replace(colour, own => {
    const pair = [hex(own), hex(others[at++]!)]
    return pair[0] === pair[1] ? `#${pair[0]}` : `var(--${pair.join('-')})`
  })
}

function hex(text: string): string {
  const parts = text.startsWith('#')
    ? undefined
    : text
        .match(/[\d.]+/g)!
        .slice(0, 3)
        .map(Number)
  if (!parts) return text.slice(1).toLowerCase()
  return parts.map(part => Math.round(part).toString(16).padStart(2, '0')).join('')
}

/** Definitions of the colour variables that a page's drawings use, light or dark. */
export function themeColours(page: string, theme: 'light' | 'dark'): string {
  const used = new Set(page.match(/(?<=var\(--)[0-9a-f]{6}-[0-9a-f]{6}(?=\))/g))
  return [...used].map(pair => `--${pair}:#${pair.split('-')[theme === 'light' ? 0 : 1]}`).join(';')
}

const attributed = /<(\w+)((?:\s+[\w:-]+="[^"]*")+)\s*(\/?)>/g

/** Leaves out what the page's style sheet says once, the roles of marks, and digits under a hundredth of a pixel. */
function slim(svg: string): string {
  return svg.replace(attributed, (_, name: string, attributes: string, close: string) => {
    if (attributes.includes('class="background"') && !/ (fill|stroke)="/.test(attributes)) return ''
    const isMark =
      /aria-roledescription="(?!axis|legend|title)[^"]*"/.test(attributes) && !attributes.includes('container')
    const mono = attributes.includes(`font-family="${fonts.mono.replaceAll('"', '&quot;')}"`) ? ' class="mono"' : ''
    const kept = attributes
      .replace(/ aria-label=("[^"]*")/, isMark ? ' data-say=$1' : '')
      .replace(/ (?:aria-[\w-]+|role|class|font-family|xmlns[\w:]*|version)="[^"]*"/g, '')
      .replace(' font-size="11px"', '')
      .replace(/(?<= (?:d|transform|[xy][12]?|width|height)=")[^"]*/g, numbers =>
        numbers.replace(/(\.\d{2})\d+/g, '$1'),
      )
    return `<${name}${mono}${kept}${close}>`
  })
}
