import { chart, chartWidth, type ChartSpec } from './chart.ts'
import { said } from './encodings.ts'
import { formatEffect, formatQuantity } from './format.ts'
import { shapes } from './theme.ts'

export interface LogitParts {
  /** Which answer: `row 17`. */
  label: string
  /** Its additive parts, at most four names in all. */
  parts: { name: string; value: number }[]
}

/** Stacked bars of the additive parts of each answer's logit; a tick marks their sum. */
export function logitParts(answers: LogitParts[]): ChartSpec {
  const names = [...new Set(answers.flatMap(answer => answer.parts.map(part => part.name)))].slice(0, shapes.length)
  const values = answers.flatMap(({ label, parts }) =>
    parts.map(({ name, value }) => ({
      label,
      name,
      value,
      text: `${label}, ${name}: ${formatEffect({ value })} log-odds`,
    })),
  )
  const sums = answers.map(({ label, parts }) => {
    const total = parts.reduce((sum, part) => sum + part.value, 0)
    return { label, total, text: `${label}, in all: ${formatEffect({ value: total })} log-odds` }
  })
  const first = answers[0]
  const greatest = first && [...first.parts].sort((a, b) => Math.abs(b.value) - Math.abs(a.value))[0]
  const y = { field: 'label', type: 'nominal', sort: null, title: null, axis: { ticks: false, domain: false } }
  return chart(
    {
      title:
        first && greatest
          ? `${first.label}: ${greatest.name} gives ${formatEffect({ value: greatest.value })} of ${formatEffect({ value: sums[0]!.total })} log-odds`
          : 'No answers were given',
      table: {
        columns: [
          { title: 'answer', format: 'text' },
          { title: 'part', format: 'text' },
          { title: 'log-odds', format: 'number' },
        ],
        rows: values.map(({ label, name, value }) => [label, name, value]),
      },
      sampleSize: formatQuantity(answers.length, 'row'),
      units: 'log-odds',
      note: 'Parts below zero stack to the left; the tick is their sum.',
    },
    {
      width: chartWidth,
      height: 80 + 26 * answers.length,
      autosize: { type: 'fit', contains: 'padding' },
      layer: [
        {
          data: { values },
          mark: { type: 'bar', height: { band: 0.6 } },
          encoding: {
            y,
            x: { field: 'value', type: 'quantitative', stack: 'zero', title: 'log-odds', axis: { tickCount: 5 } },
            color: {
              field: 'name',
              type: 'nominal',
              scale: { domain: names },
              legend: { title: null, columns: 2 },
            },
            ...said,
          },
        },
        {
          data: { values: sums },
          mark: { type: 'tick', style: 'interval', thickness: 3, size: 22 },
          encoding: { y, x: { field: 'total', type: 'quantitative' }, ...said },
        },
      ],
    },
  )
}
