import { describe, expect, it } from 'vitest'
import { withRoom } from './name-room.ts'

const names = (points: readonly { name: string }[]) => points.map(({ name }) => name)

describe('names beside the points of a front', () => {
  const spread = [
    { name: 'small', cost: 1e3, value: 0.5 },
    { name: 'middle', cost: 3e4, value: 0.7 },
    { name: 'large', cost: 1e6, value: 0.9 },
  ]
  it('are all written where there is room', () => {
    expect(names(withRoom(spread.slice(1), spread, 'higher'))).toEqual(['middle', 'large'])
  })
  it('leave out one that would run over the axis', () => {
    expect(names(withRoom(spread, spread, 'higher'))).toEqual(['middle', 'large'])
  })
  it('leave out one that another mark or name is in the way of, but not the best', () => {
    const close = { name: 'a', cost: 2e4, value: 0.695 }
    const points = [spread[0]!, close, ...spread.slice(1)]
    expect(names(withRoom(points.slice(1), points, 'higher'))).toEqual(['a', 'large'])
  })
  it('stand where less is better too, and beside a single point', () => {
    const falling = spread.map(point => ({ ...point, value: 1 - point.value }))
    expect(names(withRoom(falling.slice(1), falling, 'lower'))).toEqual(['middle', 'large'])
    expect(names(withRoom([spread[0]!], [spread[0]!], 'higher'))).toEqual(['small'])
    expect(withRoom([], [], 'higher')).toEqual([])
  })
})
