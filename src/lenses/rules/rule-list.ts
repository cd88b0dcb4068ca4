import { leafBoxes, type TreeNode } from '../trees/index.ts'
import { likeliest } from './answers.ts'
import { conditionOf, holds, ruleText, type Condition, type RuleColumn } from './rule.ts'

/** What a rule is worth on some rows. */
export interface RuleMeasures {
  /** Rows it speaks of. */
  support: number
  /** Their share of all rows. */
  coverage: number
  /** Of those rows the share that the model answers as the rule does; null where it speaks of none. */
  precision: number | null
  /** Of those rows the share that is labelled so; null where labels are not known. */
  truth: number | null
}

export interface Rule extends RuleMeasures {
  /** What `parseRule` reads back. */
  text: string
  conditions: Condition[]
  answer: string
  /** The class it speaks for; of numbers 1 for above the middle, 0 for not. */
  side: number
}

/** Rows that rules are measured on. */
export interface RuleRows {
  columns: readonly RuleColumn[]
  /** [rows] what the model answers. */
  sides: Int32Array
  /** [rows] what is known. */
  truth?: Int32Array
}

/** What an answer is called. */
export interface AnswerWords {
  kind: 'classes' | 'value'
  classes: readonly string[]
  middle: number
  number(value: number): string
}

export const sideOf = (value: ArrayLike<number>, { kind, middle }: Pick<AnswerWords, 'kind' | 'middle'>): number =>
  kind === 'value' ? Number(value[0]! > middle) : likeliest(value, 0, value.length)

/** Precision that dropping a condition may cost. */
const cheap = 0.01

/**
 * The leaves of a tree as rules, the most widely spoken first: the conditions of a column are one, and those that can go for
 * less than a hundredth of the precision on the rows learned from are gone. Measured on rows that were not learned from.
 */
export function rulesOf(tree: TreeNode, words: AnswerWords, learned: RuleRows, measured: RuleRows): Rule[] {
  const rules = leafBoxes(tree).map(({ leaf, sides }) => {
    const side = sideOf(leaf.value, words)
    const all = [...sides].map(([column, own]) => conditionOf(learned.columns[column]!, own))
    const conditions = simplified(all, side, learned)
    const answer = words.kind === 'value' ? `about ${words.number(leaf.value[0]!)}` : words.classes[side]!
    return { conditions, answer, side, text: ruleText(conditions, answer), ...ruleMeasures(conditions, side, measured) }
  })
  const known = new Set<string>()
  return rules
    .filter(({ text }) => !known.has(text) && known.add(text))
    .sort((a, b) => b.support - a.support || a.text.length - b.text.length)
}

export function ruleMeasures(conditions: readonly Condition[], side: number, rows: RuleRows): RuleMeasures {
  const spoken = spokenOf(conditions, rows)
  const share = (values: Int32Array | undefined) =>
    values === undefined || spoken.length === 0
      ? null
      : spoken.filter(row => values[row] === side).length / spoken.length
  return {
    support: spoken.length,
    coverage: rows.sides.length === 0 ? 0 : spoken.length / rows.sides.length,
    precision: share(rows.sides),
    truth: share(rows.truth),
  }
}

function spokenOf(conditions: readonly Condition[], { columns, sides }: RuleRows): Int32Array {
  const asked = conditions.map(condition => ({
    condition,
    column: columns.find(({ name }) => name === condition.field)!,
  }))
  return Int32Array.from(sides.keys()).filter(row =>
    asked.every(({ condition, column }) => holds(condition, column, row)),
  )
}

function simplified(conditions: readonly Condition[], side: number, rows: RuleRows): Condition[] {
  const precision = (kept: readonly Condition[]) => ruleMeasures(kept, side, rows).precision ?? 0
  const least = precision(conditions) - cheap
  let kept = [...conditions]
  while (kept.length > 1) {
    const without = kept.map((_, i) => kept.filter((_, j) => j !== i))
    const values = without.map(precision)
    const best = values.indexOf(Math.max(...values))
    if (values[best]! < least) break
    kept = without[best]!
  }
  return kept
}
