import { chart, type ChartSpec } from './chart.ts'
import { formatQuantity, formatShare } from './format.ts'
import { namedBars } from './named-bars.ts'

export interface RuleBarsInput {
  /** The finding. */
  title: string
  /** The most widely spoken first. */
  rules: readonly {
    text: string
    support: number
    coverage: number
    precision: number | null
    truth: number | null
  }[]
  sampleSize: string
}

/** Rules drawn; the others are in the table. */
const drawn = 20

/** A bar a rule: the share of the rows it speaks of that the model answers as it does. */
export function ruleBars({ title, rules, sampleSize }: RuleBarsInput): ChartSpec {
  const values = rules.slice(0, drawn).map(({ text, support, precision, truth }) => ({
    name: text,
    value: precision ?? 0,
    silent: precision === null,
    text: `${text}: ${formatQuantity(support, 'row')}${precision === null ? '' : `, ${formatShare(precision)} as the model`}${truth === null ? '' : `, ${formatShare(truth)} as labelled`}`,
  }))
  const x = { field: 'value', type: 'quantitative', title: 'share answered so by the model', scale: { domain: [0, 1] } }
  return chart(
    {
      title,
      table: {
        columns: [
          { title: 'rule', format: 'text' },
          { title: 'rows', format: 'count' },
          { title: 'of all rows', format: 'share' },
          { title: 'as the model', format: 'share' },
          { title: 'as labelled', format: 'share' },
        ],
        rows: rules.map(rule => [rule.text, rule.support, rule.coverage, rule.precision, rule.truth]),
      },
      sampleSize,
      units: 'share of the rows a rule speaks of',
      note: 'The most widely spoken first; a faint rule speaks of none of these rows.',
    },
    namedBars({ values, name: 'name', x, faint: 'silent', labelLimit: 180 }),
  )
}
