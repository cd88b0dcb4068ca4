export { answersOf, sidesOf, type ModelAnswers } from './answers.ts'
export {
  pathOf,
  ruleCounterfactuals,
  type RuleChange,
  type RuleCounterfactual,
  type RuleCounterfactualOptions,
} from './counterfactual.ts'
export { faithfulness, type Faithfulness, type FaithfulnessOptions } from './faithfulness.ts'
export { topInteractions, type TopPair } from './interactions.ts'
export { correlatedBins } from './bins.ts'
export { borda, rankColumns, rankingCost, stabilityOf, type ColumnRanking, type RankOptions } from './rank.ts'
export { conditionOf, conditionText, holds, parseRule, ruleText, type Condition, type RuleColumn } from './rule.ts'
export { ruleMeasures, sideOf, type AnswerWords, type Rule, type RuleMeasures, type RuleRows } from './rule-list.ts'
export {
  companions,
  mimicked,
  rankedRowsFor,
  surrogateOf,
  type Companion,
  type Fidelity,
  type Surrogate,
  type SurrogateOptions,
} from './surrogate.ts'
