import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readTensor } from './read-tensor.ts'

const folder = mkdtempSync(join(tmpdir(), 'interplay-tensor-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0
const file = (text: string) => {
  const path = join(folder, `${files++}.csv`)
  writeFileSync(path, text)
  return path
}
const entries = file('station,lat,time,temp\na,10,0,1.5\nb,20,4,2\na,10,8,3\n')
const roles = { mode: ['time', 'lat'] }

describe('a tensor of a table', () => {
  it('takes modes of a role, in their order, each on the range of its column', async () => {
    const tensor = await readTensor({ inputs: { entries }, target: 'temp', roles })
    expect(tensor).toEqual({
      modes: [
        { name: 'time', scale: { low: 0, high: 8 } },
        { name: 'lat', scale: { low: 10, high: 20 } },
      ],
      coordinates: Float64Array.of(0, 10, 4, 20, 8, 10),
      values: { name: 'temp', data: Float64Array.of(1.5, 2, 3) },
    })
    const known = { target: 'temp', modes: tensor.modes }
    const fresh = file('lat,time\n30,16\n')
    expect(await readTensor({ inputs: { entries: fresh }, known })).toEqual({
      modes: tensor.modes,
      coordinates: Float64Array.of(16, 30),
    })
  })

  it.each([
    ['a column of words that no role leaves out', { target: 'temp' }, 'data/not-finite', /row 1: 'station' is 'a'/],
    ['a target that is no column', { target: 'tempp', roles }, 'data/unknown-field', /no field 'tempp'/],
    ['no target', { roles }, 'data/target-missing', /no target/],
    ['a mode that is the target', { target: 'temp', roles: { mode: ['lat', 'temp'] } }, 'option/conflict', /'temp'/],
  ])('refuses %s', async (_, given, code, text) => {
    const failure = await readTensor({ inputs: { entries }, ...given }).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code, message: expect.stringMatching(text) as string })
  })
})
