import type { HostTensor } from '../../dtype.ts'

/** How far two lists of numbers are apart, relative to the larger magnitude; not finite numbers must be the same. */
export function distance(actual: ArrayLike<number | bigint>, expected: ArrayLike<number | bigint>): number {
  if (actual.length !== expected.length) return Infinity
  let furthest = 0
  let magnitude = 1
  for (let i = 0; i < actual.length; i++) {
    const [a, b] = [Number(actual[i]), Number(expected[i])]
    if (Number.isFinite(a) && Number.isFinite(b)) {
      furthest = Math.max(furthest, Math.abs(a - b))
      magnitude = Math.max(magnitude, Math.abs(b))
    } else if (!Object.is(a, b)) return Infinity
  }
  return furthest / magnitude
}

/** One line that says what differs, nothing where it is near enough. */
export function farther(
  what: string,
  actual: ArrayLike<number | bigint>,
  expected: ArrayLike<number | bigint>,
  tolerance: number,
): string[] {
  const apart = distance(actual, expected)
  if (apart <= tolerance) return []
  const head = (values: ArrayLike<number | bigint>) => Array.from(values).slice(0, 6).map(Number).join(' ')
  return [`${what}: ${apart.toExponential(1)} apart; got ${head(actual)}, expected ${head(expected)}`]
}

export const sameBits = (a: HostTensor, b: HostTensor): boolean =>
  Buffer.from(a.data.buffer, a.data.byteOffset, a.data.byteLength).equals(
    Buffer.from(b.data.buffer, b.data.byteOffset, b.data.byteLength),
  )
