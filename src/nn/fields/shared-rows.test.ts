import { describe, expect, it } from 'vitest'
import { compile, float32, grad, State, type TensorType } from '../../engine/index.ts'
import { Random } from '../../random/index.ts'
import { fill } from '../initializers.ts'
import { Adam } from '../optimizers/adam.ts'
import { Sgd } from '../optimizers/sgd.ts'
import { batchInputs, batchOf } from './batch.ts'
import { FieldEmbedding } from './embedding.ts'
import { FirstOrder } from './first-order.ts'
import { collisions, sharedRows, type HashedPlan } from './shared-rows.ts'
import type { EmbeddingPlan, TableSpec } from './spec.ts'

const specOf = (sizes: readonly number[], embedding?: EmbeddingPlan): TableSpec => ({
  fields: sizes.map((size, f) => ({ name: `f${f}`, type: 'categorical', size })),
  targets: [{ name: 'y', kind: 'binary', classes: ['no', 'yes'] }],
  rows: 0,
  embedding,
})

const sizes = [5, 7, 4]
const ids = Int32Array.of(1, 6, 13, 4, 11, 15, 1, 6, 12)
const rows = 3

describe.each([
  { kind: 'unified', rows: 6, chunks: 1 },
  { kind: 'unified', rows: 6, chunks: 2 },
  { kind: 'hashed', rows: 9, chunks: 1 },
  { kind: 'hashed', rows: 9, chunks: 3 },
] as const)('$kind, $chunks chunks', plan => {
  const spec = specOf(sizes, plan)
  const width = 6 / plan.chunks

  it('looks up, joins and adds gradients as by hand', async () => {
    const embedding = new FieldEmbedding(spec, 6, fill(0))
    const random = new Random(1, 'shared-rows.test')
    const draw = (count: number) => Float32Array.from({ length: count }, () => random.normal())
    const [table, cotangent] = [draw(plan.rows * width), draw(rows * 3 * 6)]
    await using program = compile({
      inputs: { ...batchInputs(spec), cotangent: float32(['batch', 3, 6]) } as Record<string, TensorType>,
      state: new State({ embedding }, 1),
      threads: 1,
      trace: leaves => {
        const vectors = embedding.forward(batchOf(spec, leaves))
        return { outputs: { vectors, gradient: grad(vectors.mul(leaves.cotangent!).sum(), embedding.weight!) } }
      },
    })
    program.state.write(embedding.weight!, table)
    const { vectors, gradient } = await program.run({ categorical: ids, cotangent })
    const places = sharedRows(spec.fields, plan)
    const expected = new Float32Array(vectors!.data.length)
    const added = new Float32Array(table.length)
    ids.forEach((id, cell) => {
      for (let at = 0; at < 6; at++) {
        const from = places[id * plan.chunks + Math.floor(at / width)]! * width + (at % width)
        expected[cell * 6 + at] = table[from]!
        added[from]! += cotangent[cell * 6 + at]!
      }
    })
    expect([...(vectors!.data as Float32Array)]).toEqual([...expected])
    added.forEach((sum, i) => expect(Number(gradient!.data[i])).toBeCloseTo(sum, 5))
  })

  it('moves only the rows of a batch where the table is large, to the same values', async () => {
    const after = async (largeTable: number) => {
      const embedding = new FieldEmbedding(spec, 6, fill(0.5))
      const optimizer = new Sgd([{ name: 'table', parameters: [embedding.weight!], largeTable }])
      await using program = compile({
        inputs: batchInputs(spec),
        state: new State({ embedding, optimizer }, 1),
        threads: 1,
        trace: leaves => {
          const loss = embedding.forward(batchOf(spec, leaves)).square().sum()
          const rate = loss.stopGradient().mul(0).add(0.1)
          return { outputs: { loss }, updates: optimizer.step(loss, { learningRate: rate }) }
        },
      })
      await program.run({ categorical: ids })
      return [...program.state.read(embedding.weight!).data]
    }
    expect(await after(1)).toEqual(await after(Infinity))
  })
})

describe('sharing', () => {
  it('keeps fields apart where they are hashed one by one, and not where all are', () => {
    const own = sharedRows(specOf([50, 50]).fields, { kind: 'hashed', rows: 10, chunks: 1 })
    expect(Math.max(...own.subarray(0, 50))).toBeLessThan(5)
    expect(Math.min(...own.subarray(50))).toBeGreaterThanOrEqual(5)
    const all = sharedRows(specOf([50, 50]).fields, { kind: 'unified', rows: 10, chunks: 1 })
    expect(new Set(all.subarray(0, 50))).toEqual(new Set(all.subarray(50)))
  })

  it('hashes every field and chunk independently: collisions under one key tell nothing of another', () => {
    const buckets = 64
    const places = sharedRows(specOf([3000]).fields, { kind: 'unified', rows: buckets, chunks: 2 })
    let [first, both] = [0, 0]
    for (let a = 0; a < 3000; a++) {
      for (let b = a + 1; b < 3000; b++) {
        if (places[2 * a] !== places[2 * b]) continue
        first++
        if (places[2 * a + 1] === places[2 * b + 1]) both++
      }
    }
    const expected = first / buckets
    expect(Math.abs(both - expected)).toBeLessThan(3 * Math.sqrt(expected))
  })

  it('counts what cannot be told apart', () => {
    const fields = specOf([20, 20]).fields
    const plan: HashedPlan = { kind: 'unified', rows: 8, chunks: 1 }
    const places = sharedRows(fields, plan)
    const count = { within: 0, between: 0 }
    for (let a = 0; a < 40; a++)
      for (let b = a + 1; b < 40; b++) if (places[a] === places[b]) count[a < 20 === b < 20 ? 'within' : 'between']++
    expect(collisions(fields, plan)).toEqual(count)
  })

  it('stays the same from release to release', () => {
    const places = sharedRows(specOf([4, 4]).fields, { kind: 'unified', rows: 1000, chunks: 2 })
    expect([...places]).toMatchInlineSnapshot(`
      [
        970,
        883,
        627,
        900,
        652,
        17,
        338,
        708,
        268,
        272,
        324,
        501,
        157,
        436,
        313,
        134,
      ]
    `)
  })

  it('gives a linear part one number a value, and refuses chunks that do not divide a width', () => {
    const plan: EmbeddingPlan = { kind: 'unified', rows: 6, chunks: 2 }
    expect(new FirstOrder(specOf(sizes, plan)).weight!.shape).toEqual([6, 1])
    expect(() => new FieldEmbedding(specOf(sizes, plan), 5)).toThrow(/2 chunks do not divide an embedding of width 5/)
  })

  it('is the plain embedding without a plan', () => {
    const plain = new FieldEmbedding(specOf(sizes), 6)
    expect(plain.weight!.shape).toEqual([16, 6])
    expect(new Adam([{ name: 'table', parameters: [plain.weight!] }]).members).toEqual([plain.weight])
  })
})
