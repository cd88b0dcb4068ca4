import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Choosable } from '../system/index.ts'
import type { Call } from './command.ts'

interface Asked {
  out?: string
  overwrite?: boolean
  system?: string
  for?: string
}

/**
 * Whether a verb with `--resume`, stopped, would go on by it: `fit` and `search` where a run was begun, by a system that
 * keeps checkpoints.
 * @param begun the run, where it is known
 */
export async function resumes(
  verb: readonly string[],
  { operands, options }: Pick<Call, 'operands' | 'options'>,
  begun?: string,
): Promise<boolean> {
  const asked: Asked = options
  if (verb[0] === 'fit') return (begun ?? runOf(asked)) !== undefined && fitKeeps(asked, operands[0])
  if (verb[0] === 'search') return (begun ?? runOf(asked)) !== undefined && searchKeeps(asked)
  return true
}

/** The run under `--out` that would be gone on with. */
const runOf = ({ out, overwrite }: Asked): string | undefined =>
  out !== undefined && !overwrite && existsSync(join(out, 'run.json')) ? out : undefined

async function fitKeeps({ system }: Asked, input: string | undefined): Promise<boolean> {
  const [{ fittingItself }, { defaultTableSystem, tableSystem }] = await Promise.all([
    import('../verbs/route.ts'),
    import('../systems/index.ts'),
  ])
  return !fittingItself(system, input) && tableSystem(system ?? defaultTableSystem).create !== undefined
}

/** Trials are kept by themselves; a system that chooses parts of its model may have no checkpoints. */
async function searchKeeps({ system, for: what }: Asked): Promise<boolean> {
  if (what === 'system' || what === 'settings') return true
  const { choosing } = await import('../verbs/search.ts')
  return choosing(what as Choosable, system).create !== undefined
}
