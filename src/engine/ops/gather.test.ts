import '../methods.ts'
import { expect, it } from 'vitest'
import { Random } from '../../random/index.ts'
import { compile } from '../program.ts'
import { grad } from '../gradient.ts'
import { float32, int32 } from '../tensor.ts'

/** Few enough that every row is met hundreds of times, and 480,000 gradient elements in all. */
const [rows, dimension, count] = [60, 12, 40_000]

it('adds up the gradients of rows read hundreds of times, the same bits on every run and number of threads', async () => {
  const random = new Random(3, 'gather')
  const ids = Int32Array.from({ length: count }, () => random.integer(rows))
  const table = Float32Array.from({ length: rows * dimension }, () => random.normal())
  const weights = Float32Array.from({ length: count * dimension }, () => random.normal())
  const sums = new Float64Array(rows * dimension)
  ids.forEach((id, i) => {
    for (let j = 0; j < dimension; j++) sums[id * dimension + j]! += weights[i * dimension + j]!
  })
  const gradients: Uint8Array[] = []
  for (const threads of [1, 2]) {
    await using program = compile({
      inputs: {
        table: float32([rows, dimension]),
        ids: int32(['batch']),
        weights: float32(['batch', dimension]),
      },
      threads,
      trace: inputs => ({
        outputs: { gradient: grad(inputs.table.gather(inputs.ids).mul(inputs.weights).sum(), inputs.table) },
      }),
    })
    for (let run = 0; run < 6; run++) {
      const { gradient } = await program.run({ table, ids, weights })
      const data = Float32Array.from(gradient.data as Float32Array)
      const furthest = data.reduce((most, value, i) => Math.max(most, Math.abs(value - sums[i]!)), 0)
      expect(furthest).toBeLessThan(5e-5)
      gradients.push(new Uint8Array(data.buffer))
    }
  }
  for (const other of gradients) expect(Buffer.compare(other, gradients[0]!)).toBe(0)
})
