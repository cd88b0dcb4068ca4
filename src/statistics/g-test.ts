import { chiSquareTail } from './tails.ts'

/** What a test of independence finds. */
export interface TestResult {
  statistic: number
  p: number
}

export interface GTestOptions {
  /**
   * `observed`: (r - 1)(c - 1) of each stratum, r and c being the values that occur in it. `published`: 2 to the number of
   * conditions, as the code of causal-de-finetti counts for binary columns, whether or not a stratum has rows.
   */
  degrees?: 'observed' | 'published'
}

/**
 * The G test of x and y within the strata of all conditions together: G = 2 sum O ln(O / E). Columns hold codes; a stratum
 * in which either does not vary tells nothing.
 */
export function gTest(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  given: readonly ArrayLike<number>[] = [],
  { degrees = 'observed' }: GTestOptions = {},
): TestResult {
  const strata = new Map<string, Map<number, Map<number, number>>>()
  for (let row = 0; row < x.length; row++) {
    const key = given.map(column => column[row]).join()
    const stratum = at(strata, key, () => new Map<number, Map<number, number>>())
    const counts = at(stratum, x[row]!, () => new Map<number, number>())
    counts.set(y[row]!, (counts.get(y[row]!) ?? 0) + 1)
  }
  let [statistic, observed] = [0, 0]
  for (const stratum of strata.values()) {
    const columns = new Map<number, number>()
    for (const counts of stratum.values())
      for (const [value, count] of counts) columns.set(value, (columns.get(value) ?? 0) + count)
    const total = [...columns.values()].reduce((sum, count) => sum + count, 0)
    observed += (stratum.size - 1) * (columns.size - 1)
    for (const counts of stratum.values()) {
      const row = [...counts.values()].reduce((sum, count) => sum + count, 0)
      for (const [value, count] of counts)
        statistic += 2 * count * Math.log((count * total) / (row * columns.get(value)!))
    }
  }
  statistic = Math.max(0, statistic)
  return { statistic, p: chiSquareTail(statistic, degrees === 'published' ? 2 ** given.length : observed) }
}

function at<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = map.get(key)
  if (found !== undefined) return found
  const made = make()
  map.set(key, made)
  return made
}
