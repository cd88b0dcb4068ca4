import { chart, chartWidth, type ChartSpec } from './chart.ts'
import { intervalLayers, said } from './encodings.ts'
import { formatQuantity, formatSet } from './format.ts'
import {
  describeInteraction,
  interactionTable,
  ranked,
  strongestFinding,
  unconfirmed,
  type Interaction,
} from './interaction.ts'

export interface InteractionBarsInput {
  interactions: Interaction[]
  /** Of the values: `log-odds`. */
  units: string
  rows: number
}

/** The strongest sets as bars with 95% intervals: the map's reading on a narrow screen. */
export function interactionBars({ interactions, units, rows }: InteractionBarsInput, top = 20): ChartSpec {
  const all = ranked(interactions)
  const values = all.slice(0, top).map(entry => ({
    name: formatSet(entry.set),
    value: entry.value,
    low: entry.low,
    high: entry.high,
    noise: unconfirmed(entry),
    text: describeInteraction(entry, units),
  }))
  const x = { field: 'value', type: 'quantitative', title: units, axis: { tickCount: 4 } }
  return chart(
    {
      title: strongestFinding(all, units),
      table: interactionTable(all, units),
      sampleSize: formatQuantity(rows, 'row'),
      units,
      note: all.some(pair => pair.confirmed !== undefined)
        ? 'Lines are 95% intervals; faint bars are within noise, or not confirmed by the labels.'
        : 'Lines are 95% intervals; faint bars are within noise.',
    },
    {
      width: chartWidth,
      height: 46 + 30 * values.length,
      autosize: { type: 'fit', contains: 'padding' },
      data: { values },
      encoding: { y: { field: 'name', type: 'nominal', sort: null, axis: null, scale: { paddingOuter: 0 } } },
      layer: [
        {
          mark: {
            type: 'text',
            style: 'fieldText',
            align: 'left',
            x: 2,
            yOffset: -7,
            limit: chartWidth - 16,
            aria: false,
          },
          encoding: { text: { field: 'name', type: 'nominal' } },
        },
        {
          mark: { type: 'bar', height: 9, yOffset: 7 },
          encoding: { x, fillOpacity: { condition: { test: 'datum.noise', value: 0.35 }, value: 1 }, ...said },
        },
        ...intervalLayers(values, x, { yOffset: 7 }),
      ],
    },
  )
}
