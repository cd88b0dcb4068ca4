import { chart, chartWidth, type ChartSpec } from './chart.ts'
import { said } from './encodings.ts'
import { formatCount, formatQuantity, formatShare } from './format.ts'

export interface RibbonInput {
  /** What was chosen, from a step on until the next. */
  choices: readonly { from: number; chosen: readonly string[] }[]
  /** Where the last choice ends. */
  end: number
  /** `tick` */
  step: string
}

/** Rows drawn, those chosen longest. */
const mostRows = 40

/** What was chosen when: a band a name over the steps, those chosen longest first. */
export function selectionRibbon({ choices, end, step }: RibbonInput): ChartSpec {
  const spans = new Map<string, { from: number; to: number }[]>()
  choices.forEach(({ from, chosen }, i) => {
    const to = choices[i + 1]?.from ?? end
    for (const name of chosen) {
      const own = spans.get(name) ?? []
      const last = own.at(-1)
      if (last?.to === from) last.to = to
      else own.push({ from, to })
      spans.set(name, own)
    }
  })
  const length = (name: string) => spans.get(name)!.reduce((sum, { from, to }) => sum + to - from, 0)
  const names = [...spans.keys()].sort((a, b) => length(b) - length(a))
  const whole = end - choices[0]!.from
  const shown = names.slice(0, mostRows)
  const values = shown.flatMap(name =>
    spans.get(name)!.map(({ from, to }) => ({
      name,
      from,
      to,
      text: `${name}: ${step} ${formatCount(from)} to ${formatCount(to)}`,
    })),
  )
  const always = names.filter(name => length(name) === whole).length
  return chart(
    {
      title: `${formatQuantity(names.length, 'feature')} listened to, ${formatCount(always)} of them all along; chosen anew ${formatQuantity(choices.length - 1, 'time')}`,
      table: {
        columns: [
          { title: 'feature', format: 'field' },
          { title: 'from', format: 'count' },
          { title: 'to', format: 'count' },
        ],
        rows: names.flatMap(name => spans.get(name)!.map(({ from, to }) => [name, from, to])),
      },
      sampleSize: formatQuantity(whole, step),
      units: `share of ${step}s`,
      note: `${names[0]} was listened to longest, ${formatShare(length(names[0]!) / whole)} of the ${step}s.`,
    },
    {
      width: chartWidth,
      height: 50 + 11 * shown.length,
      autosize: { type: 'fit', contains: 'padding' },
      data: { values },
      mark: { type: 'bar', height: { band: 0.8 } },
      encoding: {
        x: {
          field: 'from',
          type: 'quantitative',
          title: step,
          scale: { zero: false, nice: false },
          axis: { tickCount: 5, grid: false },
        },
        x2: { field: 'to' },
        y: {
          field: 'name',
          type: 'nominal',
          sort: null,
          title: null,
          scale: { domain: shown },
          axis: { style: 'fields', ticks: false, domain: false },
        },
        ...said,
      },
    },
  )
}
