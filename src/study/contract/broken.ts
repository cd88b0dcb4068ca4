import { isInterplayError } from '../../errors/index.ts'

/** Fails a check. */
export function broken(found: string): never {
  throw new Error(found)
}

/** Fails unless `attempt` ends in an InterplayError that is the user's to mend and names the culprit. */
export async function refused(what: string, names: RegExp, attempt: () => unknown): Promise<void> {
  try {
    await attempt()
  } catch (error) {
    if (!isInterplayError(error)) broken(`${what} ends in ${(error as Error).name}: ${(error as Error).message}`)
    if (error.code.startsWith('internal/')) broken(`${what} ends in ${error.code}: ${error.message}`)
    const said = [error.message, error.where, error.why].join(' ')
    if (!names.test(said)) broken(`${what} is refused by '${said}', which does not name ${names}`)
    return
  }
  broken(`${what} is accepted`)
}
