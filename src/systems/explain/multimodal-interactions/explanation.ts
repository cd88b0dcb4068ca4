import {
  cellMap,
  formatNumber,
  formatQuantity,
  formatShare,
  informationParts,
  type ChartSpec,
} from '../../../charts/index.ts'
import type { TwoViews } from '../../../data/index.ts'
import { accuracyBounds, entropy, synergyOfCells } from '../../../lenses/index.ts'
import type { Explanation, Finding } from '../../../system/index.ts'
import { flat, type Measured, type Parts } from './measure.ts'

/** Rows a cell needs for its share to be told. */
const fewest = 5

/** What was measured as findings, a table, charts and sentences. */
export function explanationOf(
  measured: Measured,
  { views, labels }: Pick<TwoViews, 'views' | 'labels'>,
): Explanation & { figures: ChartSpec[] } {
  const { bounds, joint, rows, resampled, shuffled } = measured
  const names: [string, string] = [views[0].name, views[1].name]
  const own = flat(measured)
  const finding = (set: readonly string[], index: string, part: keyof Parts, reason?: string): Finding => ({
    set,
    index,
    value: own[part],
    ...intervalOf(
      own[part],
      resampled.map(each => each[part]),
    ),
    reason:
      reason ??
      noiseOf(
        own[part],
        shuffled.map(each => each[part]),
      ),
  })
  const either = Math.max(...bounds.fromRedundancy)
  const results = [
    finding(names, 'redundancy', 'redundancy'),
    finding([names[0]], 'uniqueness', 'first'),
    finding([names[1]], 'uniqueness', 'second'),
    ...(joint ? [finding(names, 'synergy', 'synergy')] : []),
    finding(
      names,
      'synergy, at least',
      'low',
      `from redundancy ${formatNumber(either)}, from disagreement ${formatNumber(bounds.fromDisagreement)}, and 0`,
    ),
    finding(names, 'synergy, at most', 'high', 'from the least entropy that a joint distribution can have'),
    ...(joint ? [finding(names, 'information', 'total')] : []),
  ]
  return {
    results,
    complete: true,
    units: 'bits',
    table: {
      columns: ['', 'bits', 'low', 'high', 'labels shuffled, up to'],
      rows: (
        [
          ['either alone', 'redundancy'],
          [`only ${names[0]}`, 'first'],
          [`only ${names[1]}`, 'second'],
          ['only together', 'synergy'],
          ['only together, at least', 'low'],
          ['only together, at most', 'high'],
          ['in all', 'total'],
        ] as const
      )
        .filter(([, part]) => !Number.isNaN(own[part]))
        .map(([title, part]) => {
          const { low = null, high = null } = intervalOf(
            own[part],
            resampled.map(each => each[part]),
          )
          return [
            title,
            own[part],
            low,
            high,
            shuffled.length > 0 ? Math.max(...shuffled.map(each => each[part])) : null,
          ]
        }),
    },
    figures: figuresOf(measured, names, labels.name),
    tensors: tensorsOf(measured),
    notes: [
      `${labels.name} is known in ${formatQuantity(rows.first, 'row')} with ${names[0]}, ${formatQuantity(rows.second, 'row')} with ${names[1]}, ${formatQuantity(rows.joint, 'row')} with both; both are known in ${formatQuantity(rows.pairs, 'row')}`,
      ...accuracyNotes(measured, names),
      ...sampleNotes(measured),
      'redundancy: what either tells alone; uniqueness: what one alone tells; synergy: what only both together tell (Bertschinger et al. 2014)',
    ],
  }
}

const z95 = 1.959963984540054

/** The value with 1.96 deviations of its resamples on either side. */
function intervalOf(value: number, resampled: readonly number[]): { low?: number; high?: number } {
  if (resampled.length < 2 || Number.isNaN(value)) return {}
  const mean = resampled.reduce((sum, each) => sum + each, 0) / resampled.length
  const squares = resampled.reduce((sum, each) => sum + (each - mean) ** 2, 0)
  const half = z95 * Math.sqrt(squares / (resampled.length - 1))
  return { low: value - half, high: value + half }
}

function noiseOf(value: number, shuffled: readonly number[]): string | undefined {
  if (shuffled.length === 0) return undefined
  const most = Math.max(...shuffled)
  return `${value > most ? '' : 'within noise: '}shuffled labels reach ${formatNumber(most)}`
}

function accuracyNotes({ bounds, joint, labelShares, classes }: Measured, names: readonly string[]): string[] {
  const known = bounds.coupling.information
  const synergy = joint ? { low: joint.parts.synergy, high: joint.parts.synergy } : bounds
  const { low, high } = accuracyBounds(entropy(labelShares), classes.length, {
    low: known + synergy.low,
    high: known + synergy.high,
  })
  return [
    `the best model of ${names.join(' and ')} as they are cut here is right in ${formatShare(low)} to ${formatShare(high)} of the rows${joint ? '' : ', without joint labels'}`,
  ]
}

function sampleNotes({ names, classes, rows, joint }: Measured): string[] {
  const cells = names[0].length * names[1].length * classes.length
  const each = (joint ? rows.joint : rows.pairs) / cells
  if (each >= fewest) return []
  return [
    `${formatNumber(each)} rows a cell, of ${formatQuantity(cells, 'cell')}: counts of fewer than ${fewest} tell too much information; take what shuffled labels reach off, or fewer clusters (--set clusters=5)`,
  ]
}

function figuresOf(measured: Measured, names: [string, string], label: string): ChartSpec[] {
  const { bounds, joint, rows, pairCounts } = measured
  const { redundancy, first, second, synergy } = flat(measured)
  const parts = informationParts({
    sources: names,
    label,
    redundancy,
    unique: [first, second],
    synergy: joint ? synergy : undefined,
    bounds,
    sampleSize: formatQuantity(joint ? rows.joint : rows.pairs, 'row'),
  })
  if (!joint) return [parts]
  const width = measured.names[1].length
  return [
    parts,
    cellMap({
      rows: { title: names[0], names: measured.names[0] },
      columns: { title: names[1], names: measured.names[1] },
      values: synergyOfCells(joint.distribution, joint.parts.coupling),
      says: (row, column) => formatQuantity(pairCounts[row * width + column]!, 'row'),
      finding: `tells most of ${label} beyond what each tells`,
      units: 'bits of synergy',
      sampleSize: formatQuantity(rows.joint, 'row'),
      note: 'Cells add up to the synergy.',
    }),
  ]
}

function tensorsOf({ bounds, joint, pairCounts, names, classes }: Measured): Explanation['tensors'] {
  const [first, second] = [names[0].length, names[1].length]
  const { tables } = (joint?.parts ?? bounds).coupling
  const coupling = new Float64Array(first * second * classes.length)
  tables.forEach((table, y) => table.forEach((q, cell) => (coupling[cell * classes.length + y] = q)))
  const dims = [first, second, classes.length]
  return {
    coupling: { dtype: 'float64', dims, data: coupling },
    pairs: { dtype: 'float64', dims: [first, second], data: pairCounts },
    ...(joint && { joint: { dtype: 'float64', dims, data: joint.distribution.probabilities } }),
  }
}
