import { describe, expect, it } from 'vitest'
import { compile, int32, State, type TensorType } from '../../engine/index.ts'
import { Random } from '../../random/index.ts'
import { normal } from '../initializers.ts'
import { Sgd } from '../optimizers/sgd.ts'
import { batchInputs, batchOf } from './batch.ts'
import { FieldEmbedding } from './embedding.ts'
import type { TableSpec } from './spec.ts'

const spec: TableSpec = {
  fields: [
    { name: 'city', type: 'categorical', size: 4 },
    { name: 'item', type: 'categorical', size: 5 },
    { name: 'tags', type: 'sequence', size: 3, length: 2 },
    { name: 'history', type: 'sequence', size: 5, length: 3, vocabulary: 'item' },
  ],
  targets: [{ name: 'y', kind: 'binary', classes: ['no', 'yes'] }],
  rows: 0,
}
const feeds = {
  categorical: Int32Array.of(1, 6, 3, 8),
  'sequence.tags': Int32Array.of(1, 0, 2, 1),
  'sequence.history': Int32Array.of(2, 3, 0, 0, 0, 0),
}

describe('a sequence with the vocabulary of a category', () => {
  it("is the mean of that field's vectors, and has no table of its own", async () => {
    const embedding = new FieldEmbedding(spec, 2, normal(1))
    expect([...embedding.parameters()].map(([path]) => path)).toEqual(['weight', 'sequences.0.weight'])
    await using program = compile({
      inputs: { ...batchInputs(spec), more: int32(['batch', 2]) } as Record<string, TensorType>,
      state: new State({ embedding }, 1),
      threads: 1,
      trace: leaves => {
        const { fields, further } = embedding.forwardWith(batchOf(spec, leaves), [{ field: 'item', ids: leaves.more! }])
        return { outputs: { fields, found: further[0]! } }
      },
    })
    const table = program.state.read(embedding.weight!).data as Float32Array
    const { fields, found } = await program.run({ ...feeds, more: Int32Array.of(4, 1, 2, 0) })
    const row = (id: number) => [...table.subarray(2 * id, 2 * id + 2)]
    expect(fields!.dims).toEqual([2, 4, 2])
    const history = [6, 7].map(row)
    const mean = [0, 1].map(k => (history[0]![k]! + history[1]![k]!) / 2)
    expect([...(fields!.data as Float32Array)].slice(6, 8)).toEqual(mean.map(Math.fround))
    expect([...(fields!.data as Float32Array)].slice(14, 16)).toEqual([0, 0])
    expect([...(found!.data as Float32Array)]).toEqual([...row(8), ...row(5), ...row(6), 0, 0])
  })

  it('moves by rows as the whole table does', async () => {
    const after = async (largeTable: number) => {
      const embedding = new FieldEmbedding(spec, 2, normal(1))
      const optimizer = new Sgd([{ name: 'table', parameters: [embedding.weight!], largeTable }])
      await using program = compile({
        inputs: batchInputs(spec),
        state: new State({ embedding, optimizer }, 1),
        threads: 1,
        trace: leaves => {
          const loss = embedding.forward(batchOf(spec, leaves)).square().sum()
          return {
            outputs: { loss },
            updates: optimizer.step(loss, { learningRate: loss.stopGradient().mul(0).add(0.1) }),
          }
        },
      })
      const random = new Random(1, 'borrowed')
      program.state.write(
        embedding.weight!,
        Float32Array.from({ length: 18 }, (_, i) => (i % 9 === 0 ? 0 : random.normal())),
      )
      await program.run(feeds)
      return [...program.state.read(embedding.weight!).data]
    }
    const [byRow, whole] = [await after(1), await after(Infinity)]
    byRow.forEach((value, i) => expect(Number(value)).toBeCloseTo(Number(whole[i]), 6))
  })
})
