import { chart, type ChartSpec, type View } from './chart.ts'
import { divergingScale, rampScale, said } from './encodings.ts'
import { clusteredOrder, strengthOrder } from './field-order.ts'
import { formatEffect, formatQuantity } from './format.ts'
import { overZero, type Importance } from './importance.ts'
import {
  describeInteraction,
  interactionFinding,
  interactionTable,
  ranked,
  unconfirmed,
  type Interaction,
} from './interaction.ts'

export interface InteractionMapInput {
  /** Pairs; larger sets are left out of the map. */
  interactions: Interaction[]
  /** All fields, in schema order. */
  fields: string[]
  /** Of the interaction values: `log-odds`. */
  units: string
  rows: number
  importances?: { values: Importance[]; units: string }
  order?: 'clustered' | 'strength' | 'schema'
  /** `magnitude` colours |value| from 0, `signed` the value on a domain symmetric about 0. */
  scale?: 'magnitude' | 'signed'
  /** End of the colour scale; by default this model's greatest |value|. Give it to compare models. */
  maximum?: number
}

/**
 * Field × field, lower triangle: fill is the strength of a pair's interaction; a dot marks one whose interval covers zero (no
 * fill then) or that the labels do not confirm; bars at the right edge are the fields' importances. Above 60 fields the strongest 60 are drawn; the table keeps all.
 */
export function interactionMap(input: InteractionMapInput): ChartSpec {
  const pairs = ranked(input.interactions).filter(pair => pair.set.length === 2)
  const order = fieldOrder(input, pairs)
  const step = order.length <= 30 ? 20 : 12
  const maximum = input.maximum ?? (Math.max(...pairs.map(pair => Math.abs(pair.value)), 0) || 1)
  const place = new Map(order.map((field, i) => [field, i]))
  const cells = pairs.flatMap(pair => {
    const [a, b] = pair.set.map(field => place.get(field))
    if (a === undefined || b === undefined) return []
    const shown = input.scale === 'signed' ? pair.value : Math.abs(pair.value)
    return [
      {
        row: order[Math.max(a, b)],
        column: order[Math.min(a, b)],
        value: shown,
        empty: overZero(pair),
        dotted: unconfirmed(pair),
        text: describeInteraction(pair, input.units),
      },
    ]
  })
  const axis = {
    title: null,
    ticks: false,
    domain: false,
    style: 'fields',
    labels: order.length <= 30,
    labelLimit: 150,
  }
  const y = { field: 'row', type: 'nominal', scale: { domain: order, paddingInner: 0.06 }, axis }
  const x = {
    ...y,
    field: 'column',
    scale: { domain: order.slice(0, -1), paddingInner: 0.06 },
    axis: { ...axis, labelAngle: -50 },
  }
  const map: View = {
    width: { step },
    height: { step },
    data: { values: cells },
    encoding: { x, y },
    layer: [
      {
        transform: [{ filter: '!datum.empty' }],
        mark: { type: 'rect' },
        encoding: { color: colour(input, maximum, order.length * step), ...said },
      },
      {
        transform: [{ filter: 'datum.dotted' }],
        mark: { type: 'point', style: 'muted', size: 12 },
        encoding: { ...said },
      },
    ],
  }
  const bars = input.importances && importanceBars(input.importances, order, step)
  return chart(
    {
      title: interactionFinding(pairs, input.units),
      table: interactionTable(pairs, input.units),
      sampleSize: formatQuantity(input.rows, 'row'),
      units: input.units,
      note: mapNote(input, pairs, order.length),
    },
    bars ? { hconcat: [map, bars], spacing: 14, resolve: { scale: { y: 'shared' } } } : map,
  )
}

function fieldOrder({ fields, order = 'clustered' }: InteractionMapInput, pairs: Interaction[]): string[] {
  const strength = fields.map(() => fields.map(() => 0))
  for (const { set, value } of pairs) {
    const [a, b] = set.map(field => fields.indexOf(field)) as [number, number]
    if (a >= 0 && b >= 0) strength[a]![b] = strength[b]![a] = Math.abs(value)
  }
  const strongest = strengthOrder(strength).slice(0, 60)
  if (order === 'strength') return strongest.map(i => fields[i]!)
  const kept = strongest.sort((a, b) => a - b)
  if (order === 'schema') return kept.map(i => fields[i]!)
  return clusteredOrder(kept.map(i => kept.map(j => strength[i]![j]!))).map(i => fields[kept[i]!]!)
}

function colour({ scale, units }: InteractionMapInput, maximum: number, side: number): View {
  const signed = scale === 'signed'
  return {
    field: 'value',
    type: 'quantitative',
    scale: signed ? divergingScale(maximum) : { ...rampScale, domain: [0, maximum] },
    legend: {
      title: signed ? units : `|${units}|`,
      tickCount: 3,
      // The empty upper triangle holds the legend where there is room.
      ...(side < 200 ? {} : { orient: 'none', legendX: side - 130, legendY: 0, gradientLength: 100 }),
    },
  }
}

function importanceBars(
  { values, units }: { values: Importance[]; units: string },
  order: string[],
  step: number,
): View {
  const known = new Map(values.map(entry => [entry.field, entry]))
  const rows = order.flatMap(field => {
    const entry = known.get(field)
    return entry
      ? [{ row: field, value: entry.value, text: `${field}: importance ${formatEffect(entry)} ${units}` }]
      : []
  })
  return {
    width: 64,
    height: { step },
    data: { values: rows },
    mark: { type: 'bar', height: { band: 0.6 } },
    encoding: {
      y: { field: 'row', type: 'nominal', scale: { domain: order, paddingInner: 0.06 }, axis: null },
      x: { field: 'value', type: 'quantitative', axis: { title: `importance (${units})`, tickCount: 2 } },
      ...said,
    },
  }
}

function mapNote({ fields }: InteractionMapInput, pairs: Interaction[], drawn: number): string {
  const tested = pairs.some(pair => pair.confirmed !== undefined) ? ', or that the labels do not confirm' : ''
  const cut = drawn < fields.length ? ` The strongest ${drawn} of ${fields.length} fields are drawn.` : ''
  return `A dot marks a pair whose 95% interval covers zero${tested}.${cut}`
}
