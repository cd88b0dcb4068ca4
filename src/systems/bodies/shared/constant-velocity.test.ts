import { expect, it } from 'vitest'
import { constantVelocity } from './constant-velocity.ts'

const walk = Float32Array.of(0, 0, 1, 1, 3, 1, /* another */ 5, 5, 5, 5, 5, 4)
const shape = { past: 3, future: 2, dimensions: 2 }

it('goes on by the last step', () => {
  expect([...constantVelocity(walk, shape)]).toEqual([5, 1, 7, 1, 5, 3, 5, 2])
})

it('turns the heading of a future, not its speed, nor what is above the plane', () => {
  const samples = 4000
  const futures = constantVelocity(Float32Array.of(0, 0, 0, 2, 0, 1), {
    ...{ past: 2, future: 1, dimensions: 3, samples, headingNoise: 25, seed: 3 },
  })
  const angles = Array.from({ length: samples }, (_, at) => {
    const [x, y, z] = futures.subarray(3 * at, 3 * at + 3) as unknown as [number, number, number]
    expect([Math.hypot(x - 2, y), z]).toEqual([expect.closeTo(2, 5), 2])
    return (Math.atan2(y, x - 2) * 180) / Math.PI
  })
  const mean = angles.reduce((sum, angle) => sum + angle / samples, 0)
  const deviation = Math.sqrt(angles.reduce((sum, angle) => sum + (angle - mean) ** 2 / samples, 0))
  expect(Math.abs(mean)).toBeLessThan(1.5)
  expect(Math.abs(deviation - 25)).toBeLessThan(1.2)
})
