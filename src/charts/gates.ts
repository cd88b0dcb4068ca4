import { chart, chartWidth, type ChartSpec } from './chart.ts'
import { referenceRule, said } from './encodings.ts'
import { formatNumber, formatQuantity } from './format.ts'

export interface GateInput {
  fields: string[]
  /** Two gates, each [fields]. */
  gates: { name: string; values: number[] }[]
  /** The value that changes nothing: 1 for a gate in (0, 2). */
  neutral: number
  rows: number
}

/** Two bars a field side by side: their difference is what the two streams specialise in. */
export function gateBars({ fields, gates, neutral, rows }: GateInput): ChartSpec {
  const gap = (i: number) => Math.abs(gates[0]!.values[i]! - gates[1]!.values[i]!)
  const order = fields.map((_, i) => i).sort((a, b) => gap(b) - gap(a))
  const widest = order[0] ?? 0
  const places = ['upper', 'lower']
  const names = gates.map((gate, g) => `${gate.name} (${places[g]} bar)`)
  const values = order.flatMap(i =>
    gates.map((gate, g) => ({
      field: fields[i],
      gate: names[g],
      value: gate.values[i],
      text: `${fields[i]}, ${gate.name}: ${formatNumber(gate.values[i])}`,
    })),
  )
  const coded = { field: 'gate', type: 'nominal', sort: null }
  return chart(
    {
      title: `${fields[widest]} parts the streams most: ${gates.map(gate => `${formatNumber(gate.values[widest])} in ${gate.name}`).join(', ')}`,
      table: {
        columns: [
          { title: 'field', format: 'field' },
          ...gates.map(gate => ({ title: gate.name, format: 'number' as const })),
        ],
        rows: order.map(i => [fields[i]!, ...gates.map(gate => gate.values[i]!)]),
      },
      sampleSize: formatQuantity(rows, 'row'),
      units: 'mean gate',
      note: `At the dashed line, ${neutral}, a gate changes nothing.`,
    },
    {
      width: chartWidth,
      height: 70 + 26 * fields.length,
      autosize: { type: 'fit', contains: 'padding' },
      layer: [
        {
          data: { values },
          mark: { type: 'bar', height: { band: 0.8 } },
          encoding: {
            y: {
              field: 'field',
              type: 'nominal',
              sort: null,
              title: null,
              axis: { style: 'fields', ticks: false, domain: false },
            },
            yOffset: coded,
            x: { field: 'value', type: 'quantitative', title: 'mean gate', axis: { tickCount: 4 } },
            color: { ...coded, legend: { title: null, columns: 1 } },
            ...said,
          },
        },
        referenceRule('x', neutral),
      ],
    },
  )
}
