/** A search that was made: its penalty, and the share of the features it keeps. */
export interface Visited {
  penalty: number
  kept: number
}

/** Shares this near to the one wanted are as good as it, in parts of it. */
const near = 0.1

/** Falls of the share below this are not looked into. */
const smallestFall = 0.25

/**
 * The penalty to try next, undefined where no further one is worth a search. With a share to `keep` it bisects, on a
 * logarithmic scale, between the last penalty that keeps more and the first that keeps less, widening tenfold where there is
 * none; without one it halves the step in which the share falls most, or goes on tenfold where all penalties so far are too
 * great or too small. The share falls as the penalty grows.
 */
export function nextPenalty(visited: readonly Visited[], keep: number): number | undefined {
  const sorted = [...visited].sort((a, b) => a.penalty - b.penalty)
  if (keep > 0) {
    if (sorted.some(({ kept }) => Math.abs(kept - keep) <= near * keep)) return undefined
    const above = sorted.filter(({ kept }) => kept > keep).at(-1)
    const below = sorted.find(({ kept, penalty }) => kept < keep && penalty > (above?.penalty ?? 0))
    if (above && below) return Math.sqrt(above.penalty * below.penalty)
    return above ? above.penalty * 10 : sorted[0]!.penalty / 10
  }
  const [first, last] = [sorted[0]!, sorted.at(-1)!]
  if (first.kept === 0) return first.penalty / 10
  if (last.kept === 1) return last.penalty * 10
  const falls = sorted.slice(1).map((here, i) => ({ fall: sorted[i]!.kept - here.kept, from: sorted[i]!, to: here }))
  const steepest = falls.sort((a, b) => b.fall - a.fall)[0]
  if (!steepest || steepest.fall < smallestFall) return undefined
  return Math.sqrt(steepest.from.penalty * steepest.to.penalty)
}
