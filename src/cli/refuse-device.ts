import type { Device } from '../engine/index.ts'
import { InterplayError } from '../errors/index.ts'
import type { AnySystem } from '../system/index.ts'

/**
 * `option/conflict` for a system that computes by code of its own, which runs on the processor. One that the shared
 * training learns goes where it is asked to; only its study comes here.
 */
export function refuseDevice(system: AnySystem, device: Device = 'cpu'): void {
  if (system.accelerated || device === 'cpu') return
  const { name } = system
  const what = system.create
    ? `the study of ${name} runs on the processor`
    : `--device is for networks of the engine's, ${name} is none`
  throw new InterplayError('option/conflict', what, {
    where: `--device ${device}`,
    try: '--device cpu',
  })
}
