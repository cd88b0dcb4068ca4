import { expect, it } from 'vitest'
import { runtime } from './node.ts'
import type { Device } from './runtime.ts'
import { createWebRuntime } from './web.ts'

it.each([runtime, createWebRuntime()])(
  'a device that there is not is refused by the names of those that are',
  async each => {
    await expect(each.requireDevice('gpu' as Device)).rejects.toMatchObject({
      code: 'option/invalid',
      message: "device must be one of cpu, cuda, webgpu, got 'gpu'",
    })
  },
)
