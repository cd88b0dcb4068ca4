import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readTicks } from './read-ticks.ts'

const folder = mkdtempSync(join(tmpdir(), 'interplay-ticks-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0
const file = (text: string) => {
  const path = join(folder, `${files++}.csv`)
  writeFileSync(path, text)
  return path
}
const classed = file('at,spread,depth,move\n1,0.5,10,up\n2,0.25,11,\n4,0.5,9,down\n')

describe('ticks of a table', () => {
  it('takes words for the classes that follow, empty where unknown', async () => {
    const stream = await readTicks({ inputs: { ticks: classed }, target: 'move' })
    expect(stream).toEqual({
      time: 'at',
      features: ['spread', 'depth'],
      times: Float64Array.of(1, 2, 4),
      values: Float32Array.of(0.5, 10, 0.25, 11, 0.5, 9),
      labels: { name: 'move', classes: ['down', 'up'], values: Int32Array.of(1, -1, 0) },
    })
  })

  it('takes numbers for a price, a column of a role for the time, and reads new ticks alike', async () => {
    const priced = file('mid,spread,clock\n100,0.5,3\n101,0.25,5\n')
    const stream = await readTicks({ inputs: { ticks: priced }, target: 'mid', roles: { time: ['clock'] } })
    expect(stream.price).toEqual({ name: 'mid', data: Float64Array.of(100, 101) })
    expect([stream.features, [...stream.times]]).toEqual([['spread'], [3, 5]])
    const known = { time: 'clock', features: ['spread'], target: 'mid', classes: ['down', 'flat', 'up'], price: true }
    const fresh = await readTicks({ inputs: { ticks: file('spread,clock\n0.5,7\n') }, known })
    expect(fresh).toEqual({
      time: 'clock',
      features: ['spread'],
      times: Float64Array.of(7),
      values: Float32Array.of(0.5),
    })
  })

  it('takes the columns of an order book for a book, whose mid price is the target', async () => {
    const header = 'ts,bid_price_1,ask_price_1,bid_size_1,ask_size_1,news'
    const quotes = file(`${header}\n1,99,101,5,6,0\n2,100,101,7,8,1\n`)
    const stream = await readTicks({ inputs: { ticks: quotes } })
    expect(stream.book).toEqual({
      levels: 1,
      bidPrices: Float64Array.of(99, 100),
      bidSizes: Float64Array.of(5, 7),
      askPrices: Float64Array.of(101, 101),
      askSizes: Float64Array.of(6, 8),
    })
    expect(stream.features).toEqual(['news'])
    expect(stream.price).toEqual({ name: 'mid', data: Float64Array.of(100, 100.5) })
    const broken = readTicks({ inputs: { ticks: file('ts,bid_price_1,ask_price_1,bid_size_1\n1,99,101,5\n') } })
    await expect(broken).rejects.toThrow(/no ask size of level 1/)
  })

  it.each([
    ['no target', {}, 'data/target-missing', /no target/],
    ['a target that is no column', { target: 'moves' }, 'data/unknown-field', /no field 'moves'/],
    ['words in a feature', { target: 'spread' }, 'data/not-finite', /row 1: 'move' is 'up'/],
  ])('refuses %s', async (_, given, code, text) => {
    const failure = await readTicks({ inputs: { ticks: classed }, ...given }).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code, message: expect.stringMatching(text) as string })
  })
})
