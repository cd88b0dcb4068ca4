import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadSafetensors } from '../../engine/safetensors-file.ts'
import { leaveOneOut } from './leave-one-out.ts'
import type { Tracks } from './tracks.ts'
import { windowsOf } from './windows.ts'

const file = fileURLToPath(new URL('../../../fixtures/eqmotion/windows/scene.safetensors', import.meta.url))

let tensors: Awaited<ReturnType<typeof loadSafetensors>>['tensors']
let recording: Tracks
beforeAll(async () => {
  tensors = (await loadSafetensors(file)).tensors
  const { data, dims } = tensors['input/rows']!
  const column = (at: number) => Array.from({ length: dims[0]! }, (_, row) => Number(data[row * 4 + at]))
  const [frames, bodies, x, y] = [0, 1, 2, 3].map(column) as [number[], number[], number[], number[]]
  recording = {
    name: 'scene',
    dimensions: 2,
    bodies: Int32Array.from(bodies),
    names: [],
    moments: Int32Array.from(frames, frame => frame / 10),
    positions: Float32Array.from(x.flatMap((value, row) => [value, y[row]!])),
  }
})

describe("windows are those of the authors' preparation of ETH-UCY", () => {
  it.each([3, 5])('of %i bodies', bodies => {
    const { scenes, positions, seen, ...rest } = windowsOf(recording, { past: 8, future: 12, bodies, radius: 5 })
    const there = tensors[`output/${bodies}/bodies`]!.data as Int32Array
    expect(rest).toEqual({ bodies, steps: 20, dimensions: 2, past: 8 })
    expect(scenes).toBe(there.length)
    there.forEach((count, scene) => {
      const own = seen!.subarray(scene * bodies * 20, (scene + 1) * bodies * 20)
      expect([...own]).toEqual(Array.from(own, (_, at) => Number(at < count * 20)))
      const tracksOf = (values: Float32Array) =>
        Array.from({ length: bodies }, (_, body) =>
          values.subarray((scene * bodies + body) * 40, (scene * bodies + body + 1) * 40).join(' '),
        )
      const [[first, ...others], [theirs, ...neighbours]] = [
        tracksOf(positions),
        tracksOf(tensors[`output/${bodies}/positions`]!.data as Float32Array),
      ]
      expect(first).toBe(theirs)
      expect(others.sort()).toEqual(neighbours.sort())
    })
  })

  it('neighbours stand nearest first', () => {
    const { scenes, positions, seen } = windowsOf(recording, { past: 8, future: 12, bodies: 3, radius: 5 })
    const away = (scene: number, body: number) => {
      const at = (one: number) => ((scene * 3 + one) * 20 + 7) * 2
      return Math.hypot(positions[at(0)]! - positions[at(body)]!, positions[at(0) + 1]! - positions[at(body) + 1]!)
    }
    const full = Array.from({ length: scenes }, (_, scene) => scene).filter(scene => seen![(scene * 3 + 2) * 20] === 1)
    expect(full.length).toBeGreaterThan(10)
    for (const scene of full) expect(away(scene, 1)).toBeLessThanOrEqual(away(scene, 2))
  })
})

describe('leaving one recording out', () => {
  const options = { past: 2, future: 1, bodies: 2, radius: 5 }
  /** One body, a moment of which is `place`. */
  const walk = (name: string, moments: number, place: number): Tracks => ({
    name,
    dimensions: 2,
    bodies: new Int32Array(moments),
    names: ['a'],
    moments: Int32Array.from({ length: moments }, (_, moment) => moment),
    positions: Float32Array.from({ length: 2 * moments }, (_, at) => place + Math.floor(at / 2)),
  })

  it('no window spans what is learned from and what validates, and none of it is held out', () => {
    const { scenes, splits, positions } = leaveOneOut(
      [walk('a', 20, 0), walk('b', 10, 100), walk('c', 5, 500)],
      ['b'],
      options,
    )
    const starts = (rows: Int32Array) => Array.from(rows, row => positions[row * 2 * 3 * 2])
    expect(scenes).toBe(14 + 2 + 2 + 1 - 1 + 8)
    expect(starts(splits.train)).toEqual([...Array.from({ length: 14 }, (_, i) => i), 500, 501])
    expect(starts(splits.valid)).toEqual([16, 17])
    expect(starts(splits.test)).toEqual([100, 101, 102, 103, 104, 105, 106, 107])
  })

  it('names a recording that is not there', () => {
    expect(() => leaveOneOut([walk('a', 20, 0)], ['b'], options)).toThrow(/no recording 'b' to hold out/)
  })
})
