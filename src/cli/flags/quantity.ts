import type { Kind } from './kind.ts'

const seconds: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 }

/** A time with its unit, `2ms`, `60s`, `10m`, `1.5h`; a bare number is seconds. In seconds. */
export const duration: Kind<number> = {
  expected: "a time such as '90s', '10m' or '1.5h'",
  read(value) {
    if (typeof value === 'number') return value > 0 && Number.isFinite(value) ? value : undefined
    const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?|\.\d+)\s*(ms|s|m|h|d)?$/.exec(value.trim()) : null
    if (!match) return undefined
    const time = Number(match[1]) * seconds[match[2] ?? 's']!
    return time > 0 ? time : undefined
  },
}

/** How much may be spent: a count of `unit`, or a time in seconds. */
export type Budget<U extends string> = { [key in U]: number } | { seconds: number }

/**
 * `20000`, `50runs` (a count of `unit`) or `60s` (a time). A bare number is a count.
 */
export function budget<const U extends string>(unit: U): Kind<Budget<U>> {
  const counted = (count: number) => ({ [unit]: count }) as Budget<U>
  return {
    expected: `a count of ${unit} or a time, such as '${unit === 'runs' ? '50runs' : '20000'}' or '20m'`,
    read(value) {
      const match = typeof value === 'string' ? /^([\d_,]+)\s*([a-z]*)$/.exec(value.trim()) : null
      const count = match && (match[2] === '' || match[2] === unit) ? Number(match[1]!.replace(/[_,]/g, '')) : value
      if (typeof count === 'number') return Number.isSafeInteger(count) && count > 0 ? counted(count) : undefined
      const time = typeof value === 'string' && /[a-z]$/.test(value) ? duration.read(value) : undefined
      return time === undefined ? undefined : { seconds: time }
    },
  }
}

/** How fast a recording is replayed, as a multiple of its own pace: `1x`, `10x`. */
export const pace: Kind<number> = {
  expected: "a pace such as '1x' or '10x'",
  read(value) {
    const rate = typeof value === 'string' ? Number(value.replace(/x$/, '') || NaN) : value
    return typeof rate === 'number' && rate > 0 && Number.isFinite(rate) ? rate : undefined
  },
}
