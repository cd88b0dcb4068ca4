import { chart, singleView, type ChartSpec } from './chart.ts'
import { said } from './encodings.ts'
import { formatCount, formatNumber, formatQuantity } from './format.ts'

export interface BlockWidthsInput {
  /** From the most frequent values on: how many, how often each occurs and how many dimensions it keeps, in the mean. */
  blocks: readonly { values: number; count: number; width: number }[]
  /** Dimensions before pruning. */
  whole: number
  rows: number
}

/** A bar a block of values by frequency: the dimensions its values keep. */
export function blockWidths({ blocks, whole, rows }: BlockWidthsInput): ChartSpec {
  const values = blocks.map(({ values: size, count, width }, i) => ({
    block: i + 1,
    width,
    text: `block ${i + 1}: ${formatQuantity(size, 'value')} seen ${formatNumber(count)} times each keep ${formatNumber(width)} of ${whole} dimensions`,
  }))
  const [first, last] = [blocks[0]!, blocks.at(-1)!]
  return chart(
    {
      title: `The most frequent values keep ${formatNumber(first.width)} dimensions, the rarest ${formatNumber(last.width)} of ${formatCount(whole)}`,
      table: {
        columns: [
          { title: 'block', format: 'count' },
          { title: 'values', format: 'count' },
          { title: 'mean count', format: 'number' },
          { title: 'mean dimensions', format: 'number' },
        ],
        rows: blocks.map(({ values: size, count, width }, i) => [i + 1, size, count, width]),
      },
      sampleSize: formatQuantity(rows, 'training row'),
      units: 'dimensions kept a value',
      note: 'Block 1 holds the most frequent values. Rare values stay near their start, which pruning drops first.',
    },
    singleView(220, {
      data: { values },
      mark: { type: 'bar' },
      encoding: {
        x: { field: 'block', type: 'ordinal', title: 'block of values by frequency', axis: { labelAngle: 0 } },
        y: {
          field: 'width',
          type: 'quantitative',
          title: 'dimensions',
          scale: { domain: [0, whole] },
          axis: { tickCount: 4 },
        },
        ...said,
      },
    }),
  )
}
