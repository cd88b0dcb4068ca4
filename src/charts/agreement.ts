import { chart, singleView, type ChartSpec } from './chart.ts'
import { drawn, said } from './encodings.ts'
import { formatCount, formatNumber, formatQuantity, formatSet } from './format.ts'

export interface AgreementInput {
  /** What is weighed: a pair where left out. */
  of?: 'pair' | 'field'
  /** Pairs of which both are known. */
  pairs: readonly { set: readonly string[]; weight: number; ablation: number }[]
  /** What the model's own weight is called: `attention`. */
  weight: string
  /** What the ablation is called: `non-additivity`. */
  ablation: string
  units: string
  /** Spearman's, over the pairs; NaN where it is not defined. */
  correlation: number
  rows: number
}

/** Pairs with a name in the drawing: the first of either order. */
const labelled = 2

/** A model's own weights of pairs against what ablation measures of them: a point a pair. */
export function agreementChart(input: AgreementInput): ChartSpec {
  const { of = 'pair', pairs, weight, ablation, units, rows } = input
  const by = (key: 'weight' | 'ablation') => [...pairs].sort((a, b) => b[key] - a[key])
  const named = new Set((['weight', 'ablation'] as const).flatMap(key => by(key).slice(0, labelled)))
  const values = pairs.map(pair => ({
    weight: drawn(pair.weight),
    ablation: drawn(pair.ablation),
    name: named.has(pair) ? formatSet(pair.set) : '',
    text: `${formatSet(pair.set)}: ${weight} ${formatNumber(pair.weight)}, ${ablation} ${formatNumber(pair.ablation)} ${units}`,
  }))
  return chart(
    {
      title: agreementFinding(input),
      table: {
        columns: [
          { title: of, format: 'field' },
          { title: weight, format: 'number' },
          { title: `${ablation}, ${units}`, format: 'number' },
        ],
        rows: by('ablation').map(pair => [formatSet(pair.set), pair.weight, pair.ablation]),
      },
      sampleSize: `${formatQuantity(pairs.length, of)}, ${formatQuantity(rows, 'row')}`,
      units,
      note: `${capital(weight)} is what the model computes with; ${ablation} is what its answer depends on. Where they differ, the ablation stands.`,
    },
    singleView(260, {
      data: { values },
      encoding: {
        x: { field: 'weight', type: 'quantitative', title: weight, axis: { tickCount: 4 } },
        y: { field: 'ablation', type: 'quantitative', title: `${ablation}, ${units}`, axis: { tickCount: 5 } },
      },
      layer: [
        { mark: { type: 'point', size: 45 }, encoding: { ...said } },
        {
          transform: [{ filter: "datum.name !== ''" }],
          mark: { type: 'text', style: 'label', align: 'left', dx: 6, dy: -6, limit: 150, aria: false },
          encoding: { text: { field: 'name', type: 'nominal' } },
        },
      ],
    }),
  )
}

/** Whether the weights and the ablation put the same pair first, in one sentence. */
export function agreementFinding({ of = 'pair', pairs, weight, ablation, correlation }: AgreementInput): string {
  const ranked = [...pairs].sort((a, b) => b.ablation - a.ablation)
  const heaviest = pairs.reduce<(typeof pairs)[0] | undefined>(
    (most, pair) => (most && most.weight >= pair.weight ? most : pair),
    undefined,
  )
  if (!heaviest) return `No ${of} has a weight to set against ${ablation}`
  const over = Number.isNaN(correlation)
    ? ''
    : `; rank correlation ${formatNumber(correlation, 2)} over ${formatQuantity(pairs.length, of)}`
  const first = ranked[0]!
  if (first === heaviest) return `${capital(weight)} and ${ablation} both put ${formatSet(first.set)} first${over}`
  return `${capital(weight)} puts ${formatSet(heaviest.set)} first, which is number ${formatCount(ranked.indexOf(heaviest) + 1)} by ${ablation}; first there is ${formatSet(first.set)}${over}`
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
