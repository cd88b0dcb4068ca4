import { runtime } from '#runtime'
import type { Device } from './runtime/runtime.ts'

/**
 * Tells before any work whether tensors can be computed there.
 * @throws InterplayError `engine/device` naming the devices that are present
 */
export const requireDevice = (device: Device = 'cpu'): Promise<void> => runtime.requireDevice(device)
