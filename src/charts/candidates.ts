import type { ChartSpec } from './chart.ts'
import { paretoChart } from './pareto.ts'

/** One of many among which a search chose. */
export interface CandidateInput {
  name: string
  /** Validation metrics by name. */
  metrics: Readonly<Record<string, number>>
  cost?: Readonly<Record<string, number>>
}

const costTitles = { parameters: 'parameters', bytes: 'bytes', latency: 'seconds to answer a row' }

/** A cost against the validation metric that a search went by, a point a candidate. */
export const candidateChart = (
  candidates: readonly CandidateInput[],
  { name, title, better }: { name: string; title: string; better: 'higher' | 'lower' },
  cost: keyof typeof costTitles = 'parameters',
): ChartSpec =>
  paretoChart({
    points: candidates.map(each => ({ name: each.name, value: each.metrics[name]!, cost: each.cost![cost]! })),
    costTitle: costTitles[cost],
    metric: { title, better },
    split: 'validation',
    unit: 'candidate',
  })
