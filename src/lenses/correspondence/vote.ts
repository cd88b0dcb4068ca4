export interface Vote {
  label: number
  votes: number
  /** How many of the first voted. */
  of: number
  /** Votes by label, most first, the smaller label among equals. */
  shares: readonly { label: number; votes: number }[]
}

/** The commonest label among the first; with `untilDecided` one more votes while the most votes are shared. */
export function vote(labels: ArrayLike<number>, first: number, { untilDecided = false } = {}): Vote {
  let of = Math.min(first, labels.length)
  let shares = sharesOf(labels, of)
  while (untilDecided && of < labels.length && shares[1]?.votes === shares[0]!.votes) shares = sharesOf(labels, ++of)
  return { ...shares[0]!, of, shares }
}

function sharesOf(labels: ArrayLike<number>, of: number): { label: number; votes: number }[] {
  const votes = new Map<number, number>()
  for (let i = 0; i < of; i++) votes.set(labels[i]!, (votes.get(labels[i]!) ?? 0) + 1)
  return [...votes]
    .map(([label, count]) => ({ label, votes: count }))
    .sort((a, b) => b.votes - a.votes || a.label - b.label)
}
