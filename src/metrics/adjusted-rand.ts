import { checkAnswers } from './check.ts'

/**
 * How far two partitions of the same items agree: the share of pairs that both put together, or both apart, less what chance
 * gives, over the most there could be (Hubert and Arabie 1985). 1 for equal partitions, about 0 for unrelated ones.
 */
export function adjustedRand(first: ArrayLike<number>, second: ArrayLike<number>): number {
  checkAnswers(first, second)
  const joint = new Map<string, number>()
  const rows = new Map<number, number>()
  const columns = new Map<number, number>()
  for (let i = 0; i < first.length; i++) {
    const [a, b] = [first[i]!, second[i]!]
    joint.set(`${a} ${b}`, (joint.get(`${a} ${b}`) ?? 0) + 1)
    rows.set(a, (rows.get(a) ?? 0) + 1)
    columns.set(b, (columns.get(b) ?? 0) + 1)
  }
  const pairs = (counts: Iterable<number>) => [...counts].reduce((sum, n) => sum + (n * (n - 1)) / 2, 0)
  const [together, a, b] = [pairs(joint.values()), pairs(rows.values()), pairs(columns.values())]
  const all = pairs([first.length])
  const expected = (a * b) / all
  const most = (a + b) / 2
  return most === expected ? 1 : (together - expected) / (most - expected)
}
