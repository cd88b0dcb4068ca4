import '../methods.ts'
import { expect, it } from 'vitest'
import { grad } from '../gradient.ts'
import { compile } from '../program.ts'
import { constant, float32, int32, int64, type Tensor, type TensorType } from '../tensor.ts'

/** The gradient of sum(i table[ids of place i]) with respect to a table of one column. */
async function rowWeights(
  ids: Int32Array | BigInt64Array,
  type: TensorType,
  place: (ids: Tensor) => Tensor,
  rows: number,
) {
  await using program = compile({
    inputs: { table: float32([rows, 1]), ids: type },
    trace: ({ table, ids: fed }) => {
      const read = place(fed)
      const size = read.shape.reduce<number>((product, extent) => product * (extent as number), 1)
      const weights = constant(
        Array.from({ length: size }, (_, i) => i + 1),
        [size],
      )
      return { outputs: { gradient: grad(table.gather(read).reshape([size]).mul(weights).sum(), table) } }
    },
  })
  const { gradient } = await program.run({ table: new Float32Array(rows), ids })
  return Array.from(gradient.data, Number)
}

it.each([
  ['reshaped and cut', (ids: Tensor) => ids.reshape([2, 4]).slice(1, 1, 3), [0, 1, 2, 0, 0, 3, 4, 0]],
  ['backwards', (ids: Tensor) => ids.flip(0).slice(0, 0, 1), [0, 0, 0, 0, 0, 0, 1, 2]],
  ['negative', (ids: Tensor) => ids.slice(0, 0, 1).sub(8), [1, 2, 0, 0, 0, 0, 0, 0]],
] as const)('adds the gradient to the rows of ids that are %s', async (_, place, expected) => {
  const ids = Int32Array.from({ length: 8 }, (_, i) => i)
  expect(await rowWeights(ids, int32([4, 2]), place, 8)).toEqual(expected)
})

it('takes int64 ids into tables of any length', async () => {
  for (const rows of [5, 1000]) {
    const expected = new Array<number>(rows).fill(0)
    expected[3] = 1
    expected[rows - 1] = 2
    expect(await rowWeights(BigInt64Array.of(3n, -1n), int64([2]), ids => ids, rows)).toEqual(expected)
  }
})

it('gives padding rows no gradient, where the ids are born in the graph too', async () => {
  await using program = compile({
    inputs: { table: float32([3, 1]), x: float32([4]) },
    trace: ({ table, x }) => ({ outputs: { gradient: grad(table.lookup(x.cast('int32'), [0]).sum(), table) } }),
  })
  const { gradient } = await program.run({ table: new Float32Array(3), x: Float32Array.of(0, 1, 1, 2) })
  expect([...gradient.data]).toEqual([0, 2, 1])
})

it('adds to positions that are counted from the end', async () => {
  await using program = compile({
    inputs: { x: float32([2, 3]), at: int32([2, 2]) },
    trace: ({ x, at }) => {
      const y = x.gatherND(at)
      return { outputs: { y, gradient: grad(y.mul(constant([1, 2])).sum(), x) } }
    },
  })
  const x = Float32Array.of(0, 1, 2, 3, 4, 5)
  const { y, gradient } = await program.run({ x, at: Int32Array.of(0, -1, -1, -2) })
  expect([...y.data]).toEqual([2, 4])
  expect([...gradient.data]).toEqual([0, 0, 1, 0, 2, 0])
})
