import { attentionMap } from '../../../charts/index.ts'
import type { EncodedTable } from '../../../data/index.ts'
import type { OwnView, TrainedTable } from '../../../system/index.ts'
import { meansOf, type MeanCapture } from '../../../train/index.ts'
import type { AutoInt } from './model.ts'

/** Maps drawn, at most: those of the first layers. */
const drawnMaps = 8

/** Mean attention over rows. A pair's weight is of the first layer, where a place still stands for its field alone. */
export async function attentionView(trained: TrainedTable<AutoInt>, rows: EncodedTable): Promise<OwnView> {
  const { layers, embedding } = trained.model
  const weight = 'attention'
  if (layers.length === 0) return { weight, pairs: [], figures: [], notes: ['this model has no attention layer'] }
  const means = await meansOf(
    trained,
    rows,
    layers.map((_, l) => `attention.${l}`),
  )
  const fields = [...embedding.names]
  const first = symmetric(means['attention.0']!)
  const pairs = fields.flatMap((a, i) =>
    fields
      .slice(i + 1)
      .map((b, k) => ({ set: [a, b] as [string, string], value: first[i * fields.length + i + 1 + k]! })),
  )
  const maps = layers.flatMap((_, l) => {
    const { dims, values } = means[`attention.${l}`]!
    const size = fields.length ** 2
    return Array.from({ length: dims[0]! }, (_, h) => ({
      layer: l + 1,
      head: h + 1,
      weights: values.subarray(h * size, (h + 1) * size),
    }))
  })
  return {
    weight,
    pairs,
    figures: [attentionMap({ fields, maps: maps.slice(0, drawnMaps), rows: rows.rows })],
    notes: [
      'attention: mean over rows and heads of the first layer, both ways added; where the model looks, not what its answer depends on',
    ],
  }
}

/** A + A^T of the mean over heads, [fields, fields], of a map [heads, fields, fields]. */
export function symmetric({ dims, values }: MeanCapture): Float64Array {
  const [heads, fields] = dims as [number, number]
  const map = new Float64Array(fields * fields)
  values.forEach((value, i) => {
    const [m, k] = [Math.floor(i / fields) % fields, i % fields]
    map[m * fields + k]! += value / heads
    map[k * fields + m]! += value / heads
  })
  return map
}
