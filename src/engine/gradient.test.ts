import './methods.ts'
import { expect, it } from 'vitest'
import { checkpoint } from './checkpoint.ts'
import { eager } from './eager.ts'
import { grad, hvp, jvp, vjp } from './gradient.ts'
import { hessian, jacobian } from './jacobian.ts'
import { perExampleGradients } from './per-example.ts'
import { compile } from './program.ts'
import { constant, float64, type Tensor } from './tensor.ts'

const doubles = (values: number[], shape: number[]) => constant(Float64Array.from(values), shape)
const read = async (x: Tensor) => Array.from((await eager(x)).data, Number)
const near = (actual: number[], expected: number[]) => {
  expect(actual.length).toBe(expected.length)
  actual.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 10))
}

it('differentiates a gradient again and again: derivatives of x^5', async () => {
  const x = doubles([1.5], []).named('x')
  let y = x.pow(5)
  const expected = [5 * 1.5 ** 4, 20 * 1.5 ** 3, 60 * 1.5 ** 2, 120 * 1.5, 120]
  for (const value of expected) {
    y = grad(y, x)
    near(await read(y), [value])
  }
})

it('answers products with the Jacobian from both sides, and with the Hessian', async () => {
  const [a, b] = [0.3, -1.2]
  const x = doubles([a, b], [2]).named('x')
  const y = x.at(0).sin().mul(x.at(1).exp())
  const slopes = [Math.cos(a) * Math.exp(b), Math.sin(a) * Math.exp(b)]
  near(await read(vjp([y], [x], [doubles([2], [])])[0]!), [slopes[0]! * 2, slopes[1]! * 2])
  near(await read(jvp([y], [x], [doubles([3, 5], [2])])[0]!), [slopes[0]! * 3 + slopes[1]! * 5])
  const curve = [-Math.sin(a) * Math.exp(b), Math.cos(a) * Math.exp(b), Math.sin(a) * Math.exp(b)]
  near(await read(hessian(y, x)), [curve[0]!, curve[1]!, curve[1]!, curve[2]!])
  near(await read(hvp(y, [x], [doubles([3, 5], [2])])[0]!), [
    curve[0]! * 3 + curve[1]! * 5,
    curve[1]! * 3 + curve[2]! * 5,
  ])
})

it.each([
  ['rows', [2, 3], 3],
  ['columns', [4, 2], 2],
] as const)('answers a Jacobian by %s', async (_, [height, width], columns) => {
  const weights = Array.from({ length: height * width }, (_, i) => Math.sin(i + 1))
  const x = doubles(
    Array.from({ length: columns }, (_, i) => i / 4 - 0.2),
    [columns],
  ).named('x')
  const y = doubles(weights, [height, width]).matmul(x).tanh()
  const values = await read(y)
  const expected = values.flatMap((value, row) =>
    Array.from({ length: width }, (_, column) => (1 - value * value) * weights[row * width + column]!),
  )
  near(await read(jacobian(y, x)), expected)
})

it('refuses the Jacobian of a tensor whose extents are open', () => {
  const open = () =>
    compile({
      inputs: { x: float64(['batch']) },
      trace: ({ x }) => ({ outputs: { y: jacobian(x.exp(), x) } }),
    })
  expect(open).toThrow('jacobian: needs known extents, got [batch]')
})

it('answers the gradient of every example, for any number of examples', async () => {
  const weight = doubles([0.5, -1, 2], [3]).named('weight')
  await using program = compile({
    inputs: { x: float64(['batch', 3]), target: float64(['batch']) },
    trace: ({ x, target }) => {
      const loss = (example: Tensor, goal: Tensor) => example.matmul(weight).sigmoid().sub(goal).square()
      const [each] = perExampleGradients(loss as never, [x, target], [weight])
      return { outputs: { each: each!, whole: grad(loss(x, target).sum(), weight) } }
    },
  })
  for (const batch of [1, 5]) {
    const x = Float64Array.from({ length: batch * 3 }, (_, i) => Math.cos(i))
    const target = Float64Array.from({ length: batch }, (_, i) => i % 2)
    const { each, whole } = await program.run({ x, target })
    expect(each.dims).toEqual([batch, 3])
    const sums = [0, 1, 2].map(j => {
      let sum = 0
      for (let i = 0; i < batch; i++) sum += Number(each.data[i * 3 + j])
      return sum
    })
    near(sums, Array.from(whole.data, Number))
    const z = 0.5 * x[0]! - x[1]! + 2 * x[2]!
    const s = 1 / (1 + Math.exp(-z))
    near(
      [0, 1, 2].map(j => Number(each.data[j])),
      [0, 1, 2].map(j => 2 * s * s * (1 - s) * x[j]!),
    )
  }
})

it('computes a checkpointed part again for its gradient, with the same first and second derivatives', async () => {
  const x = doubles([0.3, -0.7, 1.1], [3]).named('x')
  const scale = doubles([1.3], []).named('scale')
  const part = (input: Tensor, gain: Tensor) => input.mul(gain).sin().exp().tanh()
  const plain = part(x, scale).sum()
  const saved = checkpoint((input, gain) => part(input!, gain!), [x, scale]).sum()
  near(await read(saved), await read(plain))
  for (const target of [x, scale]) {
    near(await read(grad(saved, target)), await read(grad(plain, target)))
    const second = (loss: Tensor) => grad(grad(loss, target).square().sum(), x)
    near(await read(second(saved)), await read(second(plain)))
  }
})

it('tells what a checkpointed part reads as its argument from what it reads around it', async () => {
  const w = doubles([3], []).named('w')
  const h = w.mul(2)
  const losses = [
    [checkpoint(x => x!.mul(w), [h]), h.mul(w)],
    [checkpoint(x => x!.mul(w), [w]), w.mul(w)],
    [checkpoint(x => x!.mul(h), [h]), h.mul(h)],
    [checkpoint(x => x!.sin().mul(w), [checkpoint(x => x!.sin().mul(w), [h])]), h.sin().mul(w).sin().mul(w)],
  ] as const
  for (const [saved, plain] of losses) {
    near(await read(grad(saved, w)), await read(grad(plain, w)))
    near(await read(grad(grad(saved, w), w)), await read(grad(grad(plain, w), w)))
  }
})

it('names a cotangent that does not fit its output', () => {
  const x = doubles([1, 2], [2]).named('x')
  expect(() => vjp([x.exp()], [x], [doubles([1], [])])).toThrow('vjp: a cotangent is float64[], not float64[2]')
  expect(() => hvp(x.exp().sum(), [x], [doubles([1], [1])])).toThrow('hvp: a vector is float64[1], not float64[2]')
})

it('gives parts their own gradients', async () => {
  const x = doubles([-1.6, 0.4, 2.2], [3]).named('x')
  near(await read(grad(x.round().straightThrough(x.mul(3)).sum(), x)), [3, 3, 3])
  near(await read(grad(x.mul(x.stopGradient()).sum(), x)), [-1.6, 0.4, 2.2])
  const halved = x.mul(x).withGradient([x], d => [d.mul(x)])
  near(await read(grad(halved.sum(), x)), [-1.6, 0.4, 2.2])
  near(await read(grad(grad(halved.sum(), x).square().sum(), x)), [-3.2, 0.8, 4.4])
  expect(() => grad(x.round().sum(), x)).toThrow('Round has no gradient: piecewise constant')
  expect(() => grad(x, x)).toThrow('grad: the loss must be a scalar, got [3]')
})
