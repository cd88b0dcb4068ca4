import { expect, it } from 'vitest'
import { compile, float32 } from '../../engine/index.ts'
import { sinusoidalEmbedding, sinusoidalPositions } from './positions.ts'

it('writes positions as sines and cosines of falling frequencies', async () => {
  const program = compile({
    inputs: { t: float32(['batch']) },
    trace: ({ t }) => ({
      outputs: { table: sinusoidalPositions(5, 4).add(t.sum().mul(0)), features: sinusoidalEmbedding(t, 4) },
    }),
  })
  const { table, features } = await program.run({ t: Float32Array.of(0, 3, 4) })
  await program.close()
  expect(table.dims).toEqual([5, 4])
  expect(features.dims).toEqual([3, 4])
  const at = (t: number) => [Math.sin(t), Math.cos(t), Math.sin(t / 100), Math.cos(t / 100)]
  at(3).forEach((value, i) => expect(table.data[3 * 4 + i]).toBeCloseTo(value, 6))
  const [sine, cosine, slowSine, slowCosine] = at(4)
  ;[sine, slowSine, cosine, slowCosine].forEach((value, i) => expect(features.data[2 * 4 + i]).toBeCloseTo(value!, 6))
})
