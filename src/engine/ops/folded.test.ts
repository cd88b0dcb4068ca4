import { describe, expect, it } from 'vitest'
import { Random } from '../../random/index.ts'
import { compile, float32, float64, gemm, grad, topologicalOrder, type Tensor, type TensorType } from '../index.ts'

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
    const names: string[] = []
    await using _ = compile({
      inputs: { x: float32([4, 3]), w: float32([3, 2]) },
      trace: ({ x, w }) => {
        const y = gemm(x.mul(3), w)
        names.push(...topologicalOrder([y]).map(node => node.operator.name))
        return { outputs: { y } }
      },
    })
    expect(names).not.toContain('Mul')
  })
})

it('dropout of a rectified tensor has the gradient of the two apart', async () => {
  const shapes = [[64, 9]]
  const one = await derivatives(x => x!.relu().dropout(0.3, 'mask'), shapes, float32)
  const two = await derivatives(x => x!.relu().reshape([9, 64]).reshape([64, 9]).dropout(0.3, 'mask'), shapes, float32)
  expectClose(one, two, 6)
  const zeros = one.y.data.filter((value: number | bigint) => Number(value) === 0).length
  expect(zeros / one.y.data.length).toBeGreaterThan(0.55)
})
