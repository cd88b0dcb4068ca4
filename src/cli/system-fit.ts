import { availableParallelism } from 'node:os'
import type { Device } from '../engine/index.ts'
import type { AnySystem, VerbProgress } from '../system/index.ts'
import type { Call, Outcome } from './command.ts'
import { InterplayError } from '../errors/index.ts'
import type { GlobalOptions } from './flags/global.ts'
import type { Settings } from './flags/settings.ts'
import { readRoles } from './inputs.ts'
import { refuseDevice } from './refuse-device.ts'
import { commandLine } from './shell.ts'
import { ownSettings, type TrainingFlags } from './training-flags.ts'

interface FitCall extends Omit<Call, 'options'> {
  options: GlobalOptions &
    TrainingFlags & {
      set?: Settings
      target?: string[]
      from?: string
      role?: Record<string, string[]>
      resume?: boolean
      overwrite?: boolean
      device?: Device
    }
}

/** `fit` of a system that brings its own. */
export async function fitItself(system: AnySystem, call: FitCall): Promise<Outcome> {
  const { operands, options, signal, terminal, words } = call
  const [{ answeringWords, fitSystem, planSystem }, render, { renderSystemPlan }] = await Promise.all([
    import('../verbs/fit-system.ts'),
    import('./render/system-fit.ts'),
    import('./render/plan.ts'),
  ])
  if (options.resume) {
    throw new InterplayError('usage/resume', `${system.name} has no checkpoints to go on from`, { try: '--overwrite' })
  }
  refuseDevice(system, options.device)
  const { set, origins } = ownSettings(system, options, call.origins)
  const inputs = readRoles('fit', operands, system.task)
  const asked = {
    set,
    target: options.target?.join(','),
    from: options.from,
    role: options.role,
    seed: options.seed,
    threads: options.threads ?? availableParallelism(),
    device: options.device,
    out: options.out,
    overwrite: options.overwrite,
    command: commandLine(words),
    origins,
    signal,
    onProgress: (progress: VerbProgress) => terminal.draw(render.progressLine(progress)),
  }
  if (options.dryRun) {
    const planned = await planSystem(system, inputs, asked)
    return { document: { ...planned, origins }, lines: style => renderSystemPlan(planned, origins, style) }
  }
  const document = await fitSystem(system, inputs, asked)
  terminal.clear()
  const next = answeringWords(system, { ...document, from: options.from })
  return {
    document,
    lines: style => render.renderSystemFit(document, style),
    closing: style => render.renderSystemClosing(document, next, style),
  }
}
