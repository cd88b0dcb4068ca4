import { chart, chartWidth, type ChartSpec, type Table } from './chart.ts'
import { said } from './encodings.ts'
import { dashes } from './theme.ts'

/** Values over a whole picture, row-major. */
export interface Grid {
  rows: number
  columns: number
  values: ArrayLike<number>
}

export interface EvidencePanel {
  /** Above the picture; a few words. */
  title: string
  /** Brightness in [0, 1]. */
  picture: Grid
  /** Where it speaks for what the title says; only what is above zero is drawn, relative to the greatest. */
  evidence?: Grid
  /** Corners as shares of width and height. */
  outlines?: readonly { name: string; corners: readonly (readonly [x: number, y: number])[] }[]
  /** What the panel says when pointed at. */
  text: string
}

export interface ImageEvidenceInput {
  title: string
  panels: readonly EvidencePanel[]
  /** Panels side by side. Default 3. */
  across?: number
  table: Table
  units: string
  sampleSize: string
  note?: string
}

const gap = 10
const heading = 16
/** Shades of a picture, and strengths of evidence, that are told apart. */
const shades = 8
const strengths = 4

/** Small pictures with what speaks for an answer laid over them, and outlines of where it should be. */
export function imageEvidence({
  title,
  panels,
  across = 3,
  table,
  units,
  sampleSize,
  note,
}: ImageEvidenceInput): ChartSpec {
  const columns = Math.min(across, panels.length)
  const side = (chartWidth - (columns - 1) * gap) / columns
  const placed = panels.map((panel, i) => ({
    panel,
    left: (i % columns) * (side + gap),
    top: Math.floor(i / columns) * (side + gap + heading) + heading,
  }))
  const height = Math.ceil(panels.length / columns) * (side + gap + heading) - gap
  const middle = ({ left, top }: { left: number; top: number }) => ({ x: left + side / 2, y: top + side / 2 })
  const pictures = placed.flatMap(({ panel, ...place }) =>
    levels(panel.picture, shades, 0, 1).map(({ level, path }) => {
      const grey = Math.round((255 * level) / (shades - 1))
      return { ...middle(place), path, grey: `rgb(${grey},${grey},${grey})` }
    }),
  )
  const evidence = placed.flatMap(({ panel, ...place }) => {
    if (!panel.evidence) return []
    const most = Math.max(...Array.from(panel.evidence.values))
    if (!(most > 0)) return []
    return levels(panel.evidence, strengths + 1, 0, most)
      .filter(({ level }) => level > 0)
      .map(({ level, path }) => ({ ...middle(place), path, kind: 'evidence', strength: level / strengths }))
  })
  const outlines = placed.flatMap(({ panel, left, top }, p) =>
    (panel.outlines ?? []).flatMap(({ name, corners }, o) =>
      [...corners, corners[0]!].map(([x, y], order) => ({
        name,
        id: `${p} ${o}`,
        order,
        x: left + x * side,
        y: top + y * side,
      })),
    ),
  )
  const names = [...new Set(outlines.map(({ name }) => name))]
  const at = (field: string, extent: number) => ({
    field,
    type: 'quantitative',
    axis: null,
    scale: { domain: field === 'y' ? [extent, 0] : [0, extent], nice: false, zero: false },
  })
  const place = { x: at('x', chartWidth), y: at('y', height) }
  const shape = { field: 'path', type: 'nominal', scale: null }
  const mark = { type: 'point', filled: true, size: side * side, opacity: 1, strokeWidth: 0, aria: false }
  const kinds = { field: 'name', type: 'nominal' }
  return chart(
    { title, table, units, sampleSize, note },
    {
      width: chartWidth,
      height,
      resolve: { scale: { color: 'independent', opacity: 'independent' } },
      layer: [
        // A picture's greys are data, the same in both themes.
        {
          data: { values: pictures },
          mark,
          encoding: { ...place, shape, color: { field: 'grey', type: 'nominal', scale: null } },
        },
        {
          data: { values: evidence },
          mark,
          encoding: {
            ...place,
            shape,
            color: {
              field: 'kind',
              type: 'nominal',
              scale: { domain: ['', 'evidence'], range: 'category' },
              legend: null,
            },
            opacity: {
              field: 'strength',
              type: 'quantitative',
              scale: { domain: [0, 1], range: [0, 0.8] },
              legend: null,
            },
          },
        },
        ...(names.length > 0
          ? [
              {
                data: { values: outlines },
                mark: { type: 'line', strokeWidth: 1.5, aria: false },
                encoding: {
                  ...place,
                  detail: { field: 'id', type: 'nominal' },
                  order: { field: 'order', type: 'quantitative' },
                  color: { ...kinds, scale: { domain: names, range: 'category' }, legend: { title: null } },
                  strokeDash: {
                    ...kinds,
                    scale: { domain: names, range: dashes.slice(0, names.length) },
                    legend: null,
                  },
                },
              },
            ]
          : []),
        {
          data: {
            values: placed.map(({ panel, left, top }) => ({
              x: left,
              y: top - 5,
              name: panel.title,
              text: panel.text,
            })),
          },
          mark: { type: 'text', style: 'label', align: 'left', fontSize: 10, limit: side },
          encoding: { ...place, text: { field: 'name', type: 'nominal' }, ...said },
        },
      ],
    },
  )
}

/** One path for each of so many levels between two values, of runs of cells in a square from -1 to 1. */
function levels(
  { rows, columns, values }: Grid,
  count: number,
  low: number,
  high: number,
): { level: number; path: string }[] {
  const paths = Array.from({ length: count }, () => '')
  const levelAt = (at: number) =>
    Math.max(0, Math.min(count - 1, Math.round(((values[at]! - low) / (high - low)) * (count - 1))))
  const [width, height] = [2 / columns, 2 / rows].map(rounded)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns;) {
      const level = levelAt(row * columns + column)
      let end = column + 1
      while (end < columns && levelAt(row * columns + end) === level) end++
      const [x, y] = [-1 + (2 * column) / columns, -1 + (2 * row) / rows].map(rounded)
      paths[level] += `M${x},${y}h${rounded((end - column) * width!)}v${height}h${rounded((column - end) * width!)}Z`
      column = end
    }
  }
  return paths.flatMap((path, level) => (path === '' ? [] : [{ level, path }]))
}

const rounded = (value: number) => Math.round(value * 1e4) / 1e4
