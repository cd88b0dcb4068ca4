import { describe, expect, it } from 'vitest'
import { particles } from './particles.ts'

describe('bodies in free space', () => {
  const worlds = Array.from({ length: 6 }, (_, first) =>
    particles({ kind: 'springs', scenes: 1, seed: 2, bodies: 2, frames: 30, first }),
  )
  const sprung = worlds.find(({ edges }) => edges[1] === 1)!
  const free = worlds.find(({ edges }) => edges[1] === 0)!
  const apart = ({ positions, steps }: typeof sprung, step: number) =>
    positions[step * 3]! - positions[(steps + step) * 3]!

  it('two bodies on a spring swing as a sine of angular speed sqrt(2 k)', () => {
    const turn = Math.sqrt(0.2) * 0.2
    for (let step = 1; step + 1 < sprung.steps; step++) {
      const expected = 2 * Math.cos(turn) * apart(sprung, step) - apart(sprung, step - 1)
      expect(Math.abs(apart(sprung, step + 1) - expected)).toBeLessThan(1e-3)
    }
  })

  it('two bodies without one go straight on', () => {
    const speed = apart(free, 1) - apart(free, 0)
    expect(apart(free, 29)).toBeCloseTo(apart(free, 0) + 29 * speed, 4)
  })

  it('a scene is the same whichever are made beside it', () => {
    const several = particles({ kind: 'charged', scenes: 3, seed: 5, frames: 4 })
    const last = particles({ kind: 'charged', scenes: 1, seed: 5, frames: 4, first: 2 })
    expect(several.positions.slice(2 * last.positions.length)).toEqual(last.positions)
    expect(several.edges.slice(50)).toEqual(last.edges)
  })
})
