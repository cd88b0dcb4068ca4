import { formatShare, importanceChart, type ChartSpec } from '../../../charts/index.ts'
import {
  leafOf,
  pathOf,
  ruleCounterfactuals,
  sideOf,
  treeIndex,
  type Predictor,
  type RuleCounterfactualOptions,
  type Surrogate,
} from '../../../lenses/index.ts'
import type { Finding } from '../../../system/index.ts'
import { indexNames, type RulesDocument } from './explanation.ts'

export interface LocalOptions extends RuleCounterfactualOptions {
  /** Its number. */
  number: number
  output?: number
  /** A cell in its own unit. */
  toUnit?(column: number, cell: number): number
}

export interface ToldRow {
  results: Finding[]
  figures: ChartSpec[]
  notes: string[]
  row: NonNullable<RulesDocument['row']>
}

/** The rule of one row, what each column has in the tree's answer, and the smallest changes that turn it, asked of the model. */
export async function localRules(
  surrogate: Surrogate,
  predictor: Predictor,
  row: Float64Array,
  { number, toUnit, ...options }: LocalOptions,
): Promise<ToldRow> {
  const { tree, top, seen, words, fidelity } = surrogate
  const own = Float64Array.from(top, (c, k) =>
    seen[k]!.kind === 'numeric' ? (toUnit?.(c, row[c]!) ?? row[c]!) : row[c]!,
  )
  const { value } = leafOf(tree, k => own[k]!)
  const side = sideOf(value, words)
  const answer = words.kind === 'value' ? `about ${words.number(value[0]!)}` : words.classes[side]!
  const shown = words.kind === 'value' ? 0 : side
  const one = Array.from(own, cell => Float64Array.of(cell))
  const { values: shares } = treeIndex([tree], one, { index: 'SV', output: shown })
  const attributions = seen
    .map(({ name }, k) => ({ field: name, value: shares[k]! }))
    .filter(each => each.value !== 0)
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
  const path = pathOf(surrogate, own)
  const ruled = `Row ${number}: ${path.join(' and ') || 'always'} → ${answer}`
  const counterfactuals = await ruleCounterfactuals(surrogate, predictor, row, own, { ...options, side })
  const units = words.kind === 'value' ? 'of the number' : `of the share of ${words.classes[side]}`
  const verified = counterfactuals.filter(each => each.verified).length
  return {
    results: [
      ...attributions.map(({ field, value: share }): Finding => ({
        set: [field],
        index: indexNames.attribution,
        value: share,
      })),
      ...counterfactuals.map(({ changes, distance, verified: so, answer: to }): Finding => ({
        set: changes.map(({ field }) => field),
        index: indexNames.counterfactual,
        value: distance,
        reason: `${changes.map(({ text }) => text).join('; ')} → ${to}, ${so ? 'verified: the model says so too' : 'not verified: the model says otherwise'}`,
      })),
    ],
    figures:
      attributions.length > 0
        ? [
            importanceChart({
              importances: attributions,
              units,
              phrase: `in row ${number}`,
              rows: surrogate.parts.fit.length,
              title: ruled,
            }),
          ]
        : [],
    notes: [
      ruled,
      `the tree answers as the model on ${formatShare(fidelity[0]!.agreement.value)} of other rows`,
      counterfactuals.length > 0
        ? `${verified} of ${counterfactuals.length} counterfactuals are verified on the model; distances are in median absolute deviations`
        : 'no leaf of another answer can be reached within the constraints',
    ],
    row: { path, answer, counterfactuals },
  }
}
