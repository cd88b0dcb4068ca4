import { chart, singleView, type ChartSpec } from './chart.ts'
import { drawn, said } from './encodings.ts'
import { formatCount, formatNumber, formatQuantity, formatShare } from './format.ts'

export interface LatencyInput {
  /** Of each answer. */
  microseconds: ArrayLike<number>
  /** What is answered: `tick`, `request`. */
  what: string
}

const binsADecade = 8

/** How long answers took, in bins of equal ratio, with the median and the 99th percentile in the finding. */
export function latencyHistogram({ microseconds, what }: LatencyInput): ChartSpec {
  const sorted = Float64Array.from(microseconds).sort()
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!
  const place = (value: number) => Math.floor(Math.log10(Math.max(value, 1e-3)) * binsADecade)
  const [first, last] = [place(sorted[0]!), place(sorted.at(-1)!)]
  const counts = new Int32Array(last - first + 1)
  for (const value of sorted) counts[place(value) - first]!++
  const bins = Array.from(counts, (count, i) => {
    const [from, to] = [10 ** ((first + i) / binsADecade), 10 ** ((first + i + 1) / binsADecade)]
    const share = count / sorted.length
    const text = `${formatNumber(from)} to ${formatNumber(to)} µs: ${formatCount(count)}, ${formatShare(share)}`
    return { from: drawn(from), to: drawn(to), count, share: drawn(share), text }
  })
  const scale = { type: 'log', nice: false, domain: [bins[0]!.from, bins.at(-1)!.to] }
  return chart(
    {
      title: `Half of the ${what}s are answered within ${formatNumber(at(0.5))} µs, 99 of 100 within ${formatNumber(at(0.99))} µs`,
      table: {
        columns: [
          { title: 'from (µs)', format: 'number' },
          { title: 'to (µs)', format: 'number' },
          { title: `${what}s`, format: 'count' },
        ],
        rows: bins.map(({ from, to, count }) => [from, to, count]),
      },
      sampleSize: formatQuantity(sorted.length, what),
      units: 'microseconds',
      note: `The slowest took ${formatNumber(sorted.at(-1)!)} µs.`,
    },
    singleView(200, {
      data: { values: bins.filter(({ count }) => count > 0) },
      mark: { type: 'bar', style: 'bin' },
      encoding: {
        x: { field: 'from', type: 'quantitative', title: 'microseconds', scale, axis: { tickCount: 4, grid: false } },
        x2: { field: 'to' },
        y: { field: 'share', type: 'quantitative', title: `share of ${what}s`, axis: { tickCount: 4, format: '%' } },
        ...said,
      },
    }),
  )
}
