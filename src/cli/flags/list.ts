import type { Kind } from './kind.ts'

/**
 * Splits at the commas outside quotes and parentheses, so that `-t "late = carrier IN ('AA', 'UA')"` is one target;
 * an element wholly in double quotes loses them (`"Cost, total"` is one field). The apostrophe of `driver's age` is no quote.
 */
export function splitList(text: string): string[] {
  const parts: string[] = []
  let part = ''
  let quote = ''
  let depth = 0
  for (const [at, character] of [...text].entries()) {
    if (quote) {
      if (character === quote) quote = ''
    } else if (/["']/.test(character) && !/\w$/.test(part) && text.indexOf(character, at + 1) > 0) quote = character
    else if (character === '(') depth++
    else if (character === ')') depth--
    else if (character === ',' && depth <= 0) {
      parts.push(part)
      part = ''
      continue
    }
    part += character
  }
  parts.push(part)
  return parts.map(unquote).filter(one => one !== '')
}

function unquote(part: string): string {
  const text = part.trim()
  return /^"[^"]*"$/.test(text) ? text.slice(1, -1) : text
}

const scalar = (value: unknown) => typeof value === 'string' || typeof value === 'number'

/** Names separated by commas, or the flag given several times; a list in a configuration file is taken as it stands. */
export const list: Kind<string[]> = {
  expected: 'names separated by commas',
  read(value) {
    if (typeof value === 'number') return [String(value)]
    if (typeof value === 'string') return nonEmpty(splitList(value))
    return Array.isArray(value) && value.every(scalar) ? nonEmpty(value.map(String)) : undefined
  },
}

/** As `list`, for a flag that repeats: each occurrence may itself hold several names. */
export const repeatedList: Kind<string[]> = {
  expected: list.expected,
  read: value =>
    Array.isArray(value) && value.every(scalar) ? nonEmpty(value.map(String).flatMap(splitList)) : list.read(value),
}

/** Texts taken whole, commas and all: paths and the like, one an occurrence. */
export const texts: Kind<string[]> = {
  expected: 'a text, or a list of them',
  read(value) {
    if (scalar(value)) return nonEmpty([String(value)])
    return Array.isArray(value) && value.every(scalar) ? nonEmpty(value.map(String)) : undefined
  },
}

const nonEmpty = (names: string[]) => (names.length > 0 && names.every(name => name !== '') ? names : undefined)

/** Names, each one of a closed set. */
export const choices = <const T extends string>(...values: T[]): Kind<T[]> => ({
  expected: `of ${values.join(', ')}`,
  read(value) {
    const names = list.read(value)
    return names?.every(name => (values as string[]).includes(name)) ? (names as T[]) : undefined
  },
})
