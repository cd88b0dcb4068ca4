import { categoricalSpec, distance, probe, randomIds } from '../../../study/index.ts'
import { linearByHand, vectorsOf } from '../shared/by-hand.ts'
import { autoint } from './index.ts'
import { AutoInt } from './model.ts'

const rows = 9
const sizes = [5, 6, 4, 7]
const dimension = 3

/**
 * Largest change of logits and of the attention maps (permuted back) when the fields change places, the embedding tables and
 * the head with them.
 */
export async function permutation(): Promise<number> {
  const order = [2, 0, 3, 1]
  const fields = sizes.length
  const options = autoint.options.parse({ embeddingDimension: dimension, layers: 2, attentionWidth: 6, heads: 2 })
  const spec = categoricalSpec(sizes)
  const ids = randomIds(spec, rows)
  const capture = ['attention.0', 'attention.1']
  const before = await probe(new AutoInt(spec, options), spec, { ids, capture })
  const moved = categoricalSpec(order.map(f => sizes[f]!))
  const starts = sizes.map((_, f) => sizes.slice(0, f).reduce((sum, size) => sum + size, 0))
  const table = before.value('embedding.weight')
  const head = before.value('output.weight')
  const after = await probe(new AutoInt(moved, options), moved, {
    ids: Int32Array.from({ length: ids.length }, (_, i) => ids[i - (i % fields) + order[i % fields]!]!),
    capture,
    change: state => {
      const blocks = order.flatMap(f => [...table.slice(starts[f]! * dimension, (starts[f]! + sizes[f]!) * dimension)])
      state.write('model.embedding.weight', blocks)
      state.write(
        'model.output.weight',
        order.flatMap(f => [...head.slice(f * 6, (f + 1) * 6)]),
      )
    },
  })
  let largest = distance(before.logits, after.logits)
  for (const name of capture) {
    const { data, dims } = before.captured[name]!
    const maps = dims[0]! * dims[1]!
    const expected = Float32Array.from({ length: data.length }, (_, i) => {
      const [map, m, k] = [Math.floor(i / fields ** 2), Math.floor(i / fields) % fields, i % fields]
      return Number(data[(map * fields + order[m]!) * fields + order[k]!])
    })
    if (maps !== rows * 2) throw new RangeError(`${maps} maps of ${rows} rows and 2 heads`)
    largest = Math.max(largest, distance(expected, after.captured[name]!.data as Float32Array))
  }
  return largest
}

/** Largest difference between AutoInt without layers and w . flatten(E) + b by hand. */
export async function linearReadOut(): Promise<number> {
  const spec = categoricalSpec(sizes)
  const ids = randomIds(spec, rows)
  const model = new AutoInt(spec, autoint.options.parse({ embeddingDimension: dimension, layers: 0 }))
  const { logits, value } = await probe(model, spec, { ids })
  const [table, weight, bias] = [value('embedding.weight'), value('output.weight'), value('output.bias')]
  const expected = Array.from({ length: rows }, (_, row) => {
    const flat = vectorsOf(spec, table, dimension, ids, row).flatMap(vector => [...vector])
    return linearByHand(weight, flat, bias)[0]!
  })
  return distance(expected, logits)
}
