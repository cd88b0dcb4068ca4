import {
  bandCurves,
  decisionTree,
  formatCount,
  formatMetric,
  formatNumber,
  formatQuantity,
  formatShare,
  rankGrid,
  ruleBars,
  type BandCurve,
  type ChartSpec,
  type DrawnNode,
} from '../../../charts/index.ts'
import {
  conditionOf,
  conditionText,
  leafBoxes,
  leftOf,
  sideOf,
  type RuleCounterfactual,
  type Surrogate,
  type TreeNode,
} from '../../../lenses/index.ts'
import type { Estimate } from '../../../metrics/index.ts'
import type { Finding } from '../../../system/index.ts'
import type { MeasuredRules } from './measure.ts'

/** The rules and what is known of them, as `explain --json` has them. */
export interface RulesDocument {
  /** The columns that rules may speak of, the strongest first: share of what shuffling the columns moves, and in how many resamples of the rows it is among them. */
  columns: { field: string; importance: number; resamples: number }[]
  rules: {
    text: string
    answer: string
    support: number
    coverage: number
    precision: number | null
    truth: number | null
  }[]
  fidelity: { surrogate: string; agreement: Estimate; macro: Estimate; r2: Estimate; truth: Estimate | null }[]
  /** Agreement of always saying what the model says most. */
  majority: number
  /** Share of rows that the model answers as labelled. */
  model: Estimate | null
  /** Rows that rules and fidelity are measured on. */
  rows: number
  stability: number
  elbow: { k: number; score: number }[]
  faithfulness: { k: number; comprehensiveness: Estimate; sufficiency: Estimate; drawn: Estimate }[]
  pairs: { set: string[]; h: Estimate; banzhaf: number }[]
  /** Of one row: what the tree asks on its way, what it answers, and the smallest changes that would turn it. */
  row?: { path: string[]; answer: string; counterfactuals: RuleCounterfactual[] }
}

export interface ToldRules {
  results: Finding[]
  figures: ChartSpec[]
  notes: string[]
  document: RulesDocument
}

export const indexNames = {
  rule: 'rule',
  importance: 'importance',
  banzhaf: 'FBII',
  attribution: 'share in the answer of the tree',
  counterfactual: 'counterfactual',
} as const

/** Columns drawn in the grid of ranks. */
const drawnColumns = 20

/** A surrogate as findings, charts and sentences; `fields` are the names of all columns. */
export function explanationOf(measured: MeasuredRules, fields: readonly string[]): ToldRules {
  const document = documentOf(measured)
  return {
    results: findingsOf(measured, document),
    figures: figuresOf(measured, document, fields),
    notes: notesOf(measured, document),
    document,
  }
}

function documentOf({ surrogate, faithfulness, pairs }: MeasuredRules): RulesDocument {
  const { ranking, top, seen, rules, fidelity, majority, modelTruth, parts, stability, elbow } = surrogate
  const all = ranking.effect.reduce((sum, effect) => sum + effect, 0) || 1
  return {
    columns: top.map((c, k) => ({
      field: seen[k]!.name,
      importance: ranking.effect[c]! / all,
      resamples: ranking.resampled.filter(order => order.slice(0, top.length).includes(c)).length,
    })),
    rules: rules.map(({ text, answer, support, coverage, precision, truth }) => ({
      text,
      answer,
      support,
      coverage,
      precision,
      truth,
    })),
    fidelity: fidelity.map(each => ({ ...each, truth: each.truth ?? null })),
    majority,
    model: modelTruth ?? null,
    rows: parts.test.length,
    stability,
    elbow,
    faithfulness,
    pairs,
  }
}

function findingsOf({ surrogate }: MeasuredRules, { columns, pairs }: RulesDocument): Finding[] {
  const { rules, ranking, top } = surrogate
  return [
    ...rules
      .filter(({ precision }) => precision !== null)
      .map((rule): Finding => ({
        set: rule.conditions.length === 0 ? ['always'] : rule.conditions.map(({ field }) => field),
        index: indexNames.rule,
        value: rule.precision!,
        reason: `${rule.text}; ${formatQuantity(rule.support, 'row')}${rule.truth === null ? '' : `, ${formatShare(rule.truth)} as labelled`}`,
      })),
    ...columns.map(({ field, importance, resamples }): Finding => ({
      set: [field],
      index: indexNames.importance,
      value: importance,
      reason: `among the first ${top.length} in ${resamples} of ${ranking.resampled.length} resamples`,
    })),
    ...pairs.map(({ set, banzhaf, h }): Finding => ({
      set,
      index: indexNames.banzhaf,
      value: banzhaf,
      reason: `H ${formatNumber(h.value)}`,
    })),
  ]
}

const scoreName = ({ words }: Surrogate) => (words.kind === 'value' ? 'R2 to the model' : 'macro F1 to the model')

function figuresOf(
  { surrogate, faithfulness, rows }: MeasuredRules,
  document: RulesDocument,
  fields: readonly string[],
): ChartSpec[] {
  const { ranking, top, parts, elbow, words, stability } = surrogate
  const sampleSize = formatQuantity(document.rows, 'row')
  const first = ranking.order.slice(0, drawnColumns)
  const ranksOf = (order: readonly number[]) => first.map(c => order.indexOf(c) + 1)
  const scores = elbow.map(({ score }) => score)
  const chosen = elbow.find(({ k }) => k === top.length)!
  const carried = faithfulness.find(({ k }) => k === top.length) ?? faithfulness.at(-1)!
  return [
    ruleBars({ title: findingOf(document), rules: document.rules, sampleSize }),
    decisionTree({
      title: `${formatQuantity(leafBoxes(surrogate.tree).length, 'leaf', 'leaves')} tell the rows apart`,
      root: drawnNode(surrogate.tree, surrogate),
      sampleSize: formatQuantity(parts.fit.length, 'row'),
    }),
    ...(elbow.length > 1
      ? [
          bandCurves({
            field: 'columns',
            at: elbow.map(({ k }) => k),
            curves: [{ name: scoreName(surrogate), mean: scores, low: scores, high: scores }],
            title: `${formatQuantity(top.length, 'column')} reach ${formatMetric(chosen.score)} of ${formatMetric(Math.max(...scores))} at most`,
            units: scoreName(surrogate),
            sampleSize: formatQuantity(parts.chosen.length, 'row'),
          }),
        ]
      : []),
    bandCurves({
      field: 'columns',
      at: faithfulness.map(({ k }) => k),
      curves: [
        curve(
          'first taken out',
          faithfulness.map(each => each.comprehensiveness),
        ),
        curve(
          'only first kept',
          faithfulness.map(each => each.sufficiency),
        ),
        curve(
          'drawn taken out',
          faithfulness.map(each => each.drawn),
        ),
      ],
      title: `Without the first ${formatQuantity(carried.k, 'column')} the answer moves by ${formatNumber(carried.comprehensiveness.value)}, without as many drawn ones by ${formatNumber(carried.drawn.value)}`,
      units: words.kind === 'value' ? 'how far the answer moves' : 'fall of the probability of the class called',
      sampleSize,
      note: 'Columns taken out stand at their typical value.',
    }),
    rankGrid({
      fields: first.map(c => fields[c]!),
      rankings: [
        ...ranking.methods.map(({ name, order }) => ({ name, ranks: ranksOf(order) })),
        ...ranking.resampled.map((order, b) => ({ name: `resample ${b + 1}`, ranks: ranksOf(order) })),
      ],
      title: `The first ${formatQuantity(top.length, 'column')} of two resamples of the rows are the same to ${formatShare(stability)}`,
      sampleSize: formatQuantity(rows, 'row'),
    }),
  ]
}

const curve = (name: string, values: readonly Estimate[]): BandCurve => ({
  name,
  mean: values.map(({ value }) => value),
  low: values.map(({ low }) => low),
  high: values.map(({ high }) => high),
})

function drawnNode(node: TreeNode, surrogate: Surrogate): DrawnNode {
  const { words, seen } = surrogate
  const side = sideOf(node.value, words)
  const answer = words.kind === 'value' ? words.number(node.value[0]!) : words.classes[side]!
  const { weight, branch } = node
  const purity = words.kind === 'value' ? undefined : node.value[side]
  if (!branch) return { answer, rows: weight, purity }
  const { split } = branch
  const column = seen[split.column]!
  return {
    answer,
    rows: weight,
    purity,
    asks: conditionText(conditionOf(column, leftOf(split))),
    yes: drawnNode(branch.left, surrogate),
    no: drawnNode(branch.right, surrogate),
  }
}

const findingOf = ({ rules, columns, fidelity, rows }: RulesDocument): string =>
  `${formatQuantity(rules.length, 'rule')} on ${formatQuantity(columns.length, 'column')}: their tree answers as the model on ${formatShare(fidelity[0]!.agreement.value)} of ${formatQuantity(rows, 'row')}`

function notesOf({ surrogate }: MeasuredRules, document: RulesDocument): string[] {
  const { fidelity, majority, model, rows, columns } = document
  const { words, ranking } = surrogate
  const [tree, ...others] = fidelity
  const share = ({ value, low, high }: Estimate) => `${formatShare(value)} [${formatShare(low)}, ${formatShare(high)}]`
  const asLabelled = tree!.truth && model
  return [
    `the tree answers as the model on ${share(tree!.agreement)} of ${formatQuantity(rows, 'row')} that it did not see (always the commonest answer: ${formatShare(majority)}), R2 ${formatNumber(tree!.r2.value)}`,
    ...(others.length > 0
      ? [
          `on the same columns: ${others.map(({ surrogate: name, agreement, r2 }) => `${name} ${formatShare(agreement.value)}, R2 ${formatNumber(r2.value)}`).join('; ')}`,
        ]
      : []),
    ...(asLabelled ? [`as labelled: the model ${share(model)}, the tree ${share(tree!.truth!)}`] : []),
    ...(words.kind === 'value'
      ? [`a rule of a number is right where the model answers on its side of ${words.number(words.middle)}`]
      : []),
    `${formatCount(columns.length)} of ${formatQuantity(ranking.effect.length, 'column')} seen by the rules; correlated columns share what they carry, so look at groups of them`,
    'rules tell what the model does, not what is so; overlapping ones are no list to be read from the top',
  ]
}
