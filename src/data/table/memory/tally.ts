/** How often each value is met, in the order of the first meeting. */
export function tally<Value>(values: Iterable<Value>): Map<Value, number> {
  const counts = new Map<Value, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

/** Most frequent first, ties by value. */
export const byCount = <Value extends string | number>(counts: ReadonlyMap<Value, number>): [Value, number][] =>
  [...counts].sort(([a, m], [b, n]) => n - m || inOrder(a, b))

/** Numbers by size; text by code point, as the database orders it. */
export function inOrder(a: string | number, b: string | number): number {
  if (typeof a === 'number' || typeof b === 'number') return Number(a) - Number(b)
  const end = Math.min(a.length, b.length)
  for (let i = 0; i < end; i++) {
    const [p, q] = [a.charCodeAt(i), b.charCodeAt(i)]
    // Halves of a pair stand for code points above every single unit.
    if (p !== q) return isHalf(p) === isHalf(q) ? p - q : isHalf(p) ? 1 : -1
  }
  return a.length - b.length
}

const isHalf = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff
