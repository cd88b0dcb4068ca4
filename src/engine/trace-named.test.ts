import { expect, it } from 'vitest'
import { compile, float32, traceNamed, type Tensor } from './index.ts'

const trace = (x: Tensor) => x.add(1).named('first').mul(2).named('second').neg()

it('reads and replaces what a trace names', async () => {
  await using program = compile({
    inputs: { x: float32(['batch']), other: float32(['batch']) },
    threads: 1,
    trace: ({ x, other }) => {
      const { traced, named } = traceNamed(() => trace(x), { read: ['second'], replace: { first: () => other } })
      return { outputs: { traced, second: named.second! } }
    },
  })
  const { traced, second } = await program.run({ x: Float32Array.of(1, 2), other: Float32Array.of(5, 7) })
  expect([...second.data]).toEqual([10, 14])
  expect([...traced.data]).toEqual([-10, -14])
})

it.each([
  [['secnd'], /no intermediate 'secnd'/, /nearest: second/],
  [['first', 'zebra'], /no intermediate 'zebra'/, /there are first, second/],
])('refuses a name that nothing has: %j', (read, message, why) => {
  const run = () =>
    compile({
      inputs: { x: float32(['batch']) },
      trace: ({ x }) => ({ outputs: { y: traceNamed(() => trace(x), { read }).traced } }),
    })
  expect(run).toThrow(message)
  expect(run).toThrow(expect.objectContaining({ code: 'engine/name', why: expect.stringMatching(why) as string }))
})
