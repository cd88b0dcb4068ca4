import type { Device } from '../engine/index.ts'
import { InterplayError } from '../errors/index.ts'
import type { AnySystem } from '../system/index.ts'

/** `option/conflict` for a system that computes by code of its own, which runs on the processor. */
export function refuseDevice({ name, accelerated }: AnySystem, device: Device = 'cpu'): void {
  if (accelerated || device === 'cpu') return
  throw new InterplayError('option/conflict', `--device is for networks of the engine's, ${name} is none`, {
    where: `--device ${device}`,
    try: '--device cpu',
  })
}
