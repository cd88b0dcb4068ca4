import { describe, expect, it } from 'vitest'
import { compile, importOnnx, vjp, type HostTensor } from '../../index.ts'
import { runtime } from '../../runtime/node.ts'
import { difference, fixtureBytes, fixturePath, golden } from './testing.ts'

/** Fixture -> its files of golden values. */
const fixtures: Record<string, string[]> = {
  encoder: ['encoder', 'encoder-longer'],
  'encoder-dynamo': ['encoder-dynamo', 'encoder-dynamo-longer'],
  gpt: ['gpt', 'gpt-longer'],
  vit: ['vit'],
  resnet: ['resnet'],
  unet: ['unet'],
  'convnet-opset13': ['convnet-opset13'],
  'mixer-dynamo': ['mixer-dynamo'],
  lstm: ['lstm', 'lstm-longer'],
  gru: ['gru', 'gru-longer'],
  'scan-dynamo': ['scan-dynamo'],
  'branch-dynamo': ['branch-dynamo', 'branch-dynamo-otherwise'],
}

const widened = (tensor: HostTensor): HostTensor =>
  tensor.dtype === 'int32'
    ? { ...tensor, dtype: 'int64', data: BigInt64Array.from(tensor.data as Int32Array, BigInt) }
    : tensor

describe.each(Object.entries(fixtures))('%s from PyTorch', (file, cases) => {
  it.each(cases)('answers as plain ONNX Runtime does: %s', async name => {
    const { inputs, outputs } = golden(name)
    await using model = await importOnnx(fixturePath(file), { threads: 1 })
    await using session = await runtime.createSession(fixtureBytes(file), { threads: 1 })
    const names = Object.keys(outputs)
    const feeds = Object.fromEntries(Object.entries(inputs).map(([key, tensor]) => [key, widened(tensor)]))
    const plain = await session.run(feeds, Object.fromEntries(names.map(key => [key, null])))
    const results = await model.run(inputs)
    for (const key of names) {
      expect(difference(results[key]!, plain[key]!).absolute).toBeLessThan(1e-5)
      expect(difference(results[key]!, outputs[key]!).absolute).toBeLessThan(1e-5)
    }
  })

  it.each(cases)("has PyTorch's gradients: %s", async name => {
    const { inputs, cotangents, gradients } = golden(name)
    const model = await importOnnx(fixturePath(file))
    const names = Object.keys(gradients)
    const answers = Object.keys(cotangents)
    const parameters = new Map(model.parameters())
    await using program = compile({
      inputs: { ...model.inputs, ...Object.fromEntries(answers.map(key => [`d.${key}`, model.outputs[key]!])) },
      state: { model },
      threads: 1,
      trace: leaves => {
        const outputs = model.forward(leaves)
        const wrt = names.map(key => leaves[key.replace(/^input\//, '')] ?? parameters.get(key)!)
        const pulled = vjp(
          answers.map(key => outputs[key]!),
          wrt,
          answers.map(key => leaves[`d.${key}`]!),
        )
        return { outputs: Object.fromEntries(names.map((key, i) => [`gradient.${key}`, pulled[i]!])) }
      },
    })
    const found = await program.run({
      ...inputs,
      ...Object.fromEntries(answers.map(key => [`d.${key}`, cotangents[key]!])),
    })
    const off = names.map(key => [key, difference(found[`gradient.${key}`]!, gradients[key]!).relative] as const)
    expect(off.filter(([, relative]) => !(relative < 1e-4))).toEqual([])
    expect(names.length).toBeGreaterThan(4)
  })
})
