import { printQuery } from '../query/print.ts'
import { whereOf, type OperationName, type Query, type QueryOf } from '../query/schema.ts'
import { describe, help } from './about.ts'
import type { Answer, Finding } from './answer.ts'
import type { Bench } from './bench.ts'
import { effect, importance, interactions } from './fields.ts'
import { certainty, predict, whatif } from './predictions.ts'
import { lens } from './lens.ts'
import { failures, score } from './quality.ts'
import { actual, count, show, similar, statistic } from './rows.ts'
import { flip, why } from './why.ts'

/** Those that change the conversation, and compute nothing. */
export type Meta = 'evidence' | 'undo' | 'pin'

type Operations = {
  readonly [Name in Exclude<OperationName, Meta>]: (query: QueryOf<Name>, bench: Bench) => Promise<Finding>
}

const operations: Operations = {
  why,
  flip,
  whatif,
  predict,
  similar,
  certainty,
  importance,
  interactions,
  effect,
  lens,
  failures,
  score,
  count,
  statistic,
  actual,
  show,
  describe,
  help,
}

/**
 * Computes one query. Every answer says over how many rows it is, how good the model is on them, and how it was computed.
 *
 * @throws InterplayError `ask/no-rows`, `ask/no-labels`, `ask/needs`, `data/no-row`, `predictor/answer`
 */
export async function answerQuery(query: Exclude<Query, { operation: Meta }>, bench: Bench): Promise<Answer> {
  const before = bench.predictor.cost.predictions
  const run = operations[query.operation] as (query: Query, bench: Bench) => Promise<Finding>
  const finding = await run(query, bench)
  const group = await bench.group(whereOf(query))
  const quality = bench.qualityOf(group)
  return {
    query,
    program: printQuery(query),
    sentences: finding.sentences,
    values: finding.values ?? [],
    evidence: {
      method: finding.method,
      rows: finding.rows ?? group.numbers.length,
      of: bench.total,
      predictions: finding.predictions ?? bench.predictor.cost.predictions - before,
      seed: bench.seed,
      ...(quality && group.numbers.length > 1 ? { quality } : {}),
      ...(finding.faithfulness === undefined ? {} : { faithfulness: finding.faithfulness }),
      notes: finding.notes ?? [],
    },
    ...(finding.table ? { table: finding.table } : {}),
    ...(finding.charts ? { charts: finding.charts } : {}),
    next: finding.next ?? [],
  }
}
