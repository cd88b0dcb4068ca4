import { describe, expect, it } from 'vitest'
import { Random } from '../../random/index.ts'
import { decodeModel } from '../onnx/codec.ts'
import { compile, float32, float64, grad, replaced, type Tensor, type TensorType } from '../index.ts'

/** Values and gradients of sum(f(x...) * c) for one random c, in float64 where the operators allow. */
async function derivatives(
  f: (...inputs: Tensor[]) => Tensor,
  shapes: readonly (readonly number[])[],
  declare: (shape: readonly number[]) => TensorType = float64,
) {
  const random = new Random(3)
  const feeds: Record<string, Float64Array | Float32Array> = {}
  const inputs: Record<string, TensorType> = {}
  for (const [i, shape] of shapes.entries()) {
    inputs[`x${i}`] = declare(shape)
    const values = Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal())
    feeds[`x${i}`] = inputs[`x${i}`]!.dtype === 'float64' ? values : Float32Array.from(values)
  }
  await using program = compile({
    inputs,
    trace: leaves => {
      const tensors = Object.values(leaves)
      const y = f(...tensors)
      const weights = y.mul(0.7).add(1).sin().stopGradient()
      const gradients = grad(y.mul(weights).sum(), tensors)
      return { outputs: { y, ...Object.fromEntries(gradients.map((g, i) => [`d${i}`, g])) } }
    },
  })
  return program.run(feeds)
}

function expectClose(
  a: Awaited<ReturnType<typeof derivatives>>,
  b: Awaited<ReturnType<typeof derivatives>>,
  digits: number,
) {
  for (const name of Object.keys(b) as (keyof typeof b)[]) {
    expect([...(a[name]!.data as Float64Array)].length).toBe(b[name]!.data.length)
    b[name]!.data.forEach((value: number | bigint, i: number) =>
      expect(Number(a[name]!.data[i]), `${name} ${i}`).toBeCloseTo(Number(value), digits),
    )
  }
}

describe('batch norm of a linear layer', () => {
  const shapes = [[32, 5], [7, 5], [7], [7], [7]]

  it('is the same function as one after the other, gradients included', async () => {
    for (const statistic of ['y', 'mean', 'variance'] as const) {
      const folded = await derivatives(
        (x, w, b, scale, shift) => x!.linearBatchNorm(w!, b, scale!, shift!)[statistic],
        shapes,
      )
      const plain = await derivatives(
        (x, w, b, scale, shift) => x!.linear(w!, b).batchNorm(scale!, shift!)[statistic],
        shapes,
      )
      expectClose(folded, plain, 9)
    }
  })
})

describe('scalar factors of a product', () => {
  it('join the product, with the same values and gradients', async () => {
    const plain = await derivatives(
      (x, w) => x!.mul(1.25).add(0).linear(w!.mul(-0.5).add(0)),
      [
        [4, 3],
        [2, 3],
      ],
    )
    const folded = await derivatives(
      (x, w) => x!.mul(1.25).linear(w!.mul(-0.5)),
      [
        [4, 3],
        [2, 3],
      ],
    )
    expectClose(folded, plain, 12)
  })

  it('leave no pass of their own', async () => {
    await using program = compile({
      inputs: { x: float32([4, 3]), w: float32([3, 2]) },
      trace: ({ x, w }) => {
        const y = x.relu().mul(3).matmul(w)
        return { outputs: { y, ...Object.fromEntries(grad(y.sum(), [x, w]).map((d, i) => [`d${i}`, d])) } }
      },
    })
    // of the gradient's two masks, of x and of what it meets, only that of x is a product
    const names = decodeModel(program.model).graph.nodes.map(({ op }) => op)
    expect(names.filter(name => name === 'Mul')).toHaveLength(1)
  })

  it('leave the factored matrix a tensor of its own, to differentiate by and to replace', async () => {
    await using program = compile({
      inputs: { z: float64([1, 2]), w: float64([2, 1]), other: float64([1, 2]) },
      trace: ({ z, w, other }) => {
        const h = z.mul(0.5)
        const y = h.reshape([2, 1]).reshape([1, 2]).matmul(w)
        return { outputs: { slope: grad(y.sum(), h), elsewhere: replaced(y, new Map([[h, other]])) } }
      },
    })
    const { slope, elsewhere } = await program.run({
      z: Float64Array.of(1, 2),
      w: Float64Array.of(3, 4),
      other: Float64Array.of(10, 10),
    })
    expect([...slope.data]).toEqual([3, 4])
    expect([...elsewhere.data]).toEqual([70])
  })

  it('keep their digits in float64', async () => {
    const answer = await derivatives(x => x!.mul(1 / 3).matmul(x!), [[3, 3]])
    const exact = await derivatives(
      x =>
        x!
          .mul(1 / 3)
          .add(0)
          .matmul(x!),
      [[3, 3]],
    )
    expectClose(answer, exact, 14)
  })
})

it('what dropout keeps of a rectified tensor can be differentiated by', async () => {
  await using program = compile({
    inputs: { x: float32([64]) },
    trace: ({ x }) => {
      const h = x.relu()
      const y = h.dropout(0.5, 'mask')
      return { outputs: { y, slope: grad(y.sum(), h) } }
    },
  })
  const { y, slope } = await program.run({ x: new Float32Array(64).fill(1) })
  expect([...slope.data]).toEqual([...y.data])
})

it('dropout of a rectified tensor has the gradient of the two apart', async () => {
  const shapes = [[64, 9]]
  const one = await derivatives(x => x!.relu().dropout(0.3, 'mask'), shapes, float32)
  const two = await derivatives(x => x!.relu().reshape([9, 64]).reshape([64, 9]).dropout(0.3, 'mask'), shapes, float32)
  expectClose(one, two, 6)
  const zeros = one.y.data.filter((value: number | bigint) => Number(value) === 0).length
  expect(zeros / one.y.data.length).toBeGreaterThan(0.55)
})
