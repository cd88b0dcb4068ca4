/** Where a fault lies, and so how a process ends and what an HTTP server answers. */
const exits: Record<string, number> = {
  usage: 2,
  option: 2,
  internal: 1,
  gate: 5,
  'engine/device': 4,
  'run/disk-full': 4,
  'data/network': 4,
  'train/memory': 4,
  'server/port': 4,
  'server/address': 4,
  machine: 4,
  'server/open-host': 2,
}

const statuses: Record<string, number> = {
  internal: 500,
  'server/busy': 429,
  'server/unauthorized': 401,
  'server/forbidden': 403,
  'server/not-found': 404,
  'server/method': 405,
  'server/too-large': 413,
  'server/media-type': 415,
  'server/starting': 503,
  'server/draining': 503,
  'server/timeout': 504,
}

export interface ErrorFields {
  /** The input, flag or path the fault was met at. */
  where?: string
  /** What was found, with counts and first places. */
  why?: string
  /** A command or setting that would work. */
  try?: string
  /** Machine-readable particulars; part of the JSON documents. */
  details?: Record<string, unknown>
  cause?: unknown
}

/** RFC 9457 problem document. */
export interface Problem {
  type: string
  title: string
  status: number
  code: string
  detail: string
  [key: string]: unknown
}

/**
 * The one error class of Interplay: what prints, the JSON document and the HTTP problem are all drawn from it.
 * `code` is `area/name`; the message is a lower-case sentence without a full stop, the thing named first.
 */
export class InterplayError extends Error {
  override readonly name = 'InterplayError'
  readonly where?: string
  readonly why?: string
  readonly try?: string
  readonly details?: Record<string, unknown>

  constructor(
    readonly code: string,
    message: string,
    fields: ErrorFields = {},
  ) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause })
    this.where = fields.where
    this.why = fields.why
    this.try = fields.try
    this.details = fields.details
  }

  /** Process exit status: 1 our fault, 2 usage, 3 input, 4 machine, 5 a gate said no. */
  get exitCode(): number {
    return exits[this.code] ?? exits[this.area] ?? 3
  }

  /** HTTP status. */
  get status(): number {
    return statuses[this.code] ?? statuses[this.area] ?? 400
  }

  get problem(): Problem {
    const internal = this.area === 'internal'
    return {
      type: `/problems/${this.code}`,
      title: internal ? 'internal error' : this.message,
      status: this.status,
      code: this.code,
      detail: internal ? 'an internal error; see the server log' : (this.why ?? this.message),
      ...(internal ? {} : this.details),
    }
  }

  private get area(): string {
    return this.code.split('/', 1)[0]!
  }
}

/** Survives two copies of the package in one process, where `instanceof` does not. */
export function isInterplayError(value: unknown): value is InterplayError {
  return value instanceof Error && value.name === 'InterplayError' && 'code' in value
}
