import { describe, expect, it } from 'vitest'
import { contractChecks } from '../study/index.ts'
import { systems } from './index.ts'

describe.each(systems.map(system => [system.name, system] as const))('the contract of %s', (_, system) => {
  it.each(contractChecks(system).map(check => [check.name, check] as const))('%s', async (_, { run }) => {
    await expect(run()).resolves.toBeUndefined()
  })
})
