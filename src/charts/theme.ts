import type { Config } from 'vega-lite'

export type Theme = 'light' | 'dark'

/** Colours by role; the pages' style sheet and every chart draw from here. */
export interface Tokens {
  background: string
  surface: string
  text: string
  muted: string
  controlEdge: string
  accent: string
  onAccent: string
  good: string
  warning: string
  bad: string
  /** Weak to strong: farther from the background. */
  sequential: string[]
  /** Negative to positive, neutral in the middle. */
  diverging: string[]
  /** At most four series, always with shapes or dashes. */
  categories: string[]
}

export const tokens: Record<Theme, Tokens> = {
  light: {
    background: '#FFFFFF',
    surface: '#F6F7F9',
    text: '#16191F',
    muted: '#565E6C',
    controlEdge: '#7B8494',
    accent: '#0B6E99',
    onAccent: '#FFFFFF',
    good: '#1A7F5A',
    warning: '#8A5A00',
    bad: '#B3261E',
    sequential: ['#E6F1F6', '#8EC1D8', '#4284A3', '#06405C'],
    diverging: ['#7A3300', '#E39A5B', '#F3F3F3', '#6DB0D3', '#06405C'],
    categories: ['#0B6E99', '#D37812', '#551018', '#261675'],
  },
  dark: {
    background: '#101319',
    surface: '#191D25',
    text: '#E8EBF0',
    muted: '#A3ACBA',
    controlEdge: '#788295',
    accent: '#5CC3EC',
    onAccent: '#06222F',
    good: '#5FCF9F',
    warning: '#E5B454',
    bad: '#FF8A80',
    sequential: ['#1C2A33', '#2B6680', '#66A8C7', '#C9EEFF'],
    diverging: ['#FFC48F', '#B8692B', '#262B33', '#2F86AB', '#A9E1FB'],
    categories: ['#5CC3EC', '#BF9752', '#2A5FB7', '#F5E05D'],
  },
}

export const fonts = {
  text: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  mono: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
}

/** Shapes and dashes that go with the four category colours, in the same order. */
export const shapes = ['circle', 'square', 'triangle-up', 'diamond']
export const dashes = [
  [1, 0],
  [6, 3],
  [2, 2],
  [8, 2, 2, 2],
]

/**
 * The Vega-Lite configuration of a theme. Specs name roles only (`style: 'reference'`, `range: 'diverging'`), so one spec
 * serves both themes: `{ ...spec, config: chartConfig('dark') }`.
 */
export function chartConfig(theme: Theme): Config {
  const { text, muted, accent, controlEdge, background, ...ranges } = tokens[theme]
  const label = {
    labelColor: muted,
    labelFontSize: 11,
    titleColor: muted,
    titleFontSize: 11,
    titleFontWeight: 'normal' as const,
  }
  return {
    background: 'transparent',
    font: fonts.text,
    padding: 4,
    axis: {
      ...label,
      labelFontWeight: 'normal',
      domainColor: controlEdge,
      tickColor: controlEdge,
      gridColor: muted,
      gridOpacity: 0.18,
      titlePadding: 6,
      labelLimit: 150,
      labelSeparation: 6,
    },
    legend: {
      ...label,
      labelColor: text,
      orient: 'top',
      direction: 'horizontal',
      symbolStrokeWidth: 2,
      labelLimit: 240,
      offset: 6,
      gradientLength: 110,
      gradientThickness: 8,
    },
    header: { labelColor: text, labelFontSize: 11, titleColor: muted, titleFontSize: 11 },
    title: { color: text, fontSize: 11, fontWeight: 'normal', anchor: 'start', offset: 6 },
    view: { stroke: null },
    mark: { color: accent },
    line: { strokeWidth: 2 },
    point: { size: 40, filled: true, opacity: 1 },
    text: { fontSize: 11 },
    area: { opacity: 0.2, line: false },
    range: {
      category: ranges.categories,
      ramp: { scheme: ranges.sequential } as never,
      heatmap: { scheme: ranges.sequential } as never,
      diverging: { scheme: ranges.diverging } as never,
      symbol: shapes as never,
    },
    style: {
      reference: { stroke: muted, strokeDash: [3, 3], strokeWidth: 1, color: muted },
      label: { fill: text, color: text },
      halo: { stroke: background, strokeWidth: 4, color: background },
      interval: { stroke: text, strokeWidth: 1.5, color: text },
      muted: { color: muted, fill: muted },
      bin: { stroke: background, strokeWidth: 1 },
      outline: { color: 'transparent', stroke: muted, strokeWidth: 1, strokeOpacity: 0.3 },
      hollow: { fill: background, stroke: accent, strokeWidth: 1.5, filled: false },
      fieldText: { font: fonts.mono, fill: text, color: text, fontSize: 11 },
      fields: { labelFont: fonts.mono, labelColor: text } as never,
    },
  }
}
