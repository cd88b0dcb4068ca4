import { chart, chartWidth, type ChartSpec, type Table } from './chart.ts'
import { said } from './encodings.ts'
import { dashes } from './theme.ts'

export interface LinkedPicture {
  /** Above the picture; a few words. */
  title: string
  rows: number
  columns: number
  /** Brightness in [0, 1], [rows, columns]. */
  brightness: ArrayLike<number>
  /** Boxes around cells, in the same order in both pictures of a pair: name, and the cell's row and column. */
  boxes: readonly { name: string; row: number; column: number }[]
}

export interface PatchLinksInput {
  /** The finding. */
  title: string
  /** Cells of each picture. */
  cells: { rows: number; columns: number }
  pictures: readonly LinkedPicture[]
  table: Table
  units: string
  sampleSize: string
  note?: string
}

const across = 3
const gap = 10
const heading = 16
const shades = 8

/** Pictures side by side with boxes of one name around patches that correspond. */
export function patchLinks({ title, cells, pictures, table, units, sampleSize, note }: PatchLinksInput): ChartSpec {
  const columns = Math.min(across, pictures.length)
  const size = (chartWidth - (columns - 1) * gap) / columns
  const height = Math.ceil(pictures.length / columns) * (size + gap + heading) - gap
  const corner = (place: number) => ({
    left: (place % columns) * (size + gap),
    top: Math.floor(place / columns) * (size + gap + heading) + heading,
  })
  const names = [...new Set(pictures.flatMap(({ boxes }) => boxes.map(({ name }) => name)))]
  const paths = pictures.flatMap((picture, place) =>
    shadesOf(picture).map(({ shade, path }) => {
      const { left, top } = corner(place)
      const grey = Math.round((255 * shade) / (shades - 1))
      return { x: left + size / 2, y: top + size / 2, path, grey: `rgb(${grey},${grey},${grey})` }
    }),
  )
  const outlines = pictures.flatMap(({ boxes }, place) =>
    boxes.flatMap(({ name, row, column }) => {
      const { left, top } = corner(place)
      const at = (down: number, right: number) => ({
        name,
        id: `${place} ${name}`,
        x: left + ((column + right) / cells.columns) * size,
        y: top + ((row + down) / cells.rows) * size,
      })
      return [at(0, 0), at(0, 1), at(1, 1), at(1, 0), at(0, 0)].map((point, order) => ({ ...point, order }))
    }),
  )
  const along = (field: 'x' | 'y', extent: number) => ({
    field,
    type: 'quantitative',
    axis: null,
    scale: { domain: field === 'y' ? [extent, 0] : [0, extent], nice: false, zero: false },
  })
  const position = { x: along('x', chartWidth), y: along('y', height) }
  const kind = { field: 'name', type: 'nominal' }
  return chart(
    { title, table, units, sampleSize, note },
    {
      width: chartWidth,
      height,
      resolve: { scale: { color: 'independent' } },
      layer: [
        {
          data: { values: paths },
          mark: { type: 'point', filled: true, size: size * size, opacity: 1, strokeWidth: 0, aria: false },
          encoding: {
            ...position,
            shape: { field: 'path', type: 'nominal', scale: null },
            color: { field: 'grey', type: 'nominal', scale: null },
          },
        },
        {
          data: { values: outlines },
          mark: { type: 'line', strokeWidth: 2, aria: false },
          encoding: {
            ...position,
            detail: { field: 'id', type: 'nominal' },
            order: { field: 'order', type: 'quantitative' },
            color: { ...kind, scale: { domain: names, range: 'category' }, legend: { title: 'patch' } },
            strokeDash: { ...kind, scale: { domain: names, range: dashes.slice(0, names.length) }, legend: null },
          },
        },
        {
          data: {
            values: pictures.map(({ title: name }, place) => ({
              x: corner(place).left,
              y: corner(place).top - 5,
              name,
              text: name,
            })),
          },
          mark: { type: 'text', style: 'label', align: 'left', fontSize: 10, limit: size },
          encoding: { ...position, text: { field: 'name', type: 'nominal' }, ...said },
        },
      ],
    },
  )
}

/** One path for each shade, of runs of pixels in a square from -1 to 1. */
function shadesOf({ rows, columns, brightness }: LinkedPicture): { shade: number; path: string }[] {
  const paths = new Array<string>(shades).fill('')
  const shadeAt = (at: number) => Math.max(0, Math.min(shades - 1, Math.round(brightness[at]! * (shades - 1))))
  const short = (value: number) => Math.round(value * 1e4) / 1e4
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns;) {
      const shade = shadeAt(row * columns + column)
      let end = column + 1
      while (end < columns && shadeAt(row * columns + end) === shade) end++
      const [x, y] = [short(-1 + (2 * column) / columns), short(-1 + (2 * row) / rows)]
      const [wide, high] = [short((2 * (end - column)) / columns), short(2 / rows)]
      paths[shade] += `M${x},${y}h${wide}v${high}h${-wide}Z`
      column = end
    }
  }
  return paths.flatMap((path, shade) => (path === '' ? [] : [{ shade, path }]))
}
