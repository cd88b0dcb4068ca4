import { existsSync } from 'node:fs'
import { worlds } from '../data/index.ts'
import { InterplayError } from '../errors/index.ts'
import type { AnySystem } from '../system/index.ts'
import { systemNamed, systems } from '../systems/index.ts'
import { bundleTask } from './system-bundle.ts'

const worldOf = (input: string | undefined) =>
  input?.startsWith('world:') ? worlds.find(world => world.name === input.slice('world:'.length)) : undefined

/**
 * The system that `fit` hands its inputs to, where the shared training of tables is not meant: the one named, or, for a
 * world of another task, the first that fits its data. Throws `usage/unknown-system`, `usage/wrong-task`.
 */
export function fittingItself(name: string | undefined, input: string | undefined): AnySystem | undefined {
  if (name !== undefined) {
    const system = systemNamed(name)
    return system.create || system.learn ? undefined : system
  }
  const world = worldOf(input)
  if (!world || world.task === 'table') return undefined
  return only(world.task, system => system.fit !== undefined, 'fits')
}

/** What a predictor is: a run of the shared training, a run of a system's own fit, or a world that a system plays. */
export async function predicting(predictor: string): Promise<'table' | 'run' | AnySystem> {
  const world = worldOf(predictor)
  if (world) return only(world.task, system => system.predict !== undefined, 'plays')
  if (!existsSync(predictor)) return 'table'
  const task = await bundleTask(predictor)
  return task === undefined || task === 'table' ? 'table' : 'run'
}

function only(task: string, can: (system: AnySystem) => boolean, does: string): AnySystem {
  const found = systems.find(system => system.task.name === task && can(system))
  if (found) return found
  throw new InterplayError('usage/wrong-task', `no system ${does} ${task} data here`, { try: 'interplay systems' })
}
