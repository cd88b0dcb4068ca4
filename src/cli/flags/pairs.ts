import type { Kind } from './kind.ts'
import { splitList } from './list.ts'

/** JSON where it parses, else the text itself. */
export function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const merge = <T>(lower: Record<string, T>, higher: Record<string, T>) => ({ ...lower, ...higher })
const paths = (value: Record<string, unknown>) => Object.keys(value)

/**
 * `KEY=VALUE`, repeated; a mapping in a configuration file. The first `=` that parts a key from a value counts, so a
 * value may hold more of them.
 */
function pairs<T>(expected: string, readValue: (value: unknown) => T | undefined): Kind<Record<string, T>> {
  return {
    expected,
    merge,
    paths,
    read(value) {
      const entries = isMapping(value) ? Object.entries(value) : split(value)
      if (!entries || entries.length === 0) return undefined
      const result: Record<string, T> = {}
      for (const [key, raw] of entries) {
        const read = readValue(raw)
        if (read === undefined) return undefined
        result[key] = read
      }
      return result
    },
  }
}

function split(value: unknown): [string, string][] | undefined {
  const texts = typeof value === 'string' ? value.split('\n').filter(line => line.trim() !== '') : value
  if (!Array.isArray(texts)) return undefined
  const entries: [string, string][] = []
  for (const text of texts) {
    const at = typeof text === 'string' ? text.indexOf('=') : -1
    if (at < 1) return undefined
    entries.push([text.slice(0, at).trim(), text.slice(at + 1).trim()])
  }
  return entries
}

const readText = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

/** `F=TYPE`. */
export const textPairs = (expected: string) => pairs(expected, readText)

/** `ROLE=F,...`. */
export const listPairs = (expected: string) =>
  pairs(expected, value => {
    const names = Array.isArray(value) ? value.map(String) : typeof value === 'string' ? splitList(value) : []
    return names.length > 0 ? names : undefined
  })

/** `KEY=A,B`: each value JSON, else text; a JSON list stands for its elements. */
export const valuePairs = (expected: string) =>
  pairs(expected, (value): unknown[] | undefined => {
    if (typeof value !== 'string') return Array.isArray(value) ? value : [value]
    const whole = jsonOrText(value)
    const values = Array.isArray(whole) ? whole : splitList(value).map(jsonOrText)
    return values.length > 0 ? values : undefined
  })
