import { isInterplayError } from '../../errors/index.ts'
import type { AnySystem } from '../../system/index.ts'
import { optionChecks } from './options.ts'
import { ownChecks } from './own.ts'
import { tableChecks } from './table.ts'

/** One rule of the contract: `run` rejects, saying what was found, where a system breaks it. */
export interface ContractCheck {
  name: string
  run(): Promise<void>
}

/**
 * The contract of a system, check by check: its options are documented and validated; on its smallest world the verbs it
 * declares give the same result for the same seed, leave their inputs as they were, do not depend on the order of rows, and
 * predict after loading what they predicted before saving; data that cannot be learned from end in an error that names the
 * culprit.
 */
export const contractChecks = (system: AnySystem): ContractCheck[] => [
  ...optionChecks(system),
  ...(system.create ? tableChecks(system) : []),
  ...ownChecks(system),
]

/** Runs the contract; returns what is broken, nothing where all is kept. */
export async function checkSystem(system: AnySystem): Promise<{ check: string; found: string }[]> {
  const broken: { check: string; found: string }[] = []
  for (const { name, run } of contractChecks(system)) {
    try {
      await run()
    } catch (error) {
      const { code } = isInterplayError(error) ? error : { code: '' }
      broken.push({ check: name, found: `${code ? `${code}: ` : ''}${(error as Error).message}` })
    }
  }
  return broken
}
