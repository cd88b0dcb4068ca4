import { chart, type ChartSpec } from './chart.ts'
import { intervalLayers } from './encodings.ts'
import { formatEffect, formatQuantity, type Measured } from './format.ts'
import { namedBars } from './named-bars.ts'

export interface Importance extends Measured {
  field: string
  value: number
}

export interface ImportanceInput {
  importances: Importance[]
  /** Completes `0.082 <units> <phrase>`: `AUC`, `lost when the field is shuffled`. */
  units: string
  phrase: string
  rows: number
  /** The finding; by default the field used most. */
  title?: string
}

/** A bar a field with its 95% interval, strongest first; bars whose interval covers zero are faint. */
export function importanceChart({ importances, units, phrase, rows, title }: ImportanceInput): ChartSpec {
  const sorted = [...importances].sort((a, b) => b.value - a.value)
  const values = sorted.map(entry => ({ ...entry, noise: overZero(entry), text: describe(entry, units) }))
  const first = sorted.reduce<Importance | undefined>(
    (most, entry) => (most && Math.abs(most.value) >= Math.abs(entry.value) ? most : entry),
    undefined,
  )
  const x = { field: 'value', type: 'quantitative', title: units, axis: { tickCount: 4 } }
  return chart(
    {
      title:
        title ??
        (first
          ? `The model uses ${first.field} most: ${formatEffect({ value: first.value })} ${units} ${phrase}`
          : 'No importances were measured'),
      table: {
        columns: [
          { title: 'field', format: 'field' },
          { title: units, format: 'number' },
          { title: 'low', format: 'number' },
          { title: 'high', format: 'number' },
        ],
        rows: sorted.map(({ field, value, low, high }) => [field, value, low ?? null, high ?? null]),
      },
      sampleSize: formatQuantity(rows, 'row'),
      units,
      ...(sorted.some(({ low }) => Number.isFinite(low))
        ? { note: 'Lines are 95% intervals; faint bars are within noise.' }
        : {}),
    },
    namedBars({ values, name: 'field', x, faint: 'noise', marks: intervalLayers(values, x) }),
  )
}

/** Whether the interval covers zero: nothing is told from noise. */
export function overZero({ low, high }: Measured): boolean {
  return low != null && high != null && low <= 0 && high >= 0
}

const describe = (entry: Importance, units: string) =>
  `${entry.field}: ${formatEffect(entry)} ${units}${overZero(entry) ? ', within noise' : ''}`
