import { chart, chartWidth, type ChartSpec, type Table, type View } from './chart.ts'
import { divergingScale, drawn, rampScale, referenceRule, said } from './encodings.ts'
import { formatEffect, formatQuantity, formatSet } from './format.ts'
import { foldRareValues, pairCells, readableRows, transpose, type PairCell, type PairGrid } from './pair-grid.ts'
import { dashes } from './theme.ts'

type Panel = { name: string; body: View; height: number }

/**
 * Three panels: joint less separate (the interaction) and joint on one symmetric scale, and rows a cell. Two numeric or two
 * categorical fields are drawn as cells, a mixed pair as lines over the numeric field. Cells under 20 rows are outlines.
 */
export function pairEffect(grid: PairGrid): ChartSpec {
  const { about, panels } = draw(grid)
  const views = panels.map(({ name, body, height }) => ({ ...body, title: name, width: 230, height: height - 60 }))
  const scales = grid.kinds[0] === grid.kinds[1] ? ['color'] : ['color', 'shape', 'strokeDash']
  const scale = Object.fromEntries(scales.map(name => [name, 'independent']))
  return chart(about, { hconcat: views, spacing: 24, resolve: { scale } })
}

/** The panels of `pairEffect` as charts of their own, for pages where they wrap. */
export function pairPanels(grid: PairGrid): ChartSpec[] {
  const { about, panels } = draw(grid)
  return panels.map(({ name, body, height }) =>
    chart(about, {
      ...body,
      title: name,
      width: chartWidth,
      height,
      autosize: { type: 'fit', contains: 'padding' },
    }),
  )
}

function draw(given: PairGrid): { about: Omit<ChartSpec, 'description' | 'spec'>; panels: Panel[] } {
  const folded = foldRareValues(given)
  const grid = folded.kinds[0] === 'categorical' && folded.kinds[1] === 'numeric' ? transpose(folded) : folded
  const cells = pairCells(grid)
  const readable = cells.filter(cell => cell.rows >= readableRows)
  const reach = Math.max(...readable.flatMap(cell => [Math.abs(cell.joint), Math.abs(cell.beyond)]), 0) || 1
  const mixed = grid.kinds[0] !== grid.kinds[1]
  return {
    about: {
      title: finding(grid, readable),
      table: pairTable(grid, cells),
      sampleSize: formatQuantity(
        grid.rows.reduce((sum, rows) => sum + rows, 0),
        'row',
      ),
      units: grid.units,
      note: `Joint and separate effects are differences from the mean prediction; cells under ${readableRows} rows are ${mixed ? 'left out' : 'outlines'}.`,
    },
    panels: mixed ? linePanels(grid, readable) : cellPanels(grid, cells, reach),
  }
}

function finding(grid: PairGrid, readable: PairCell[]): string {
  const first = [...readable].sort((a, b) => Math.abs(b.beyond) - Math.abs(a.beyond))[0]
  if (!first) return `No cell of ${formatSet(grid.fields)} has ${readableRows} rows`
  const [a, b] = grid.fields.map((field, i) => {
    const value = i === 0 ? first.a : first.b
    return grid.kinds[i] === 'numeric' ? `${field} ${value}` : value
  })
  const size = formatEffect({ value: Math.abs(first.beyond) })
  const effect = first.beyond >= 0 ? `add ${size} ${grid.units} beyond` : `take ${size} ${grid.units} off`
  return `${a} and ${b} ${effect} their separate effects (${formatQuantity(first.rows, 'row')})`
}

function pairTable({ fields, units }: PairGrid, cells: PairCell[]): Table {
  return {
    columns: [
      { title: fields[0], format: 'text' },
      { title: fields[1], format: 'text' },
      { title: `joint less separate (${units})`, format: 'number' },
      { title: 'low', format: 'number' },
      { title: 'high', format: 'number' },
      { title: `joint (${units})`, format: 'number' },
      { title: 'rows', format: 'count' },
    ],
    rows: cells.map(({ a, b, beyond, low, high, joint, rows }) => [a, b, beyond, low, high, joint, rows]),
  }
}

const panelNames = { beyond: 'joint minus separate', joint: 'joint', rows: 'rows per cell' } as const

/** Of labels under the cells, in pixels. */
const labelLimit = 96

function cellPanels(grid: PairGrid, cells: PairCell[], reach: number): Panel[] {
  const numeric = grid.kinds[0] === 'numeric'
  const labels = { ticks: false, domain: false, labelOverlap: numeric }
  const x = axisOf(grid.fields[0], 'a', grid.values[0], { ...labels, labelAngle: -50, labelLimit })
  const y = axisOf(grid.fields[1], 'b', numeric ? [...grid.values[1]].reverse() : grid.values[1], {
    ...labels,
    labelLimit: 124,
  })
  const letters = Math.max(...grid.values[0].map(value => value.length))
  const height =
    95 + Math.min(letters * 5, labelLimit * 0.8) + Math.max(grid.values[1].length * (numeric ? 10 : 15), 60)
  const colour = (shown: keyof typeof panelNames): View =>
    shown === 'rows'
      ? { scale: rampScale, legend: { title: null, tickCount: 3, format: '~s' } }
      : { scale: divergingScale(reach), legend: { title: grid.units, values: [-reach, 0, reach], format: '.2~r' } }
  return (['beyond', 'joint', 'rows'] as const).map(shown => {
    const values = cells.map(cell => ({
      a: cell.a,
      b: cell.b,
      value: drawn(cell[shown]),
      rows: cell.rows,
      few: cell.rows < readableRows,
      text: describe(grid, cell),
    }))
    const body: View = {
      data: { values: shown === 'rows' ? values.filter(cell => cell.value > 0) : values },
      encoding: { x, y },
      layer: [
        {
          transform: [{ filter: shown === 'rows' ? 'true' : '!datum.few' }],
          mark: { type: 'rect' },
          encoding: { color: { field: 'value', type: 'quantitative', ...colour(shown) }, ...said },
        },
        {
          transform: [{ filter: shown === 'rows' ? 'false' : 'datum.few && datum.rows > 0' }],
          mark: { type: 'rect', style: 'outline' },
          encoding: { ...said },
        },
      ],
    }
    return { name: panelNames[shown], body, height }
  })
}

const axisOf = (title: string, field: string, domain: string[], axis: View): View => ({
  field,
  type: 'ordinal',
  title,
  scale: { domain },
  axis,
})

function linePanels(grid: PairGrid, readable: PairCell[]): Panel[] {
  const [bins, names] = grid.values
  const total = (name: string) => readable.filter(cell => cell.b === name).reduce((sum, cell) => sum + cell.rows, 0)
  const series = [...names].sort((a, b) => total(b) - total(a)).slice(0, dashes.length)
  const values = readable.filter(cell => series.includes(cell.b)).map(cell => ({ ...cell, text: describe(grid, cell) }))
  const bounds = values.flatMap(cell => [cell.joint, cell.beyond, cell.low ?? cell.beyond, cell.high ?? cell.beyond])
  const scale = { domain: [Math.min(...bounds, 0), Math.max(...bounds, 0)], nice: true }
  const x = axisOf(grid.fields[0], 'a', bins, { labelOverlap: true, labelAngle: -40, labelLimit: 90, grid: false })
  const names4 = { field: 'b', type: 'nominal', scale: { domain: series } }
  const legend = { title: grid.fields[1], columns: 2, titleLimit: 280, symbolStrokeWidth: 0 }
  const coded = {
    color: { ...names4, legend },
    shape: { ...names4, legend },
  }
  return (['beyond', 'joint', 'rows'] as const).map(shown => {
    const y = {
      field: shown,
      type: 'quantitative',
      title: shown === 'rows' ? 'rows' : grid.units,
      scale: shown === 'rows' ? { domain: [0, Math.max(1, ...values.map(cell => cell.rows))], nice: true } : scale,
      axis: { tickCount: 5, ...(shown === 'rows' ? { format: '~s' } : {}) },
    }
    const band = {
      mark: { type: 'area', aria: false },
      transform: [{ filter: 'isValid(datum.low)' }],
      encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color: { ...names4, legend } },
    }
    const body: View = {
      data: { values },
      layer: [
        ...(shown === 'beyond' ? [band] : []),
        ...(shown === 'rows' ? [] : [referenceRule('y', 0)]),
        {
          mark: { type: 'line', strokeWidth: 1.5, aria: false },
          encoding: {
            x,
            y,
            color: { ...names4, legend },
            strokeDash: { ...names4, scale: { ...names4.scale, range: dashes.slice(0, series.length) }, legend },
          },
        },
        { mark: { type: 'point', size: 36 }, encoding: { x, y, ...coded, ...said } },
      ],
    }
    return { name: panelNames[shown], body, height: 290 }
  })
}

function describe({ fields, units }: PairGrid, { a, b, beyond, low, high, joint, rows }: PairCell): string {
  const effect = `${formatEffect({ value: beyond, low, high })} ${units} beyond the separate effects`
  return `${fields[0]} ${a}, ${fields[1]} ${b}: ${effect}, joint ${formatEffect({ value: joint })}, ${formatQuantity(rows, 'row')}`
}
