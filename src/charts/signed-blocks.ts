import { chart, singleView, type ChartSpec } from './chart.ts'
import { divergingScale, drawn, said } from './encodings.ts'
import { formatEffect, formatNumber } from './format.ts'

export interface SignedBlock {
  column: string
  row: string
  value: number
  low: number
  high: number
}

export interface SignedBlocksInput {
  blocks: readonly SignedBlock[]
  columnTitle: string
  rowTitle: string
  units: string
  sampleSize: string
  note?: string
}

/** Blocks of a matrix of signed weights, the sign by hue and in words; one whose interval covers zero is left blank. */
export function signedBlocks({ blocks, columnTitle, rowTitle, units, sampleSize, note }: SignedBlocksInput): ChartSpec {
  const rows = [...new Set(blocks.map(({ row }) => row))]
  const columns = [...new Set(blocks.map(({ column }) => column))]
  const reach = Math.max(...blocks.map(({ value }) => Math.abs(value))) || 1
  const values = blocks.map(block => ({
    ...block,
    value: drawn(block.value),
    told: block.low > 0 || block.high < 0,
    label: formatNumber(block.value, 2),
    text: `${block.column} with ${block.row}: ${formatEffect(block)} ${units}`,
  }))
  const first = [...blocks].sort((a, b) => Math.abs(b.value) - Math.abs(a.value))[0]!
  const axis = { ticks: false, domain: false, labelAngle: 0, labelLimit: 110 }
  return chart(
    {
      title: `${first.column} with ${first.row} weighs most: ${formatEffect(first)} ${units}`,
      table: {
        columns: [
          { title: columnTitle, format: 'text' },
          { title: rowTitle, format: 'text' },
          { title: units, format: 'number' },
          { title: 'low', format: 'number' },
          { title: 'high', format: 'number' },
        ],
        rows: blocks.map(({ column, row, value, low, high }) => [column, row, value, low, high]),
      },
      sampleSize,
      units,
      note,
    },
    singleView(70 + 26 * rows.length, {
      data: { values },
      encoding: {
        x: { field: 'column', type: 'nominal', sort: null, title: columnTitle, scale: { domain: columns }, axis },
        y: { field: 'row', type: 'nominal', sort: null, title: rowTitle, scale: { domain: rows }, axis },
      },
      layer: [
        { mark: { type: 'rect', style: 'outline', aria: false } },
        {
          transform: [{ filter: 'datum.told' }],
          mark: { type: 'rect', style: 'bin' },
          encoding: {
            color: {
              field: 'value',
              type: 'quantitative',
              scale: divergingScale(reach),
              legend: { title: units, values: [-reach, 0, reach], format: '.2~r' },
            },
            ...said,
          },
        },
        {
          mark: { type: 'text', style: 'halo', aria: false },
          encoding: { text: { field: 'label', type: 'nominal' } },
        },
        {
          mark: { type: 'text', style: 'label', aria: false },
          encoding: { text: { field: 'label', type: 'nominal' } },
        },
      ],
    }),
  )
}
