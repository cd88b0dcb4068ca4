import type { Device } from '../engine/index.ts'
import { InterplayError } from '../errors/index.ts'

/** `option/conflict` for a system that computes by code of its own, which runs on the processor. */
export function refuseDevice(system: string, device: Device = 'cpu'): void {
  if (device === 'cpu') return
  throw new InterplayError('option/conflict', `--device is for tables learned by networks, ${system} is none`, {
    where: `--device ${device}`,
    try: '--device cpu',
  })
}
