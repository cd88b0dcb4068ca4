/** What every `--json` document holds beside its own keys. */
export interface Document {
  /** `interplay.fit/1`: a name and its major version. */
  schema: string
  /** The version that wrote it. */
  interplay: string
  command: string
  seed?: number
  /** Wall time. */
  seconds: number
  warnings: Warning[]
  [key: string]: unknown
}

export interface Warning {
  code: string
  message: string
  [key: string]: unknown
}

/** JSON at full precision. A number that is none becomes null, with a `reason` beside it unless its object gives one. */
export const documentText = (document: object): string => JSON.stringify(document, nullWithReason, 2)

/** The same on one line, for streams of objects. */
export const documentLine = (document: object): string => JSON.stringify(document, nullWithReason)

function nullWithReason(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const missing = Object.entries(value).filter(([, one]) => typeof one === 'number' && !Number.isFinite(one))
  if (missing.length === 0) return value
  const reason = missing.map(([key, one]) => `${key} is ${Number.isNaN(one) ? 'not a number' : 'infinite'}`).join('; ')
  return { reason, ...value, ...Object.fromEntries(missing.map(([key]) => [key, null])) }
}
