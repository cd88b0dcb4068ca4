import { describe, expect, it } from 'vitest'
import { compile, float32, grad, State, type TensorType } from '../../engine/index.ts'
import { Random } from '../../random/index.ts'
import { fill } from '../initializers.ts'
import { batchInputs, batchOf } from './batch.ts'
import { compositionOf } from './composition.ts'
import { FieldEmbedding } from './embedding.ts'
import { FirstOrder } from './first-order.ts'
import type { EmbeddingPlan, TableSpec } from './spec.ts'

const sizes = [5, 7, 4]
const specOf = (embedding: EmbeddingPlan): TableSpec => ({
  fields: sizes.map((size, f) => ({ name: `f${f}`, type: 'categorical', size })),
  targets: [{ name: 'y', kind: 'binary', classes: ['no', 'yes'] }],
  rows: 0,
  embedding,
})
const ids = Int32Array.of(1, 6, 13, 4, 11, 15, 1, 6, 12)
const [rows, width] = [3, 6]

describe.each([
  { kind: 'multi-hash', rows: 9, chunks: 2 },
  { kind: 'quotient-remainder', rows: 16, chunks: 2 },
  { kind: 'robe', rows: 5, chunks: 3 },
] as const)('$kind', plan => {
  const spec = specOf(plan)
  const { places, parts, ...table } = compositionOf(spec.fields, plan, width)

  it('joins rows as by hand, and their gradients', async () => {
    const embedding = new FieldEmbedding(spec, width, fill(0))
    const random = new Random(1, 'composition.test')
    const draw = (count: number) => Float32Array.from({ length: count }, () => random.normal())
    const values = draw(embedding.weight!.size)
    const cotangent = draw(rows * 3 * width)
    await using program = compile({
      inputs: { ...batchInputs(spec), cotangent: float32(['batch', 3, width]) } as Record<string, TensorType>,
      state: new State({ embedding }, 1),
      threads: 1,
      trace: leaves => {
        const vectors = embedding.forward(batchOf(spec, leaves))
        return { outputs: { vectors, gradient: grad(vectors.mul(leaves.cotangent!).sum(), embedding.weight!) } }
      },
    })
    program.state.write(embedding.weight!, values)
    const { vectors, gradient } = await program.run({ categorical: ids, cotangent })
    const expected: number[] = []
    const added = new Float64Array(values.length)
    ids.forEach((id, cell) => {
      const at = Array.from({ length: parts }, (_, part) => places[id * parts + part]! * table.width)
      for (let k = 0; k < width; k++) {
        const own = cotangent[cell * width + k]!
        if (table.join === 'concat') {
          const place = at[Math.floor(k / table.width)]! + (k % table.width)
          expected.push(values[place]!)
          added[place]! += own
          continue
        }
        const [first, second] = [at[0]! + k, at[1]! + k]
        const sum = table.join === 'sum'
        expected.push(sum ? (values[first]! + values[second]!) / 2 : values[first]! * values[second]!)
        added[first]! += own * (sum ? 0.5 : values[second]!)
        added[second]! += own * (sum ? 0.5 : values[first]!)
      }
    })
    expected.forEach((value, i) => expect(Number(vectors!.data[i])).toBeCloseTo(value, 5))
    added.forEach((value, i) => expect(Number(gradient!.data[i])).toBeCloseTo(value, 5))
  })

  it('has the numbers its plan asks for', () => {
    const asked = plan.kind === 'robe' ? (plan.rows * width) / plan.chunks : plan.rows * width
    expect(table.rows * table.width).toBe(asked)
    expect(new FirstOrder(spec).weight!.shape[1]).toBe(1)
  })
})

it('quotient and remainder tell all values of a field apart, whatever its part of the rows', () => {
  for (const rows of [2, 40, 200]) {
    const fields = [{ name: 'a', type: 'categorical' as const, size: 300 }]
    const { places, rows: taken } = compositionOf(fields, { kind: 'quotient-remainder', rows, chunks: 2 }, 4)
    const pairs = new Set(Array.from({ length: 300 }, (_, id) => places.subarray(2 * id, 2 * id + 2).join()))
    expect(pairs.size).toBe(300)
    expect(taken).toBeLessThanOrEqual(Math.max(rows, 36))
    expect(Math.max(...places)).toBeLessThan(taken)
  }
})

it('stretches of a circular array go on at its start', () => {
  const fields = [{ name: 'a', type: 'categorical' as const, size: 60 }]
  const { places, rows } = compositionOf(fields, { kind: 'robe', rows: 5, chunks: 1 }, 4)
  expect(rows).toBe(20)
  for (let at = 0; at < places.length; at++) if (at % 4 > 0) expect(places[at]).toBe((places[at - 1]! + 1) % 20)
  expect(places.some((place, at) => at % 4 > 0 && place === 0)).toBe(true)
})
