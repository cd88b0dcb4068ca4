import { describe, expect, it } from 'vitest'
import { goldenCases } from '../../../study/index.ts'
import { parityOf } from './parity.ts'

describe("parity with the authors' models", async () => {
  const cases = (await goldenCases('eqmotion'))!

  it.each(cases)('$name', async golden => {
    const { outputs, gradients } = await parityOf(golden)
    expect(outputs).toHaveProperty('prediction')
    for (const [name, distance] of Object.entries(outputs)) expect(distance, name).toBeLessThanOrEqual(1e-5)
    for (const [path, distance] of Object.entries(gradients)) expect(distance, path).toBeLessThanOrEqual(1e-4)
  })
})
