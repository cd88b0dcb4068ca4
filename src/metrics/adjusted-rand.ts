/**
 * How far two partitions of the same items agree beyond chance (Hubert and Arabie 1985): 1 where they are the same, 0 on
 * average where they have nothing to do with each other. Labels [items] of any whole numbers; 1 where neither parts anything.
 */
export function adjustedRand(first: ArrayLike<number>, second: ArrayLike<number>): number {
  const counts = (keyOf: (i: number) => string | number) => {
    const found = new Map<string | number, number>()
    for (let i = 0; i < first.length; i++) found.set(keyOf(i), (found.get(keyOf(i)) ?? 0) + 1)
    return [...found.values()].reduce((sum, count) => sum + (count * (count - 1)) / 2, 0)
  }
  const together = counts(i => `${first[i]} ${second[i]}`)
  const [a, b] = [counts(i => first[i]!), counts(i => second[i]!)]
  const chance = (a * b) / ((first.length * (first.length - 1)) / 2)
  const most = (a + b) / 2
  return most === chance ? 1 : (together - chance) / (most - chance)
}
