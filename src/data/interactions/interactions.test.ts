import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Random } from '../../random/index.ts'
import { coldTastes } from '../worlds/cold-tastes.ts'
import { holdOut } from './held-out.ts'
import { checkInteractions, type Interactions } from './interactions.ts'
import { NegativeSampler } from './negatives.ts'
import { readInteractions } from './read-interactions.ts'

const folder = mkdtempSync(join(tmpdir(), 'interplay-interactions-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const file = (name: string, text: string) => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

describe('interactions of three files', () => {
  const users = file('u.csv', 'name,age\na,30\nb,\n')
  const items = file('i.csv', 'film,genres\nx,drama|war\ny,\n')

  it('reads attributes, lists and choices, dates and seconds alike', async () => {
    const ratings = file('r.csv', 'userId,movieId,timestamp\nb,x,60\na,y,1970-01-01T00:02:00Z\n')
    expect(await readInteractions({ inputs: { ratings, users, items } })).toEqual({
      users: { names: ['a', 'b'], attributes: [{ name: 'age', values: [['30'], []] }] },
      items: { names: ['x', 'y'], attributes: [{ name: 'genres', values: [['drama', 'war'], []] }] },
      events: { user: Int32Array.of(1, 0), item: Int32Array.of(0, 1), time: Float64Array.of(60, 120) },
    })
  })

  it('knows the files of MovieLens', async () => {
    const inputs = {
      ratings: file('ratings.dat', '1::1193::5::978300760\n'),
      users: file('users.dat', '1::F::1::10::48067\n'),
      items: file('movies.dat', "1193::One Flew Over the Cuckoo's Nest (1975)::Drama|War\n"),
    }
    const read = await readInteractions({ inputs })
    expect(read.users.attributes.find(({ name }) => name === 'zip')!.values).toEqual([['4']])
    expect(read.items.attributes).toEqual([
      { name: 'genres', values: [['Drama', 'War']] },
      { name: 'decade', values: [['1970']] },
      { name: 'title', values: [['one', 'flew', 'over', 'cuckoo', 's', 'nest']] },
    ])
    const short = file('short.dat', '1::F\n')
    await expect(readInteractions({ inputs: { ...inputs, users: short } })).rejects.toThrow(/line 1 has 2 values/)
  })

  it.each([
    ['no users', { items }, /input 'users'/],
    ['a rating of no user', { users, items, ratings: file('s.csv', 'user,item,time\nc,x,1\n') }, /row 1: no user 'c'/],
    [
      'a rating without a time',
      { users, items, ratings: file('t.csv', 'user,item,time\na,x,\nb,y,1\n') },
      /row 1: 'time' is empty/,
    ],
    ['no time at all', { users, items, ratings: file('n.csv', 'user,item\na,x\n') }, /names no time/],
  ])('refuses %s', async (_, inputs, text) => {
    await expect(readInteractions({ inputs: inputs as Record<string, string> })).rejects.toThrow(text)
  })
})

describe('what is checked', () => {
  const data: Interactions = coldTastes.make({ seed: 1, size: 'small' })
  const events = data.events!
  it.each([
    ['no users', { ...data, users: { names: [], attributes: [] } }, /no user/],
    ['a user twice', { ...data, users: { names: ['a', 'a'], attributes: [] } }, /'a' stands in rows 1 and 2/],
    ['uneven attributes', { ...data, items: { ...data.items, attributes: [{ name: 'x', values: [] }] } }, /'x' has 0/],
    ['an unknown item', { ...data, events: { ...events, item: events.item.map(() => 99) } }, /event 1 is of item 99/],
    ['a missing time', { ...data, events: { ...events, time: events.time.map(() => NaN) } }, /event 1, of user/],
    ['nothing chosen', { ...data, events: undefined }, /no ratings/],
  ])('%s', (_, broken, text) => expect(() => checkInteractions(broken, 'fit')).toThrow(text))
})

describe('what is held out', () => {
  const data = coldTastes.make({ seed: 2, size: 'small' })
  const { user, item, time } = data.events

  it('cold users are in no training event, and asked for their last choices', () => {
    const { train, valid, test } = holdOut(data, 'cold-user', 1)
    const taught = new Set(train.map(i => user[i]!))
    const [tested, watched] = [test, valid].map(cases => cases.map(each => each.user))
    for (const each of [...tested!, ...watched!]) expect(taught.has(each)).toBe(false)
    expect(tested!.some(each => watched!.includes(each))).toBe(false)
    for (const { targets, times, time: asked } of test) {
      expect(targets.length).toBeLessThanOrEqual(10)
      for (const each of times) expect(each).toBeLessThanOrEqual(asked)
    }
  })

  it('cold items are in no training event, and newer than those that are', () => {
    const { train, test } = holdOut(data, 'cold-item', 1)
    const taught = new Set(train.map(i => item[i]!))
    const cold = new Set(test.flatMap(({ targets }) => [...targets]))
    const first = (at: number) => Math.min(...time.filter((_, i) => item[i] === at))
    for (const each of cold) expect(taught.has(each)).toBe(false)
    expect(Math.min(...[...cold].map(first))).toBeGreaterThanOrEqual(Math.max(...[...taught].map(first)))
  })

  it('of warm users the last choice, and the one before it for validation', () => {
    const { train, valid, test } = holdOut(data, 'warm', 1)
    expect(train.length + valid.length + test.length).toBe(user.length)
    for (const { targets, before, times, time: asked } of test) {
      expect(targets).toHaveLength(1)
      expect(before).toHaveLength(times.length)
      expect(Math.max(...times)).toBeLessThanOrEqual(asked)
    }
  })
})

it('half of the negatives follow popularity, none was chosen', () => {
  const who = new Int32Array(100)
  const what = Int32Array.from({ length: 100 }, (_, i) => (i < 90 ? 1 : 2))
  const sampler = new NegativeSampler(Int32Array.of(...who, 1, 1), Int32Array.of(...what, 0, 0), 2, 10, 0.5)
  const random = new Random(1, 'draws')
  const drawn = Array.from({ length: 4000 }, () => sampler.draw(1, random))
  expect(drawn).not.toContain(0)
  const share = drawn.filter(each => each === 1).length / drawn.length
  expect(share).toBeGreaterThan(0.45)
  expect(share).toBeLessThan(0.55)
})
