import { expect, it } from 'vitest'
import { compile, constant, float32, int32, Parameter, perExampleGradients, scan, type Tensor } from './index.ts'

const model = () => {
  const weight = new Parameter([6, 5], () => {})
  return { weight, parameters: () => [['weight', weight]] as const }
}

it('counts what is alive at once, views and reused results free', () => {
  const program = compile({
    inputs: { x: float32(['batch', 8]) },
    // x and its exponential are alive together; the sum then dies into the product, the reshape is a view
    trace: ({ x }) => ({ outputs: { y: x.exp().add(x).mul(2).reshape(['batch', 2, 4]) } }),
  })
  const row = 8 * 4
  expect(program.plan({ batch: 10 }).runBytes).toBe(2 * 10 * row)
  expect(program.plan({ batch: 10 }).stateBytes).toBe(0)
  expect(() => program.plan()).toThrow(/'batch'/)
})

it('counts state twice (a run reads one buffer and writes the other) and the operations of products', () => {
  const own = model()
  const program = compile({
    inputs: { x: float32(['batch', 5]) },
    state: { model: own },
    trace: ({ x }) => {
      const y = x.linear(own.weight)
      return { outputs: { y }, updates: [[own.weight, own.weight.mul(0.5)]] }
    },
  })
  const plan = program.plan({ batch: 7 })
  expect(plan.stateBytes).toBe(2 * 6 * 5 * 4)
  expect(plan.productOperations).toBe(2 * 7 * 5 * 6)
  expect(plan.peakBytes).toBe(plan.stateBytes + plan.runBytes)
})

it('counts one step of a recurrence beside its node, and the products of all steps', () => {
  const own = model()
  const program = compile({
    inputs: { x: float32(['steps', 4, 6]), start: float32([4, 5]) },
    state: { model: own },
    trace: ({ x, start }) => {
      const column = constant(Array<number>(100).fill(1), [100, 1])
      const { states } = scan(
        ([state], [slice]) => {
          const product = slice!.matmul(own.weight.add(1))
          const wide = product.reshape([1, 20]).mul(column)
          return { states: [state!.add(wide.sum(0).reshape([4, 5]))] }
        },
        { initial: [start], inputs: [x] },
      )
      return { outputs: { y: states[0]! } }
    },
  })
  const plan = program.plan({ steps: 3 })
  expect(plan.productOperations).toBe(3 * 2 * 4 * 6 * 5)
  expect(plan.runBytes).toBeGreaterThanOrEqual(100 * 20 * 4 + 3 * 4 * 6 * 4)
  expect(plan.runBytes).toBeLessThan(100 * 20 * 4 + 2000)
})

it('counts the products of every example of a gradient apart', () => {
  const own = model()
  const program = compile({
    inputs: { x: float32(['batch', 2, 6]) },
    state: { model: own },
    trace: ({ x }) => ({
      outputs: {
        each: perExampleGradients(example => example.matmul(own.weight).square().sum(), [x], [own.weight])[0]!,
      },
    }),
  })
  // the product itself, and that of the weight's gradient
  expect(program.plan({ batch: 8 }).productOperations).toBe(8 * 2 * (2 * 2 * 6 * 5))
})

it('bounds what only a run will tell, the count of distinct ids', () => {
  const own = model()
  const program = compile({
    inputs: { ids: int32(['batch']) },
    state: { model: own },
    trace: ({ ids }) => {
      const rows: Tensor = own.weight.lookup(ids)
      return { outputs: { y: rows.sum() } }
    },
  })
  expect(program.plan({ batch: 100 }).runBytes).toBeGreaterThanOrEqual(100 * 5 * 4)
})
