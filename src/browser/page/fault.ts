import { isInterplayError } from '../../errors/index.ts'

/** An `InterplayError` as it crosses threads. */
export interface Fault {
  code: string
  message: string
  where?: string
  why?: string
  try?: string
}

export function faultOf(error: unknown): Fault {
  if (!isInterplayError(error)) return { code: 'internal/page', message: String(error) }
  const { code, message, where, why } = error
  return { code, message, where: inPage(where), why, try: inPage(error.try) }
}

/** Flags say nothing in a page. */
const inPage = (text: string | undefined) => (text?.startsWith('-') ? undefined : text)
