import { destination, pino, type Logger } from 'pino'

export type { Logger }

/** JSON lines on standard error: no host name, no process id, nothing of a request's body. */
export const createLog = (level = 'info'): Logger =>
  pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination(2))
