import type { Kind } from './kind.ts'

/** One flag of a verb. Its key, in camelCase, is its name everywhere: `timeLimit` is `--time-limit` and `INTERPLAY_TIME_LIMIT`. */
export interface Flag<T = unknown> {
  kind: Kind<T>
  /** What help says it does: a lower-case phrase without a full stop. */
  describe: string
  /** One letter, without its dash. */
  short?: string
  /** How help shows the value, `FIELD,...`; a flag without one is a switch, `[N]` one that may stand alone. */
  value?: string
  repeat?: boolean
  /** On unless `--no-<name>` is given. */
  negated?: boolean
  /** The default as help shows it; it is applied where it is documented, in the verb. */
  default?: string
}

export type Flags = Record<string, Flag>

/** The values of flags that were given, by key. */
export type Values<F extends Flags> = { [K in keyof F]?: F[K] extends Flag<infer T> ? T : never }

export const flag = <T>(kind: Kind<T>, describe: string, rest: Omit<Flag<T>, 'kind' | 'describe'> = {}): Flag<T> => ({
  kind,
  describe,
  ...rest,
})

const dashed = (key: string, separator: string) => key.replace(/[A-Z]/g, letter => separator + letter.toLowerCase())

/** `timeLimit` -> `--time-limit`. */
export const longName = (key: string) => `--${dashed(key, '-')}`

/** `timeLimit` -> `INTERPLAY_TIME_LIMIT`. */
export const variableName = (key: string) => `INTERPLAY_${dashed(key, '_').toUpperCase()}`
