import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readTrajectories } from './read-trajectories.ts'

const folder = mkdtempSync(join(tmpdir(), 'interplay-trajectories-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const options = { past: 3, future: 2, bodies: 2, radius: 5 }

/** Ann walks along x, Bob beside her and only from moment `from` to `to`. */
function recording(name: string, moments: number, from = 0, to = moments): string {
  const lines = Array.from({ length: moments }, (_, moment) => [
    `${moment * 10} ann ${moment} 0`,
    ...(moment >= from && moment < to ? [`${moment * 10} bob ${moment} 1`] : []),
  ])
  const path = join(folder, name)
  writeFileSync(path, lines.flat().join('\n'))
  return path
}
const read = (tracks: string, purpose: 'fit' | 'predict', set = options) =>
  readTrajectories({ inputs: { tracks }, purpose, options: set })

describe('scenes of recordings', () => {
  it('are cut in time, so that no window of one split has a moment of another', async () => {
    const { splits, positions, scenes, steps, windows } = await read(recording('long.txt', 60), 'fit')
    expect({ steps, windows }).toEqual({ steps: 5, windows: options })
    const moments = (rows: Int32Array) =>
      [...rows].flatMap(row => Array.from({ length: 5 }, (_, s) => positions[row * 20 + s * 2]!))
    const [train, valid, test] = [splits!.train, splits!.valid, splits!.test].map(moments) as [
      number[],
      number[],
      number[],
    ]
    expect([Math.max(...train), Math.min(...valid), Math.max(...valid), Math.min(...test)]).toEqual([41, 42, 50, 51])
    expect(train.length + valid.length + test.length).toBe(5 * scenes)
  })

  it('to predict, are of the bodies that are seen to the end, by name', async () => {
    const { scenes, steps, positions, names, seen } = await read(recording('end.txt', 9), 'predict')
    expect({ scenes, steps, names }).toEqual({ scenes: 2, steps: 3, names: ['ann', 'bob', 'bob', 'ann'] })
    expect([...positions.subarray(0, 6)]).toEqual([6, 0, 7, 0, 8, 0])
    expect([...seen!]).toEqual(new Array(12).fill(1))
    const alone = await read(recording('alone.txt', 9, 0, 8), 'predict')
    expect(alone).toMatchObject({ scenes: 1, names: ['ann', ''] })
  })

  it('are not cut where nothing says how', async () => {
    const inputs = { tracks: recording('uncut.txt', 9) }
    await expect(readTrajectories({ inputs, purpose: 'predict' })).rejects.toMatchObject({ code: 'data/windows' })
    rmSync(inputs.tracks)
  })

  it('are those of every file of a folder', async () => {
    const { scenes } = await read(recording('one.txt', 40), 'fit')
    rmSync(join(folder, 'one.txt'))
    for (const name of ['long.txt', 'end.txt', 'alone.txt']) rmSync(join(folder, name), { force: true })
    recording('a.csv', 40)
    recording('b.csv', 40)
    expect((await read(folder, 'fit')).scenes).toBe(2 * scenes)
  })

  it('are refused where there are none', async () => {
    await expect(read(join(folder, 'none'), 'fit')).rejects.toMatchObject({ code: 'data/not-found' })
    await expect(read(recording('short.txt', 8), 'fit')).rejects.toMatchObject({
      code: 'data/too-short',
      message: expect.stringMatching(/3 \+ 2 steps on end .* training/) as string,
    })
    const gone = join(folder, 'gone.txt')
    writeFileSync(gone, '0 a 1 1\n10 a 2 2\n20 a 3 3\n30 b 1 1\n')
    await expect(read(gone, 'predict')).rejects.toMatchObject({ code: 'data/too-short' })
  })
})
