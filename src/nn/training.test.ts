import { expect, it } from 'vitest'
import { compile, float32, int32, State } from '../engine/index.ts'
import { Adam, Embedding, MultilayerPerceptron, Mode, Module, binaryCrossEntropy, trainable } from './index.ts'
import type { Tensor } from '../engine/index.ts'

class Net extends Module {
  embedding = new Embedding(50, 4)
  mlp = new MultilayerPerceptron(12, [16, 8], { batchNorm: true, dropout: 0.2, outputs: 1 })
  forward(ids: Tensor, mode: Mode) {
    return this.mlp.forward(this.embedding.forward(ids).flatten(1), mode).squeeze(-1)
  }
}

it('learns parities of ids through embedding, batch norm and dropout', async () => {
  const model = new Net()
  const optimizer = new Adam([{ name: 'all', parameters: trainable(model), l2: 1e-3 }])
  const state = new State({ model, optimizer }, 7)
  const program = compile({
    inputs: { ids: int32(['batch', 3]), y: float32(['batch']), rate: float32([]) },
    state,
    threads: 2,
    trace: ({ ids, y, rate }) => {
      const mode = Mode.training()
      const loss = binaryCrossEntropy(model.forward(ids, mode), y)
      return {
        outputs: { loss },
        updates: [...optimizer.step(loss, { learningRate: rate, clipNorm: 10 }), ...mode.updates],
      }
    },
  })
  const ids = Int32Array.from({ length: 3 * 64 }, (_, i) => (i * 7 + ((i * i) % 11)) % 50)
  const y = Float32Array.from({ length: 64 }, (_, i) => Number(ids[i * 3]! % 2 === 0))
  const losses: number[] = []
  for (let i = 0; i < 150; i++) losses.push(Number((await program.run({ ids, y, rate: 0.01 })).loss.data[0]))
  expect(losses.at(-1)!).toBeLessThan(0.2)
})
