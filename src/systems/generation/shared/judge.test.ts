import { expect, it } from 'vitest'
import { drawTinyWorld } from '../../../data/index.ts'
import { Judge } from './judge.ts'

const side = 16
const computing = { threads: 1 }
const options = { ...computing, seed: 1, side, pictures: 800, epochs: 4 }

it('reads pictures of pairs that the world keeps for its test, and nothing after shuffled labels', async () => {
  const world = drawTinyWorld({ seed: 2, pictures: 800, side })
  const { test } = world.images.splits!
  const [judge, blind] = [await Judge.train(options), await Judge.train({ ...options, shuffled: true })]
  try {
    const [read, guessed] = [await judge.accuracy(world, test), await blind.accuracy(world, test)]
    expect(read.colour).toBeGreaterThan(0.6)
    expect(read.background).toBeGreaterThan(0.7)
    expect(guessed.colour).toBeLessThan(0.35)
    const again = Judge.decode(judge.encode(), side, computing)
    expect(await again.accuracy(world, test)).toEqual(read)
    await again.close()
  } finally {
    await Promise.all([judge.close(), blind.close()])
  }
})
