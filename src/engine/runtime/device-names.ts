import { InterplayError } from '../../errors/index.ts'
import type { Device } from './runtime.ts'

/** The devices there are, as their providers are spelled. */
export const deviceNames: Record<Device, string> = { cpu: 'CPU', cuda: 'CUDA', webgpu: 'WebGPU' }

/** @throws InterplayError `option/invalid` where there is no device of that name at all */
export function requireDeviceName(name: string): asserts name is Device {
  if (Object.hasOwn(deviceNames, name)) return
  throw new InterplayError(
    'option/invalid',
    `device must be one of ${Object.keys(deviceNames).join(', ')}, got '${name}'`,
  )
}
