/** What a flag's value may be. One kind reads all three places a setting comes from: flags, environment and file. */
export interface Kind<T> {
  /** Completes "must be ...". */
  readonly expected: string
  /**
   * Reads a text (of a flag or a variable), the list of texts of a repeated flag, or a value of a configuration file;
   * undefined where it is not of this kind.
   */
  read(value: unknown): T | undefined
  /** Joins a setting with the same setting of a lower place, where both count; else the higher replaces the lower. */
  merge?(lower: T, higher: T): T
  /** The dotted paths a value sets, so that each keeps its own origin. */
  paths?(value: T): string[]
}

export const text: Kind<string> = {
  expected: 'a text',
  read: value => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined),
}

const yes = ['1', 'true', 'yes', 'on']
const no = ['', '0', 'false', 'no', 'off']

/** A switch: given or not; in the environment and in files `true` or `false`. */
export const toggle: Kind<boolean> = {
  expected: 'true or false',
  read(value) {
    if (typeof value === 'boolean') return value
    if (typeof value !== 'string') return undefined
    const word = value.toLowerCase()
    return yes.includes(word) ? true : no.includes(word) ? false : undefined
  },
}

export interface Bounds {
  min?: number
  max?: number
}

function bounded({ min, max }: Bounds): string {
  if (min !== undefined && max !== undefined) return ` in ${min} to ${max}`
  return min === undefined ? '' : ` >= ${min}`
}

function readNumber(value: unknown, { min = -Infinity, max = Infinity }: Bounds): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && number >= min && number <= max && Number.isFinite(number) ? number : undefined
}

export const number = (bounds: Bounds = {}): Kind<number> => ({
  expected: `a number${bounded(bounds)}`,
  read: value => readNumber(value, bounds),
})

export const integer = (bounds: Bounds = {}): Kind<number> => ({
  expected: `an integer${bounded(bounds)}`,
  read(value) {
    const number = readNumber(value, bounds)
    return Number.isSafeInteger(number) ? number : undefined
  },
})

export const choice = <const T extends string>(...values: T[]): Kind<T> => ({
  expected: `one of ${values.join(', ')}`,
  read: value => values.find(one => one === value),
})

/** A word such as `auto`, or a value of `kind`. */
export const either = <const W extends string, T>(word: W, kind: Kind<T>): Kind<W | T> => ({
  expected: `${word} or ${kind.expected}`,
  read: value => (value === word ? word : kind.read(value)),
})

/** `true` where a flag with an optional value stands alone. */
export const optional = <T>(kind: Kind<T>): Kind<T | true> => ({
  expected: `nothing or ${kind.expected}`,
  read: value => (value === true ? true : kind.read(value)),
})
