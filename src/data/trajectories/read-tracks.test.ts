import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { readTracks } from './read-tracks.ts'
import { splitByTime } from './tracks.ts'

const folder = mkdtempSync(join(tmpdir(), 'interplay-tracks-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const read = (content: string | Uint8Array, name = 'walk.txt') => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return readTracks(path)
}

const text = '780\t1.0\t8.5\t3.5\n790\t2.0\t9\t-4\n790\t1.0\t9.5\t3.75\n820\t2.0\t0\t1e1\n'
const expected = {
  name: 'walk',
  dimensions: 2,
  bodies: Int32Array.of(0, 1, 0, 1),
  names: ['1.0', '2.0'],
  moments: Int32Array.of(0, 1, 1, 4),
  positions: Float32Array.of(8.5, 3.5, 9, -4, 9.5, 3.75, 0, 10),
}

describe('a recording of tracks', () => {
  it('counts moments in the smallest step between frames, a gap too', async () => {
    expect(await read(text)).toEqual(expected)
  })

  it('is the same gzipped, between commas, with a header', async () => {
    expect(await read(gzipSync(text), 'walk.txt.gz')).toEqual(expected)
    expect(await read(`frame,agent,x,y\r\n${text.replaceAll('\t', ', ')}`, 'walk.csv')).toEqual(expected)
  })

  it('may be in three dimensions, its frames in seconds', async () => {
    const { dimensions, moments, positions } = await read('0.4 a 1 2 3\n0.8 a 4 5 6\n2.4 a 7 8 9\n')
    expect({ dimensions, moments: [...moments] }).toEqual({ dimensions: 3, moments: [0, 1, 5] })
    expect([...positions]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('is read by the names of its header, quoted or between semicolons too', async () => {
    const swapped = text.replace(/(.*)\t(.*)\t(.*)\t(.*)\n/g, '$4;$2;$3;$1\n')
    expect(await read(`Y;track_id;X;frame\n${swapped}`, 'walk.csv')).toEqual(expected)
    const quoted = text.replace(/\d\.0/g, '"p $&, jr"').replaceAll('\t', ',')
    expect(await read(`\uFEFF"frame","body","x","y"\n${quoted}`, 'walk.csv')).toEqual({
      ...expected,
      names: ['p 1.0, jr', 'p 2.0, jr'],
    })
    expect((await read('0 x 1 2\n1 x 3 4\n')).names).toEqual(['x'])
  })

  it.each([
    ['a column of something else', 'frame,body,x,y,speed\n0,a,1,2,3\n', /has 'speed', which no recording has/],
    ['a header of numbers in part', 'frame,1,x,y\n0,a,1,2\n', /names no body and has '1'/],
    ['no frame', 'body,x,y\na,1,2\n', /names no frame$/],
    ['no names that are known', 'a,b,c,d\n0,a,1,2\n', /names no frame, no body, no x, no y and has 'a', 'b', 'c', 'd'/],
  ])('refuses a header with %s', async (_, content, message) => {
    await expect(read(content)).rejects.toMatchObject({
      code: 'data/columns',
      message: expect.stringMatching(message) as string,
    })
  })

  it('refuses a header that names a column twice', async () => {
    await expect(read('frame,body,id,x,y\n0,a,1,2,3\n')).rejects.toMatchObject({ code: 'data/duplicate-field' })
  })

  it.each([
    ['nothing', '\n', 'data/empty', /'walk.txt' has no sightings/],
    ['a short line', '0 a 1 2\n\n1 a 1\n', 'data/ragged', /line 3 has 3 values, 4 are needed/],
    ['too few columns', '0 a 1\n', 'data/ragged', /line 1 has 3 values, 4 are needed/],
    ['a word for a coordinate', '0 a 1 2\n1 a 1 two\n', 'data/not-finite', /line 2: y is 'two'/],
    ['an empty cell', '0,a,1,2\n1,a,,2\n', 'data/not-finite', /line 2: x is empty/],
    ['a line without a frame', '0,a,1,2\n,a,1,2\n', 'data/not-finite', /line 2: the frame is empty/],
    ['a frame that is none', '0 a 1 2\nInfinity a 1 2\n', 'data/not-finite', /line 2: the frame is 'Infinity'/],
    ['a frame between steps', '0 a 1 2\n10 a 1 2\n25 a 1 2\n', 'data/frames', /line 3: frame 25 .* steps of 10/],
    ['a body twice at once', '0 a 1 2\n1 a 1 2\n1 a 3 4\n', 'data/conflict', /line 3: body 'a'.*line 2/],
  ])('refuses %s', async (_, content, code, message) => {
    await expect(read(content)).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string })
  })

  it('refuses what is not there, and what is not gzipped whole', async () => {
    await expect(readTracks(join(folder, 'none.txt'))).rejects.toMatchObject({ code: 'data/not-found' })
    await expect(read(gzipSync(text).subarray(0, 20))).rejects.toMatchObject({ code: 'data/corrupt' })
  })
})

it('a split by time cuts the moments at which anyone is seen', async () => {
  const [first, rest] = splitByTime(await read(text), 0.67)
  expect([...first.moments]).toEqual([0, 1, 1])
  expect(rest).toMatchObject({ moments: Int32Array.of(4), bodies: Int32Array.of(1), positions: Float32Array.of(0, 10) })
})
