/** How well items find their own: shares found among the first, and ranks, from 1. */
export interface RetrievalScores {
  recall1: number
  recall5: number
  recall10: number
  medianRank: number
  meanRank: number
}

/**
 * Scores of similarities [items, items], a row a query whose own answer is on the diagonal. Answers of the query's id are as
 * right as its own and are not ranked against it; of equal similarities half stand before.
 */
export function retrievalScores(
  similarities: ArrayLike<number>,
  items: number,
  ids?: ArrayLike<number>,
): RetrievalScores {
  const ranks = Float64Array.from({ length: items }, (_, query) => {
    const own = similarities[query * items + query]!
    let rank = 1
    for (let other = 0; other < items; other++) {
      if (other === query || (ids && ids[other] === ids[query])) continue
      const value = similarities[query * items + other]!
      rank += value > own ? 1 : value === own ? 0.5 : 0
    }
    return rank
  }).sort()
  const within = (k: number) => ranks.filter(rank => rank <= k).length / items
  return {
    recall1: within(1),
    recall5: within(5),
    recall10: within(10),
    medianRank: (ranks[(items - 1) >> 1]! + ranks[items >> 1]!) / 2,
    meanRank: ranks.reduce((sum, rank) => sum + rank, 0) / items,
  }
}
