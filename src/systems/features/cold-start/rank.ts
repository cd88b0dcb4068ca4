import type { EncodedTable, RankingCase } from '../../../data/index.ts'
import { rankingMetrics } from '../../../metrics/index.ts'
import { momentOf, type Row, type RowWriter } from './encoding.ts'

/** Scores of encoded rows, the higher the better. */
export type RowScorer = (table: EncodedTable) => Promise<ArrayLike<number>>

/** Scores of every item for the users of some cases: [cases, items]. */
export interface CaseScorer {
  (cases: readonly RankingCase[], items: number): Promise<Float64Array>
  /** Releases the model behind it. */
  close?(): Promise<void>
}

export interface RankingScores extends Record<string, number> {
  ndcg: number
  hitRate: number
  recall: number
  mrr: number
}

/** Rows that are scored at once. */
const mostRows = 20_000

/** The rows of a case: every item at its moment, after the first `shown` of the choices before it. */
export function rowsOfCase(
  { user, before, times, time }: RankingCase,
  items: Iterable<number>,
  writer: RowWriter,
  shown: number,
): Row[] {
  const seen = Array.from({ length: Math.min(shown, before.length) }, (_, k) => k).filter(k => times[k]! <= time)
  const history = seen.map(k => writer.itemId(before[k]!)).reverse()
  const moment = momentOf(
    time,
    seen.map(k => times[k]!),
  )
  return Array.from(items, item => ({ user, item, moment, history }))
}

/** Scores cases by a model of rows, of whom the first `shown` choices are shown. */
export const byRows =
  (score: RowScorer, writer: RowWriter, shown: number, change: (table: EncodedTable) => void = () => {}): CaseScorer =>
  async (cases, items) => {
    const scores = new Float64Array(cases.length * items)
    const together = Math.max(1, Math.floor(mostRows / items))
    for (let start = 0; start < cases.length; start += together) {
      const some = cases.slice(start, start + together)
      const all = Array.from({ length: items }, (_, item) => item)
      const table = writer.write(some.flatMap(each => rowsOfCase(each, all, writer, shown)))
      change(table)
      scores.set(await score(table), start * items)
    }
    return scores
  }

/**
 * HR, NDCG, recall at 10 and MRR over full rankings of the items that a user had not chosen before; cases that chose nothing
 * are left out. Ties count as chance breaks them.
 */
export async function scoreRanking(
  cases: readonly RankingCase[],
  items: number,
  scorer: CaseScorer,
  k = 10,
): Promise<RankingScores> {
  const scores = await scorer(cases, items)
  return meanScores(cases.map((each, c) => scoresOfCase(each, scores.subarray(c * items, (c + 1) * items), k)))
}

export function scoresOfCase({ before, targets }: RankingCase, scores: Float64Array, k = 10): RankingScores {
  const known = new Set(before)
  const wanted = new Set(targets)
  const candidates = Array.from(scores.keys()).filter(item => wanted.has(item) || !known.has(item))
  const { ndcg, hitRate, recall, mrr } = rankingMetrics(
    candidates.map(item => (wanted.has(item) ? 1 : 0)),
    candidates.map(item => scores[item]!),
    new Int32Array(candidates.length),
    k,
  )
  return { ndcg, hitRate, recall, mrr }
}

export function meanScores(scores: readonly RankingScores[]): RankingScores {
  const mean = (name: keyof RankingScores) => scores.reduce((sum, each) => sum + each[name]!, 0) / scores.length
  return { ndcg: mean('ndcg'), hitRate: mean('hitRate'), recall: mean('recall'), mrr: mean('mrr') }
}

/** What chance alone reaches: every item alike. */
export const chanceScorer: CaseScorer = async (cases, items) => new Float64Array(cases.length * items)
