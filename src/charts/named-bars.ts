import { chartWidth } from './chart.ts'
import { said } from './encodings.ts'

export interface NamedBarsInput {
  /** One object a bar, top to bottom; `text` is what the bar says. */
  values: readonly { text: string }[]
  /** The property that names a bar. */
  name: string
  /** Encoding of its length. */
  x: object
  /** The property that is true of a bar within noise, drawn faint. */
  faint: string
  /** Room for the names, in pixels. */
  labelLimit?: number
  /** What is drawn over the bars. */
  marks?: readonly object[]
}

/** A horizontal bar a row, in the rows' order. */
export const namedBars = ({ values, name, x, faint, labelLimit, marks = [] }: NamedBarsInput) => ({
  width: chartWidth,
  height: 46 + 18 * values.length,
  autosize: { type: 'fit', contains: 'padding' },
  data: { values },
  encoding: {
    y: {
      field: name,
      type: 'nominal',
      sort: null,
      title: null,
      axis: { style: 'fields', ticks: false, domain: false, ...(labelLimit ? { labelLimit } : {}) },
    },
  },
  layer: [
    {
      mark: { type: 'bar', height: { band: 0.62 } },
      encoding: { x, fillOpacity: { condition: { test: `datum.${faint}`, value: 0.35 }, value: 1 }, ...said },
    },
    ...marks,
  ],
})
