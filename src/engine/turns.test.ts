import { expect, it } from 'vitest'
import { compile, constant, float32, grad, int32, State } from './index.ts'
import { Parameter } from './parameter.ts'

it('makes updates that are asked for together one after the other, of all programs of a state', async () => {
  const w = new Parameter([], data => data.fill(0))
  const state = new State({ model: { parameters: () => [['w', w] as const] } }, 1)
  const add = (sign: number) =>
    compile({
      inputs: { d: float32([]) },
      state,
      trace: ({ d }) => ({ outputs: { after: w.add(d.mul(sign)) }, updates: [[w, w.add(d.mul(sign))]] }),
    })
  await using plus = add(1)
  await using minus = add(-1)
  const asked = [plus.run({ d: 1 }), plus.run({ d: 10 }), minus.run({ d: 3 }), plus.runSteps([{ d: 5 }, { d: 7 }])]
  const answers = (await Promise.all(asked)).flat().map(({ after }) => Number(after.data[0]))
  expect(answers).toEqual([1, 11, 8, 13, 20])
  expect(state.step).toBe(5)
})

it('keeps what the host derives for one run from another', async () => {
  await using program = compile({
    inputs: { table: float32([6, 1]), ids: int32(['batch']) },
    trace: ({ table, ids }) => ({ outputs: { gradient: grad(table.gather(ids).square().sum(), table) } }),
  })
  const table = new Float32Array(6).fill(1)
  const asked = [
    [0, 0, 1],
    [5, 4, 3, 3],
  ].map(ids => program.run({ table, ids: Int32Array.from(ids) }))
  const [first, second] = (await Promise.all(asked)).map(({ gradient }) => [...gradient.data])
  expect(first).toEqual([4, 2, 0, 0, 0, 0])
  expect(second).toEqual([0, 0, 0, 4, 2, 2])
})

it('keeps the steps of one call from those of another, and finishes them before it closes', async () => {
  const program = compile({
    inputs: { x: float32([]), y: float32([]) },
    trace: ({ x, y }) => ({ outputs: { sum: x.add(y) } }),
  })
  const first = program.runSteps([
    { x: 1, y: 1 },
    { x: 2, y: 2 },
  ])
  const second = program.runSteps([{ x: 5, y: 5 }])
  await program.close()
  const sums = (await Promise.all([first, second])).flat().map(({ sum }) => Number(sum.data[0]))
  expect(sums).toEqual([2, 4, 10])
  await expect(program.run({ x: 1, y: 1 })).rejects.toThrow('the program is closed')
})

it('refuses an output that is called as an input is', () => {
  const same = () =>
    compile({ inputs: { x: float32([2]) }, trace: ({ x }) => ({ outputs: { x: x.mul(constant(2)) } }) })
  expect(same).toThrow("the output 'x' is called as an input is")
})
