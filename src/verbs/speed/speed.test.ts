import { describe, expect, it } from 'vitest'
import { speed, spreadOf } from '../speed.ts'
import { compare } from './compare.ts'
import { startContender, type Contender } from './contender.ts'
import { startRounds, type Round } from './rounds.ts'

/** A program that speaks the protocol: a round of n steps takes n seconds by its own account. */
const script = `
  console.log('{"ready":{"card":"one"}}')
  process.stdin.on('data', data => {
    for (const line of data.toString().trim().split('\\n')) console.log(JSON.stringify({ seconds: JSON.parse(line).round }))
  })`

it('speaks to a program line by line, and tells its last words when it dies', async () => {
  const contender = await startContender(process.execPath, ['-e', script])
  expect(contender.ready).toEqual({ card: 'one' })
  expect((await contender.round(3)).seconds).toBe(3)
  expect((await contender.round(5)).seconds).toBe(5)
  await contender.close()
  const dying = startContender(process.execPath, ['-e', "console.error('no module'); process.exit(1)"])
  await expect(dying).rejects.toMatchObject({ code: 'bench/peer', why: 'no module' })
  await expect(startContender('/nowhere/python', [])).rejects.toMatchObject({
    code: 'bench/peer',
    why: expect.stringMatching(/ENOENT/),
  })
})

it('takes turns with rounds of equal steps, and changes who begins', async () => {
  const order: string[] = []
  const side = (name: string): Contender => ({
    ready: {},
    round: async steps => {
      order.push(`${name} ${steps}`)
      return { seconds: steps / 10 } as Round
    },
    operators: async () => [],
    close: async () => undefined,
  })
  const [ours, peer] = await compare(side('ours'), side('peer'), 2)
  expect([ours.length, peer.length]).toEqual([2, 2])
  expect(order).toEqual(['ours 2', 'ours 7', 'peer 7', 'peer 7', 'ours 7'])
})

it('takes the middle of odd and even counts', () => {
  expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 })
  expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 })
})

describe('our side', () => {
  it('trains on drawn rows and reports its rate beside a plain product', async () => {
    const rounds = await startRounds({ name: 'dnn-plain', batch: 256, threads: 1, seed: 1 })
    const round = await rounds.round(4)
    const operators = await rounds.operators()
    await rounds.close()
    expect(operators.find(({ operator }) => operator === 'Gemm')!.count).toBeGreaterThanOrEqual(9)
    expect(round.loss).toBeGreaterThan(0.4)
    expect(round.loss).toBeLessThan(0.8)
    expect(round.rowsPerSecond * round.seconds).toBeCloseTo(4 * 256, 6)
    // 100-400-400-400-1 forward, and twice as much backward, two operations a weight; the last layer is a vector
    const perStep = 2 * 3 * 256 * (100 * 400 + 2 * 400 * 400)
    expect(round.products!.step * round.seconds).toBeCloseTo(4 * perStep, -1)
    expect(round.products!.matmul).toBeGreaterThan(1e8)
  })

  it('trains a network on drawn text, and counts what its step multiplies', async () => {
    const rounds = await startRounds({ name: 'gpt', batch: 1, threads: 1, seed: 1 })
    const round = await rounds.round(1)
    await rounds.close()
    // 256 tokens drawn alike: nothing is to be learned but the four steps' own batches
    expect(round.loss).toBeGreaterThan(4.5)
    expect(round.loss).toBeLessThan(6)
    const linear = 128 * (4 * 12 * 256 ** 2 + 256 ** 2)
    const attention = 4 * 2 * 128 ** 2 * 256
    expect((round.products!.step * round.seconds) / (2 * 3 * (linear + attention))).toBeCloseTo(1, 6)
    expect(round.heldBytes).toBeGreaterThan(1e6)
    const { trace, session } = round.compileSeconds!
    expect(Math.min(trace, session)).toBeGreaterThan(0)
  })

  it('names a system without a case', async () => {
    await expect(speed({ systems: ['dnnn'] })).rejects.toMatchObject({
      code: 'option/invalid',
      why: expect.stringMatching(/dnn/),
    })
  })
})
