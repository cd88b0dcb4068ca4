import { describe, expect, it } from 'vitest'
import { importOnnx } from '../../index.ts'
import { runtime } from '../../runtime/node.ts'
import { difference, fixtureBytes, fixturePath, golden } from './testing.ts'

const names = ['encoder', 'gpt', 'encoder-dynamo', 'branch-dynamo']

describe.each(names)('%s', name => {
  it('runs', async () => {
    await using model = await importOnnx(fixturePath(name), { threads: 1 })
    const { inputs, outputs } = golden(name)
    const results = await model.run(inputs)
    await using session = await runtime.createSession(fixtureBytes(name), { threads: 1 })
    const feeds = Object.fromEntries(Object.entries(inputs).map(([key, v]) => [key, v.dtype === 'int32' ? { ...v, dtype: 'int64' as const, data: BigInt64Array.from(v.data as Int32Array, BigInt) } : v]))
    const plain = await session.run(feeds, Object.fromEntries(Object.keys(outputs).map(k => [k, null])))
    for (const key in outputs) {
      console.log(name, key, difference(results[key]!, plain[key]!), difference(results[key]!, outputs[key]!))
    }
    expect(1).toBe(1)
  })
})
