import { formatCount, formatNumber } from '../../../charts/format.ts'
import { countParameters, type TableModel, type TableSpec } from '../../../nn/index.ts'
import { categoricalSpec, protocolRows, protocolTable, type Parity, type ProtocolRows } from '../../../study/index.ts'
import type { Settlement, StudyContext, TableSystem } from '../../../system/index.ts'

/** Vocabulary sizes of the benchmark's tables, padding and unknown included. */
const sizes = {
  frappe: [956, 4_084, 9, 9, 4, 5, 4, 11, 82, 235],
  movielens: [16_977, 23_606, 49_659],
}

/**
 * The spec of a benchmark table. The benchmark's first version, whose logs give most parameter counts, had no row for
 * padding: one value fewer in every field.
 */
export function benchmarkSpec(dataset: keyof typeof sizes, version: 1 | 2): TableSpec {
  const names = dataset === 'frappe' ? ['user', 'item'] : []
  const spec = categoricalSpec(sizes[dataset].map(size => size - (version === 1 ? 1 : 0)))
  return { ...spec, fields: spec.fields.map((field, i) => ({ ...field, name: names[i] ?? field.name })) }
}

export interface CountCase {
  model: TableModel
  expected: number
}

/** Exact parameter counts. */
export function countsSettled(cases: readonly CountCase[]): Settlement {
  const counts = cases.map(({ model }) => countParameters(model))
  return {
    measured: counts.map(formatCount).join(', '),
    holds: cases.every(({ expected }, i) => counts[i] === expected),
  }
}

/** `5,390 and 90,240` */
export const countsExpected = (...counts: number[]): string => counts.map(formatCount).join(', ')

/**
 * Settles a claim about rows of a protocol. The full Frappe table takes hours and belongs to the full size; the small
 * one takes one seed of the small setting.
 */
export async function settleProtocol(
  context: StudyContext,
  claim: string,
  protocol: 'frappe' | 'frappe-mini',
  rows: readonly string[],
  systems: readonly TableSystem[],
  judge: (rows: ProtocolRows['rows']) => Settlement,
): Promise<void> {
  if (!context.open(claim)) return
  if (protocol === 'frappe' && context.size === 'small') return context.skip(claim, 'full size only')
  const seeds = context.size === 'small' ? context.seeds.slice(0, 1) : context.seeds
  const found = await protocolRows(protocol, rows, systems, { ...context, seeds })
  if (!found) return context.skip(claim, 'no data')
  context.settle(claim, {
    seeds: found.rows[rows[0]!]!.map(row => row.seed),
    ...(found.note ? { note: found.note } : {}),
    ...judge(found.rows),
  })
}

/** The same, and its rows are the study's table. */
export const showProtocol: typeof settleProtocol = (context, claim, protocol, names, systems, judge) =>
  settleProtocol(context, claim, protocol, names, systems, rows => {
    context.show({ table: protocolTable({ rows }) })
    return judge(rows)
  })

/** The largest distances over golden cases: logits and intermediates absolute (1e-5), gradients relative (1e-4). */
export function paritySettled(cases: readonly Parity[]): Settlement {
  const largest = (values: number[]) => values.reduce((most, value) => Math.max(most, value), 0)
  const outputs = largest(cases.flatMap(({ logits, others }) => [logits, ...Object.values(others)]))
  const gradients = largest(cases.flatMap(each => Object.values(each.gradients)))
  return {
    measured: `logits ${formatNumber(outputs)}, gradients ${formatNumber(gradients)}`,
    holds: cases.length > 0 && outputs <= 1e-5 && gradients <= 1e-4,
    note: `${cases.length} golden cases`,
  }
}
